"""Writing the public log: one line for each measure, chained, with no name and no words of anybody."""

from collections.abc import Mapping
from typing import Any

from civicforum.db import before_commit, db, lock_or_make, now
from civicforum.moderation.chain import GENESIS, row_hash
from civicforum.moderation.models import LogEntry, LogHead

HEAD_ID = 1
HASHED = ("number", "at", "action", "target", "place", "rule", "actor_role", "case_id")


def record_line(**line: Any) -> None:
    """Add a line at the end of the log, in the running transaction.

    ``line`` has action, target, place, rule, actor_role and case_id (None where there is no case); and
    ``at`` (RFC 3339), where a measure of the past is written down: such lines come in the order of their
    times. The head of the chain is locked last of all, so that two measures at once wait for each other
    only for a moment.
    """
    key = ("log", line.get("at", ""), f"{line['case_id'] or 0:020d}", line["action"], line["target"])
    before_commit(key, lambda: _append(line))


def _append(line: Mapping[str, Any]) -> None:
    head = _locked_head()
    facts = {"number": head.count + 1, "at": now().isoformat(timespec="seconds"), **line}
    entry = LogEntry(**facts, previous=head.hash, hash=row_hash(head.hash, facts))
    db.session.add(entry)
    head.count, head.hash = entry.number, entry.hash
    db.session.flush()


def _locked_head() -> LogHead:
    return lock_or_make(LogHead, HEAD_ID, lambda: LogHead(id=HEAD_ID, count=0, hash=GENESIS))


def line_json(entry: LogEntry) -> dict[str, Any]:
    """A line as it is published and hashed, with its two hashes."""
    facts = {name: getattr(entry, name) for name in HASHED}
    return {**facts, "previous": entry.previous, "hash": entry.hash}
