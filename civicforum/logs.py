"""The log: one line of JSON for each thing that happened, whatever somebody put into it."""

import json
import logging
from datetime import UTC, datetime


class OneLine(logging.Formatter):
    """A record as JSON: a line break or an escape in it is written out, so that no line can be forged."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(told)


def log_in_lines() -> None:
    """Write what is worth a warning to stderr, for the whole process. Once, at its start."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
