"""Lines of the public log for tests, and what tampering with them does."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, text

from civicforum.accounts.models import SYSTEM
from civicforum.db import db, transaction
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.log import record_line
from civicforum.moderation.models import LogEntry

HIDE = Deed("hide", 2, "It is about people.")
NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)


def write(**facts):
    """A line of the log, as a measure writes one."""
    line = {
        "action": "hide",
        "target": "thread",
        "place": "members-only project",
        "rule": "2 Speak about what people do",
        "actor_role": "moderator",
        "case_id": None,
    }
    with transaction():
        record_line(**{**line, **facts})
    return db.session.scalars(select(LogEntry).order_by(LogEntry.number.desc())).first()


@pytest.fixture
def record(place):
    """Six lines of five days, with the heads of the four days that are over."""
    with time_machine.travel(NOON, tick=False) as clock:
        actions.moderate(place.moderator, "post", place.post.id, HIDE)
        for day in range(4):
            clock.move_to(NOON + timedelta(days=day + 1))
            actions.publish_heads(SYSTEM)
            write(target=f"thread:{place.thread.id}", place=f"thread:{place.thread.id}", action="lock")
        write(action="slow", until=NOON + timedelta(days=9))
        yield clock


def tampered(*deeds):
    """(What ``verify_log`` finds, what ``missing_head`` finds) after these, which are undone again."""
    with transaction():
        nested = db.session.begin_nested()
        for deed in deeds:
            db.session.execute(text(deed))
        db.session.expire_all()
        found = queries.verify_log()[1], queries.missing_head()
        nested.rollback()
    return found
