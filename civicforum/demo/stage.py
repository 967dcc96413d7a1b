"""What stands on the stage while the demo is loaded: rows by the keys of the files, and letters to write."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from civicforum.accounts.models import User
from civicforum.agreement.models import Standing
from civicforum.db import db
from civicforum.demo.clock import Clock
from civicforum.discussions.models import Post, Thread
from civicforum.notifications.models import Notification
from civicforum.partnerships.models import Organization, Project

READ_AFTER = timedelta(days=4)
MOST_UNREAD = 3


@dataclass(frozen=True)
class Letter:
    """Something that went to a person's inbox, and when."""

    user_id: int
    reason: str
    kind: str
    object_id: int
    actor_id: int | None
    at: datetime


@dataclass
class Stage:
    """Rows by key; ``posts`` by their thread's key and their number there; ``pseudonyms`` are ids
    by project and person. ``step`` moves the bar."""

    clock: Clock
    step: Callable[[int], None]
    people: dict[str, User] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)
    organizations: dict[str, Organization] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    pseudonyms: dict[tuple[int, int], int] = field(default_factory=dict)
    threads: dict[str, Thread] = field(default_factory=dict)
    posts: dict[tuple[str, int], Post] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)

    def tell(
        self,
        user_ids: Iterable[int | None],
        reason: str,
        kind: str,
        object_id: int,
        actor_id: int | None,
        at: datetime,
    ) -> None:
        """As ``notifications.actions.notify`` would have told them then."""
        wanted = {user_id for user_id in user_ids if user_id is not None and user_id != actor_id}
        self.letters += [Letter(user_id, reason, kind, object_id, actor_id, at) for user_id in sorted(wanted)]


def deliver(stage: Stage) -> None:
    """Put the letters into the inboxes in the order of their times; of the last days, a few are unread."""
    unread: dict[int, int] = {}
    rows = []
    for letter in sorted(stage.letters, key=lambda letter: letter.at, reverse=True):
        is_unread = (
            letter.at > stage.clock.loaded_at - READ_AFTER and unread.get(letter.user_id, 0) < MOST_UNREAD
        )
        unread[letter.user_id] = unread.get(letter.user_id, 0) + is_unread
        rows.append(_row(letter, None if is_unread else stage.clock.loaded_at))
    db.session.add_all(reversed(rows))
    db.session.flush()


def _row(letter: Letter, read_at: datetime | None) -> Notification:
    return Notification(
        user_id=letter.user_id,
        reason=letter.reason,
        kind=letter.kind,
        object_id=letter.object_id,
        actor_id=letter.actor_id,
        created_at=letter.at,
        read_at=read_at,
    )
