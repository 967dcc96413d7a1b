"""The code that lets the first administrator in: kept in the data directory, printed at the start.

Without it, whoever found a new site first would own it.
"""

import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

NAME = "set_up_code"


def read_code(data_dir: Path) -> str:
    """The code of this data directory, made if there is none. Readable by its owner alone."""
    path = data_dir / NAME
    with suppress(FileExistsError):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w") as writer:
            writer.write("-".join(secrets.token_hex(2) for _part in range(4)))
    return path.read_text().strip()


def is_code(data_dir: Path, value: str) -> bool:
    """Whether this is the code; spaces around it and capitals do not matter."""
    given = value.strip().lower().encode("utf-8", "replace")
    return hmac.compare_digest(read_code(data_dir).encode(), given)


def forget_code(data_dir: Path) -> None:
    """The town is set up: the code opens nothing any more."""
    (data_dir / NAME).unlink(missing_ok=True)
