"""The record in figures, quarter by quarter: from the lines of the log, holds, flags and ratings."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select
from sqlalchemy.orm import aliased

from civicforum.agreement.limits.models import DELAY
from civicforum.agreement.models import Hold
from civicforum.db import db, now
from civicforum.errors import NotFound
from civicforum.moderation.figures import FEWEST, percent, spread
from civicforum.moderation.models import OUTCOMES, Flag, KeptReport, LogEntry
from civicforum.moderation.quarters import Quarter, quarter_of
from civicforum.moderation.queries.heads import log_head
from civicforum.moderation.queries.ratings import found_in_quarter

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Report:
    """The figures of a quarter, and up to which line of the log they were counted."""

    quarter: Quarter
    number: int
    hash: str
    made_at: datetime
    figures: dict[str, Any]

    @property
    def is_running(self) -> bool:
        return self.made_at < self.quarter.ends_at

    def json(self) -> dict[str, Any]:
        return {
            "quarter": self.quarter.name,
            "from": self.quarter.begins_at.isoformat(),
            "until": self.quarter.ends_at.isoformat(),
            "made_at": self.made_at.isoformat(timespec="seconds"),
            "lines_up_to": self.number,
            "code_there": self.hash,
            **self.figures,
        }


def latest_quarter() -> Quarter:
    return quarter_of(now())


def first_quarter() -> Quarter:
    """The quarter of the first line; of an empty log, the present one."""
    at = db.session.scalar(select(LogEntry.at).where(LogEntry.number == 1))
    return quarter_of(datetime.fromisoformat(at)) if at else latest_quarter()


def get_report(quarter: Quarter) -> Report:
    """The report as it was kept; counted now where that has not happened yet. NotFound for what was not."""
    if not first_quarter() <= quarter <= latest_quarter():
        raise NotFound
    kept = db.session.get(KeptReport, quarter.name)
    if kept is None:
        return count_report(quarter)
    return Report(quarter, kept.number, kept.hash, kept.made_at, kept.figures)


def quarters_to_count() -> list[Quarter]:
    """Those whose report is to be made anew: none was made today, nor after their end."""
    made = {row[0]: row[1] for row in db.session.execute(select(KeptReport.quarter, KeptReport.made_at))}
    today = now().replace(hour=0, minute=0, second=0, microsecond=0)
    quarter, found = first_quarter(), []
    while quarter <= latest_quarter():
        if quarter.name not in made or made[quarter.name] < min(today, quarter.ends_at):
            found.append(quarter)
        quarter = quarter.next
    return found


def count_report(quarter: Quarter) -> Report:
    """Count it anew. Figures of what few people did are left out; None stands in their place."""
    made_at = now()
    number, code = log_head()
    lines = _lines_of(quarter, number)
    figures = {
        "measures": _count(select(func.count()).where(*lines, _is_measure())),
        "by_rule": _cases_by_rule(lines),
        "by_source": _cases_by_source(lines),
        "by_action": _by_action(lines),
        "hours_to_decision": spread(_hours(lines)),
        "appeals": _appeals(lines),
        "automated": _count(select(func.count()).where(*lines, _is_measure(), _is_automatic())),
        "holds": _holds(quarter),
        "flags": _flags(quarter),
        "facilitation": found_in_quarter(quarter),
    }
    return Report(quarter, number, code, made_at, figures)


def _count(statement: Select[Any]) -> int:
    return db.session.scalar(statement) or 0


Lines = tuple[ColumnElement[bool], ...]
# Lines about a second look that are neither a measure nor its outcome.
ASKED, TAKEN_BACK = "appealed", "withdrawn"


def _lines_of(quarter: Quarter, number: int) -> Lines:
    begins, ends = (moment.date().isoformat() for moment in (quarter.begins_at, quarter.ends_at))
    return (LogEntry.at >= begins, LogEntry.at < ends, LogEntry.number <= number)


def _is_measure() -> ColumnElement[bool]:
    return LogEntry.action.not_in((ASKED, TAKEN_BACK, *OUTCOMES))


def _is_automatic() -> ColumnElement[bool]:
    return func.coalesce(LogEntry.automatic, LogEntry.actor_role == "automatic")


def _cases_by_rule(lines: Lines) -> list[dict[str, Any]]:
    cases = func.count(LogEntry.case_id.distinct())
    rows = db.session.execute(
        select(LogEntry.rule, cases)
        .where(*lines, _is_measure(), LogEntry.rule != "", LogEntry.case_id.is_not(None))
        .group_by(LogEntry.rule)
        .order_by(cases.desc(), LogEntry.rule)
    )
    return [{"rule": rule, "cases": count} for rule, count in rows]


def _cases_by_source(lines: Lines) -> list[dict[str, Any]]:
    each = (
        select(func.coalesce(func.max(LogEntry.source), "unknown").label("source"))
        .where(*lines, LogEntry.case_id.is_not(None))
        .group_by(LogEntry.case_id)
        .subquery()
    )
    rows = db.session.execute(
        select(each.c.source, func.count())
        .group_by(each.c.source)
        .order_by(func.count().desc(), each.c.source)
    )
    return [{"source": source, "cases": count} for source, count in rows]


def _by_action(lines: Lines) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(LogEntry.action, func.count())
        .where(*lines, _is_measure())
        .group_by(LogEntry.action)
        .order_by(func.count().desc(), LogEntry.action)
    )
    return [{"action": action, "lines": count} for action, count in rows]


def _hours(lines: Lines) -> list[int]:
    """From the opening of each case to its first line: of cases whose first line is in this quarter."""
    earlier = aliased(LogEntry)
    is_later = exists().where(earlier.case_id == LogEntry.case_id, earlier.number < LogEntry.number)
    found = select(LogEntry.hours).where(*lines, LogEntry.hours.is_not(None), ~is_later)
    return [hours for hours in db.session.scalars(found) if hours is not None]


def _appeals(lines: Lines) -> dict[str, Any]:
    rows = db.session.execute(
        select(LogEntry.action, func.count())
        .where(*lines, LogEntry.action.in_((ASKED, *OUTCOMES)))
        .group_by(LogEntry.action)
    )
    counts = {row[0]: row[1] for row in rows}
    each = {outcome: counts.get(outcome, 0) for outcome in OUTCOMES}
    decided = sum(each.values())
    upheld = percent(each["upheld"], decided)
    return {"received": counts.get(ASKED, 0), "decided": decided, **each, "upheld_percent": upheld}


def _holds(quarter: Quarter) -> dict[str, Any]:
    """What waited before it was published; counted where enough people's words waited."""
    rows = db.session.execute(
        select(Hold.author_id, Hold.created_at, Hold.decided_at, Hold.decision).where(
            Hold.decided_at >= quarter.begins_at,
            Hold.decided_at < quarter.ends_at,
            Hold.cause != DELAY,
        )
    ).all()
    if 0 < len({row.author_id for row in rows}) < FEWEST:
        return {"published": None, "declined": None, **spread([]), "count": None}
    waited = [max(1, -((row.created_at - row.decided_at) // HOUR)) for row in rows]
    published = sum(row.decision == "approved" for row in rows)
    return {"published": published, "declined": len(rows) - published, **spread(waited)}


def _flags(quarter: Quarter) -> dict[str, Any]:
    """What people asked the moderators to look at; counted where enough people did."""
    is_in = and_(Flag.created_at >= quarter.begins_at, Flag.created_at < quarter.ends_at)
    people, raised, agreed, disagreed = db.session.execute(
        select(
            func.count(Flag.user_id.distinct()),
            func.count(),
            func.count(case((Flag.state == "agreed", 1))),
            func.count(case((Flag.state == "disagreed", 1))),
        ).where(is_in)
    ).one()
    if 0 < people < FEWEST:
        return {"raised": None, "agreed": None, "disagreed": None, "agreed_percent": None}
    share = percent(agreed, agreed + disagreed)
    return {"raised": raised, "agreed": agreed, "disagreed": disagreed, "agreed_percent": share}
