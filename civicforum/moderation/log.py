"""Writing the public log: one line for each measure, chained, with no name and no words of anybody."""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from civicforum.db import before_commit, db, lock_or_make, now
from civicforum.discussions.models import Thread
from civicforum.moderation.chain import GENESIS, row_hash
from civicforum.moderation.models import OUTCOMES, Case, LogEntry, LogHead

HEAD_ID = 1
FORMAT = 2
# What the first lines have, which say no format, and what came with format 2.
FIRST = ("number", "at", "action", "target", "place", "rule", "actor_role", "case_id")
SECOND = ("format", "scope", "until", "outcome", "about", "automatic", "source", "hours", "project_id")
CLOSED_PLACE = "members-only project"

# Lines of a case that an answer to an appeal is not about.
NO_MEASURES = ("restore", "lift", "read_removed", "appealed", "withdrawn")


def record_line(**line: Any) -> None:
    """Add a line at the end of the log, in the running transaction.

    ``line`` has action, target, place, rule, actor_role and case_id (None where there is no case). It may
    have scope (``thread:7``, ``project:3``, ``site``; else it is the kind of the target), until (a moment),
    automatic (else the actor_role tells); and ``at`` (RFC 3339), where a measure of the past is written down:
    such lines come in the order of their times. What the case and the place tell is added here. The head of
    the chain is locked last of all, so that two measures at once wait for each other only for a moment.
    """
    key = ("log", line.get("at", ""), f"{line['case_id'] or 0:020d}", line["action"], line["target"])
    before_commit(key, lambda: _append(line))


def about_thread(thread: Thread, place: str | None = None) -> dict[str, str]:
    """``target`` and ``place`` of a line about a whole thread; those of a closed project have no number."""
    if not thread.project.is_public:
        return {"target": "thread", "place": CLOSED_PLACE}
    return {"target": thread.channel, "place": place or thread.channel}


def _append(line: Mapping[str, Any]) -> None:
    head = locked_head()
    at = line.get("at") or now().isoformat(timespec="seconds")
    facts = {"number": head.count + 1, **line, **_second(line, datetime.fromisoformat(at)), "at": at}
    entry = LogEntry(**facts, previous=head.hash, hash=row_hash(head.hash, facts))
    db.session.add(entry)
    head.count, head.hash = entry.number, entry.hash
    db.session.flush()


def _second(line: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """What a line of format 2 has beyond the first eight fields: all of them, None where there is nothing."""
    case = db.session.get(Case, line["case_id"]) if line["case_id"] else None
    outcome = line["action"] if line["action"] in OUTCOMES else None
    is_closed = line["place"] == CLOSED_PLACE
    kind = line["target"].partition(":")[0]
    scope = line.get("scope") or kind
    until = line.get("until")
    return {
        "format": FORMAT,
        "scope": scope.partition(":")[0] if is_closed else scope,
        "until": until.isoformat(timespec="seconds") if isinstance(until, datetime) else until,
        "outcome": outcome,
        "about": _decided_on(case) if outcome and case else None,
        "automatic": line.get("automatic", line["actor_role"] == "automatic"),
        "source": case and case.source,
        "hours": case and _hours(at - case.created_at),
        "project_id": _project_of(line["place"]),
    }


def _decided_on(case: Case) -> int | None:
    """The latest line of the case that is itself no answer to an appeal."""
    return db.session.scalar(
        select(func.max(LogEntry.number)).where(
            LogEntry.case_id == case.id, LogEntry.action.not_in((*OUTCOMES, *NO_MEASURES))
        )
    )


def _hours(waited: timedelta) -> int:
    """Whole hours, the one that has begun too: so “within 3 hours” is true of what has 3."""
    return max(1, math.ceil(waited / timedelta(hours=1)))


def _project_of(place: str) -> int | None:
    """None where the place is a closed project, whose number is nobody's business either."""
    kind, _colon, id_ = place.partition(":")
    if kind == "project":
        return int(id_)
    if kind == "thread":
        return db.session.scalar(select(Thread.project_id).where(Thread.id == int(id_)))
    return None


def locked_head() -> LogHead:
    """The head of the chain, held until the transaction ends."""
    return lock_or_make(LogHead, HEAD_ID, lambda: LogHead(id=HEAD_ID, count=0, hash=GENESIS))


def fields_of(entry: LogEntry) -> list[str]:
    """What of a line is hashed: exactly the fields that it has. A line without a format has no later ones;
    where something stands in one of them all the same, it counts, and the hash is wrong."""
    return [*FIRST, *(name for name in SECOND if entry.format or getattr(entry, name) is not None)]


def line_json(entry: LogEntry) -> dict[str, Any]:
    """A line as it is published and hashed, with its two hashes."""
    facts = {name: getattr(entry, name) for name in fields_of(entry)}
    return {**facts, "previous": entry.previous, "hash": entry.hash}
