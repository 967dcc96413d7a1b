"""Closing the days of the public log, and keeping its reports."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from civicforum import jobs
from civicforum.accounts.models import Actor
from civicforum.db import db, lock_or_make, now, transactional
from civicforum.errors import require
from civicforum.moderation import policies, queries
from civicforum.moderation.log import locked_head
from civicforum.moderation.models import DayHead, KeptReport

ONE_DAY = timedelta(days=1)


@transactional
def publish_heads(actor: Actor) -> list[date]:
    """Publish how the log ended on each day (UTC) that is over since the last head; which days they are.

    The first of all is yesterday's, once there is a line. Locks the head of the chain: a line of yesterday
    whose measure is still being taken is waited for. The newest head is mailed to the witness, if there is
    one: it answers for all before it.
    """
    require(policies.can_keep_record(actor))
    if locked_head().count == 0:
        return []
    today = now().date()
    latest = queries.latest_head()
    day = latest.day + ONE_DAY if latest else today - ONE_DAY
    days = []
    while day < today:
        number, code = queries.head_before(day + ONE_DAY)
        db.session.add(DayHead(day=day, number=number, hash=code))
        days.append(day)
        day += ONE_DAY
    db.session.flush()
    if days:
        jobs.enqueue("moderation.mail_head", unique_key=f"head:{days[-1]}", day=days[-1].isoformat())
    return days


@transactional
def keep_report(actor: Actor, quarter: str, number: int, code: str, figures: Mapping[str, Any]) -> KeptReport:
    """Keep the figures of a quarter as counted from the lines up to ``number``; locks the one kept before.

    One that was counted from fewer lines does not replace it.
    """
    require(policies.can_keep_record(actor))
    kept = lock_or_make(
        KeptReport, quarter, lambda: KeptReport(quarter=quarter, number=0, hash="", figures={}, made_at=now())
    )
    if number >= kept.number:
        kept.number, kept.hash, kept.figures, kept.made_at = number, code, dict(figures), now()
    return kept
