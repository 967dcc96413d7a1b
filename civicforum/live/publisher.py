"""One publisher for each watched channel of this process: reads what changed, renders once, fans out.

Updates leave in the order of revisions, because only one greenlet sends for a channel; a burst is gathered
while the one before it is being sent. A pulse heals whatever a lost doorbell left behind.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask_babel import force_locale

from civicforum import metrics
from civicforum.db import carrying_on, db
from civicforum.errors import CivicForumError, NotFound
from civicforum.live import registry
from civicforum.live.changes import Changes, changes_since, channel_versions, current_stream

log = logging.getLogger(__name__)

GATHER_SECONDS = 0.04
VIEWERS_EVERY_SECONDS = 1.0
PULSE_SECONDS = 2.0
MAXIMUM_CHANNELS_PER_SOCKET = 50


@dataclass(frozen=True)
class Identity:
    """Who is at the other end of a socket, as proved when it connected."""

    user_id: int | None
    session_version: int | None
    locale: str
    guest_key: str
    session_key: str | None = None
    token_id: int | None = None


@dataclass
class _Watched:
    """A channel that somebody in this process watches."""

    sent_revision: int
    audience_version: int
    stream: str
    watchers: dict[str, Identity] = field(default_factory=dict)
    is_dirty: bool = False
    is_publishing: bool = False
    told_viewers: int | None = None
    rung_at: float | None = None  # the first bell that no update has answered yet, monotonic seconds


@dataclass(frozen=True)
class Outlets:
    """How the publisher reaches the world; the Socket.IO door supplies these."""

    emit: Callable[[str, Any, str], None]  # event, payload, room or sid
    enter: Callable[[str, str], None]  # sid, room
    leave: Callable[[str, str], None]  # sid, room
    disconnect: Callable[[str], None]  # sid
    spawn: Callable[..., Any]
    load_viewer: Callable[[Identity], Any]  # the User or Guest of now; None if signed out meanwhile
    stale_identities: Callable[[list[Identity]], set[Identity]]  # signed out, suspended, changed password
    unread_counts: Callable[[list[int]], dict[int, int]] = lambda _people: {}  # by person
    # From the keys of the people here, by channel, to how many watch it in all processes.
    count_people: Callable[[dict[str, set[str]]], dict[str, int]] = lambda here: {
        channel: len(people) for channel, people in here.items()
    }


class Publisher:
    def __init__(self, app: Flask, outlets: Outlets) -> None:
        self.app = app
        self.out = outlets
        self.channels: dict[str, _Watched] = {}
        self.sockets: dict[str, tuple[Identity, set[str]]] = {}
        self.told_unread: dict[int, int] = {}
        self._rung_people: set[int] = set()

    # --- watchers ---

    def connect(self, sid: str, identity: Identity) -> None:
        self.sockets[sid] = (identity, set())
        # The next pulse tells the new socket, too: its page may have been drawn before the latest notice.
        self.told_unread.pop(identity.user_id or 0, None)

    def count_sockets(self, user_id: int) -> int:
        return sum(identity.user_id == user_id for identity, _ in self.sockets.values())

    def count_watchers(self) -> int:
        """How often a channel is watched here: one for each socket and channel."""
        return sum(len(watched.watchers) for watched in self.channels.values())

    def disconnect(self, sid: str) -> None:
        _identity, channels = self.sockets.pop(sid, (None, set()))
        for channel in channels:
            self._drop(channel, sid)
        if _identity is not None and _identity.user_id not in self._people():
            self.told_unread.pop(_identity.user_id or 0, None)

    def watch(self, sid: str, channel: str, after: int | None, stream: str | None) -> dict[str, Any]:
        """Let a socket watch, and tell it what it missed.

        Raises NotFound for who may not. The policy is asked again once the socket is in the room: an audience
        that shrank before that is noticed here, and one that shrinks later by the publisher.
        """
        identity, _watching = self._socket(sid)
        self._check(identity, channel)
        # Enter first, read afterwards: what is committed in between arrives both ways and is ignored once.
        self._enter(sid, channel)
        db.session.rollback()  # a fresh snapshot: read no earlier than we entered
        try:
            self._check(identity, channel)
        except CivicForumError:
            self.unwatch(sid, channel)
            raise
        changes = changes_since(channel, after, stream)
        return {**message(changes), "reset": changes.is_reset, "viewers": self.count_viewers(channel)}

    def _socket(self, sid: str) -> tuple[Identity, set[str]]:
        """Who is at the other end, and what they watch. NotFound once they have hung up."""
        if sid not in self.sockets:
            raise NotFound
        return self.sockets[sid]

    def _enter(self, sid: str, channel: str) -> None:
        fresh = None if channel in self.channels else _as_it_is(channel)
        # They may have hung up, or asked for more, while the database was asked; from here on nothing waits.
        identity, watching = self._socket(sid)
        if channel not in watching and len(watching) >= MAXIMUM_CHANNELS_PER_SOCKET:
            raise CivicForumError("This connection watches too many channels. Leave one first.")
        if fresh is not None:
            self.channels.setdefault(channel, fresh)
        self.channels[channel].watchers[sid] = identity
        watching.add(channel)
        self.out.enter(sid, _room(channel, identity.locale))

    def _check(self, identity: Identity, channel: str) -> None:
        registry.check_watch(self.out.load_viewer(identity), channel)

    def unwatch(self, sid: str, channel: str) -> None:
        identity, watching = self.sockets.get(sid, (None, set()))
        if identity is not None and channel in watching:
            watching.discard(channel)
            self.out.leave(sid, _room(channel, identity.locale))
            self._drop(channel, sid)

    def _drop(self, channel: str, sid: str) -> None:
        watched = self.channels.get(channel)
        if watched is None:
            return
        watched.watchers.pop(sid, None)
        if not watched.watchers:
            del self.channels[channel]

    def count_viewers(self, channel: str) -> int:
        """People, not sockets: a person with three tabs is one. In all processes, as last told."""
        watched = self.channels.get(channel)
        if watched is None:
            return 0
        return max(len(_people_of(watched)), watched.told_viewers or 0)

    # --- publishing ---

    def ring(self, channel: str) -> None:
        """Something changed in ``channel``; returns at once."""
        watched = self.channels.get(channel)
        if watched is None:
            return
        watched.is_dirty = True
        watched.rung_at = watched.rung_at or time.monotonic()
        if not watched.is_publishing:
            watched.is_publishing = True
            self.out.spawn(self._publish, channel, watched)

    def _publish(self, channel: str, watched: _Watched) -> None:
        with carrying_on(log, "Publishing a channel failed; the pulse will try again."):
            while watched.is_dirty and self.channels.get(channel) is watched:
                watched.is_dirty = False
                rung_at, watched.rung_at = watched.rung_at, None
                with self.app.test_request_context(base_url=self.app.config["BASE_URL"]):
                    self._send_changes(channel, watched)
                if rung_at is not None:
                    metrics.LAG.observe(time.monotonic() - rung_at)
                time.sleep(GATHER_SECONDS)
        watched.is_publishing = False
        if watched.is_dirty and watched.watchers:
            self.ring(channel)

    def _send_changes(self, channel: str, watched: _Watched) -> None:
        changes = changes_since(channel, watched.sent_revision, watched.stream)
        if changes.is_reset:
            self._send_reset(channel, watched, changes)
            return
        if changes.audience_version != watched.audience_version:
            self._ask_again(channel, watched)
            watched.audience_version = changes.audience_version
        if changes.revision == watched.sent_revision:
            return
        for locale in sorted({identity.locale for identity in watched.watchers.values()}):
            with force_locale(locale):
                update = {**message(changes), "previous": watched.sent_revision}
            update.pop("more")
            self.out.emit("update", update, _room(channel, locale))
            metrics.UPDATES.inc()
        watched.sent_revision = changes.revision
        watched.is_dirty = watched.is_dirty or changes.has_more

    def _send_reset(self, channel: str, watched: _Watched, changes: Changes) -> None:
        """The database was restored under us: all are asked again, and read afresh in the new stream."""
        self._ask_again(channel, watched)
        watched.sent_revision, watched.stream = changes.revision, changes.stream
        watched.audience_version = changes.audience_version
        update = {**message(changes), "previous": changes.revision}
        update.pop("more")
        for locale in {identity.locale for identity in watched.watchers.values()}:
            self.out.emit("update", update, _room(channel, locale))

    def _ask_again(self, channel: str, watched: _Watched) -> None:
        """The audience shrank: whoever may no longer watch is told ``gone`` before anything else is sent."""
        for sid, identity in list(watched.watchers.items()):
            try:
                self._check(identity, channel)
            except CivicForumError:
                self.unwatch(sid, channel)
                self.out.emit("gone", {"channel": channel}, sid)

    # --- what is a person's own ---

    def ring_person(self, user_id: int) -> None:
        """Something of this person's own changed (unread notifications, sessions); returns at once."""
        if user_id not in self._people():
            return
        is_first = not self._rung_people
        self._rung_people.add(user_id)
        if is_first:
            self.out.spawn(self._tell_rung)

    def _people(self) -> set[int]:
        return {identity.user_id for identity, _ in self.sockets.values() if identity.user_id}

    def _tell_rung(self) -> None:
        time.sleep(GATHER_SECONDS)
        people, self._rung_people = self._rung_people, set()
        sentence = "Telling people of their inbox failed; the pulse will try again."
        with carrying_on(log, sentence), self.app.app_context():
            self.cut_stale()
            self.tell_unread(people)

    def tell_unread(self, people: set[int]) -> None:
        """Tell each of these people's own sockets how many notifications are unread, if that changed."""
        counts = self.out.unread_counts(sorted(people)) if people else {}
        changed = {user for user, count in counts.items() if self.told_unread.get(user) != count}
        for sid, (identity, _channels) in list(self.sockets.items()):
            if identity.user_id in changed:
                self.out.emit("inbox", {"unread": counts[identity.user_id]}, sid)
        self.told_unread.update({user: counts[user] for user in changed})

    # --- the pulse ---

    def pulse_forever(self, is_stopping: Callable[[], bool]) -> None:
        while not is_stopping():
            time.sleep(PULSE_SECONDS)
            with carrying_on(log, "The pulse failed; the next one tries again."), self.app.app_context():
                self.pulse()

    def pulse(self) -> None:
        """Compare what was sent with what is; heal what a lost doorbell or a lost message left behind."""
        if not self.sockets:
            return
        self.cut_stale()
        self.tell_unread(self._people())
        versions, stream = channel_versions(self.channels), current_stream()
        for name, watched in list(self.channels.items()):
            sent = (watched.sent_revision, watched.audience_version)
            if versions.get(name, (0, 0)) != sent or watched.stream != stream:
                self.ring(name)

    def cut_stale(self) -> None:
        """Cut the sockets of those who signed out, were suspended or changed their password."""
        stale = self.out.stale_identities(
            list({identity for identity, _ in self.sockets.values() if identity.user_id is not None})
        )
        for sid, (identity, _channels) in list(self.sockets.items()):
            if identity in stale:
                self.out.disconnect(sid)

    def tell_viewers_forever(self, is_stopping: Callable[[], bool]) -> None:
        """Say how many are here, at most once a second and only when it changed."""
        while not is_stopping():
            time.sleep(VIEWERS_EVERY_SECONDS)
            with carrying_on(log, "Counting who is here failed; the next second tries again."):
                if self.channels:
                    self.tell_viewers()

    def tell_viewers(self) -> None:
        counts = self.out.count_people({name: _people_of(w) for name, w in self.channels.items()})
        for name, count in counts.items():
            watched = self.channels.get(name)
            if watched is not None:
                self._tell_viewers(name, watched, count)

    def _tell_viewers(self, channel: str, watched: _Watched, count: int) -> None:
        if count == watched.told_viewers:
            return
        watched.told_viewers = count
        for locale in {identity.locale for identity in watched.watchers.values()}:
            self.out.emit("viewers", {"channel": channel, "count": count}, _room(channel, locale))


def message(changes: Changes) -> dict[str, Any]:
    """What is told of changes, over the socket and over HTTP alike."""
    return {
        "channel": changes.channel,
        "stream": changes.stream,
        "revision": changes.revision,
        "items": registry.render_items(changes.channel, changes.objects) if changes.objects else [],
        "more": changes.has_more,
    }


def _as_it_is(channel: str) -> _Watched:
    """A channel that nobody here has watched so far: what is now counts as sent."""
    now = changes_since(channel)
    return _Watched(now.revision, now.audience_version, now.stream)


def _people_of(watched: _Watched) -> set[str]:
    """A key for each person who watches here: the same in every process for somebody signed in."""
    return {
        f"user:{identity.user_id}" if identity.user_id else f"guest:{identity.guest_key}"
        for identity in watched.watchers.values()
    }


def _room(channel: str, locale: str) -> str:
    return f"{channel}|{locale}"
