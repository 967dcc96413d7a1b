"""The one way to tell watchers: ``touch`` in the action, and reading back what changed since."""

import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.exc import IntegrityError

from civicforum.db import after_commit, before_commit, db, find_locked, lock_or_make, transaction
from civicforum.live.doorbell import ring
from civicforum.live.models import Channel, LiveChange, Stream

MAXIMUM_CHANGES = 200


def open_channel(name: str) -> None:
    """Make the channel of a new thread or town hall, in the transaction that makes it."""
    db.session.add(Channel(name=name))


def forget_channel(name: str) -> None:
    """Leave nothing of the channel of something that is gone for good, and that nobody watches any more."""
    db.session.execute(delete(LiveChange).where(LiveChange.channel == name))
    db.session.execute(delete(Channel).where(Channel.name == name))


def touch(channel: str, kind: str, object_id: int) -> None:
    """Say that what watchers of ``channel`` see of this object has changed.

    Raises the channel's revision once for each commit, under its row lock, as the last thing in the
    transaction; after the commit the doorbell rings.
    """
    key = ("live", channel, kind, f"{object_id:020d}")
    before_commit(key, lambda: _record(channel, kind, object_id))
    before_commit(("live", channel), lambda: _raise_revision(channel))


def touch_whole(channels: Iterable[str]) -> None:
    """Say that what these channels are about has changed: of ``thread:7`` the thread 7."""
    for channel in sorted(channels):
        kind, _colon, number = channel.partition(":")
        touch(channel, kind, int(number))


def shrink_audience(channels: Iterable[str]) -> None:
    """Say that somebody may no longer watch these: every watcher is asked again before the next update."""
    for channel in sorted(channels):
        before_commit(("live", channel), partial(_raise_revision, channel))
        before_commit(("live", channel, ""), partial(_raise_audience, channel))


def _raise_revision(name: str) -> None:
    channel = _locked_channel(name)
    channel.revision += 1
    after_commit(lambda: ring(name))


def _raise_audience(name: str) -> None:
    _locked_channel(name).audience_version += 1


def _locked_channel(name: str) -> Channel:
    return lock_or_make(Channel, name, lambda: Channel(name=name, revision=0, audience_version=0))


def _record(channel: str, kind: str, object_id: int) -> None:
    revision = db.session.get_one(Channel, channel).revision
    row = db.session.get(LiveChange, (channel, kind, object_id))
    if row is None:
        row = LiveChange(channel=channel, kind=kind, object_id=object_id)
        db.session.add(row)
    row.revision = revision
    db.session.flush()


@dataclass(frozen=True)
class Changes:
    """What changed in a channel after a revision: ``objects`` are (kind, id), in order of revision.

    Complete up to ``revision``; ``has_more`` means ask again from there. ``is_reset``: the asker's history is
    not ours; forget everything and read afresh.
    """

    channel: str
    stream: str
    revision: int
    audience_version: int
    objects: tuple[tuple[str, int], ...] = ()
    has_more: bool = False
    is_reset: bool = False


def changes_since(
    channel: str, after: int | None = None, stream: str | None = None, limit: int = MAXIMUM_CHANGES
) -> Changes:
    """The objects changed after revision ``after`` (None: from now on), each once; no revision is split."""
    row = db.session.execute(
        select(Channel.revision, Channel.audience_version).where(Channel.name == channel)
    ).one_or_none()
    revision, audience = row or (0, 0)
    name = current_stream()
    if (stream is not None and stream != name) or (after is not None and after > revision):
        return Changes(channel, name, revision, audience, is_reset=True)
    if after is None or after == revision:
        return Changes(channel, name, revision, audience)
    return _read(channel, after, revision, audience, limit, name)


def _read(channel: str, after: int, upto: int, audience: int, limit: int, stream: str) -> Changes:
    rows = db.session.execute(_between(channel, after, upto).limit(limit + 1)).all()
    if len(rows) <= limit:
        return Changes(channel, stream, upto, audience, _objects(rows))
    cut = rows[limit].revision
    whole = [row for row in rows if row.revision < cut]
    if not whole:  # one revision alone is larger than the limit: it stays whole
        cut = rows[0].revision
        whole = list(db.session.execute(_between(channel, after, cut)).all())
        return Changes(channel, stream, cut, audience, _objects(whole), has_more=cut < upto)
    return Changes(channel, stream, whole[-1].revision, audience, _objects(whole), has_more=True)


def _between(channel: str, after: int, upto: int) -> Select[str, int, int]:
    return (
        select(LiveChange.kind, LiveChange.object_id, LiveChange.revision)
        .where(LiveChange.channel == channel, LiveChange.revision > after, LiveChange.revision <= upto)
        .order_by(LiveChange.revision, LiveChange.kind, LiveChange.object_id)
    )


def _objects(rows: Iterable[Any]) -> tuple[tuple[str, int], ...]:
    return tuple((row.kind, row.object_id) for row in rows)


def channel_revision(name: str) -> int:
    return db.session.scalar(select(Channel.revision).where(Channel.name == name)) or 0


def channel_versions(names: Iterable[str]) -> dict[str, tuple[int, int]]:
    """(revision, audience version) of many channels, in one query."""
    rows = db.session.execute(
        select(Channel.name, Channel.revision, Channel.audience_version).where(Channel.name.in_(list(names)))
    )
    return {row.name: (row.revision, row.audience_version) for row in rows}


def current_stream() -> str:
    """The name of this database's history."""
    return db.session.scalar(select(Stream.name)) or ""


def begin_stream() -> None:
    """Name the history of a new database; does nothing in one that has a name."""
    if current_stream():
        return
    # Another process may be first: its name stands.
    with transaction(), suppress(IntegrityError), db.session.begin_nested():
        db.session.add(Stream(id=1, name=secrets.token_hex(8)))


def renew_stream() -> str:
    """Begin a new history, after a restore: every client reads afresh."""
    name = secrets.token_hex(8)
    with transaction():
        stream = find_locked(Stream, 1)
        if stream is None:
            db.session.add(Stream(id=1, name=name))
        else:
            stream.name = name
    return name
