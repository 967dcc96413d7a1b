"""What somebody who watches has, and whether what they are told keeps it true.

*What they had, with what they were told since, equals what is read afresh*: for each live channel as the
API and the socket tell it, for the articles on a thread's page, and for the part of a town hall's page that
moves by itself. ``Before`` remembers how things were; its ``faults()`` say what was forgotten.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import select

from civicforum.accounts.models import ApiToken, Guest, User
from civicforum.db import db, now
from civicforum.discussions.models import Post, Reading
from civicforum.errors import CivicForumError
from civicforum.live import doorbell, registry
from civicforum.live.changes import MAXIMUM_CHANGES, changes_since, channel_versions, current_stream
from civicforum.live.models import Channel, LiveChange
from civicforum.live.publisher import Identity, message
from civicforum.mediation.models import Message
from civicforum.notifications.queries import unread_counts
from civicforum.sockets.door import stale_identities

Key = tuple[str, int]
Item = dict[str, Any]

# These name the moment of the asking, not the thing: a channel's revision goes up with every change in it.
MOMENTS = {"thread": ("revision",), "townhall": ("revision",)}
# When one of these changes, the page of a thread reads itself again (``applyThread`` in thread.js).
READS_AGAIN = ("status", "is_open")


@contextmanager
def as_publisher(app: Flask) -> Iterator[None]:
    """Where updates are rendered: nobody is signed in, and everything is read anew."""
    with app.app_context(), app.test_request_context(base_url=app.config["BASE_URL"]):
        yield


# --- a channel, as everybody is told of it ---


@dataclass
class Watcher:
    """Somebody who read a channel once, and has followed what was told of it since.

    ``limit`` is how many objects they ask for at a time.
    """

    channel: str
    revision: int
    items: dict[Key, Item]
    limit: int = MAXIMUM_CHANGES
    heard: list[str] = field(default_factory=list)  # every word that was ever told, as told

    def __post_init__(self) -> None:
        self.first = dict(self.items)

    def catch_up(self) -> list[str]:
        """Apply what was told since; what was wrong in the telling itself."""
        faults = []
        while True:
            changes = changes_since(self.channel, self.revision, current_stream(), self.limit)
            faults += self._split(changes.revision, changes.objects)
            for item in message(changes)["items"]:
                self.apply(item)
            self.revision = changes.revision
            if not changes.has_more:
                return faults

    def _split(self, upto: int, objects: Sequence[Key]) -> list[str]:
        """An answer that claims to be complete up to ``upto`` holds everything up to there."""
        rows = db.session.execute(
            select(LiveChange.kind, LiveChange.object_id).where(
                LiveChange.channel == self.channel,
                LiveChange.revision > self.revision,
                LiveChange.revision <= upto,
            )
        )
        missing = {(row.kind, row.object_id) for row in rows} - set(objects)
        return [f"{self.channel}: revision {upto} was split, {missing} left out"] if missing else []

    def apply(self, told: Item) -> None:
        self.heard.append(repr(told))
        key, item = _keyed(told)
        if item.get("state") == "gone":
            self.items.pop(key, None)
            return
        before = self.items.get(key, item)
        self.items[key] = item
        if any(before.get(name) != item.get(name) for name in READS_AGAIN):
            self._read_page_again()

    def _read_page_again(self) -> None:
        for key, item in read_channel(self.channel).items():
            if key in self.items:
                self.items[key] = {**self.items[key], "fragment": item.get("fragment")}

    def faults(self) -> list[str]:
        """Catch up, and compare with what is read afresh."""
        return self.catch_up() + differences(self.channel, self.items, read_channel(self.channel))


def watch(channel: str, limit: int = MAXIMUM_CHANGES) -> Watcher:
    revision = channel_versions([channel]).get(channel, (0, 0))[0]
    return Watcher(channel, revision, read_channel(channel), limit)


def read_channel(channel: str) -> dict[Key, Item]:
    """Everything there is in a channel, as everybody may know it now."""
    kind, _colon, number = channel.partition(":")
    if kind == "reading":
        return _read_readings(channel, int(number))
    keys: list[Key] = [(kind, int(number))]
    if kind == "mediation":
        rows = db.session.scalars(select(Message.id).where(Message.mediation_id == int(number)))
        keys += [("mediation_message", message_id) for message_id in rows]
    if kind == "thread":
        rows = db.session.scalars(
            select(Post.id).where(Post.thread_id == int(number), Post.seq.is_not(None)).order_by(Post.seq)
        )
        keys += [("post", post_id) for post_id in rows]
    told = dict(map(_keyed, registry.render_items(channel, keys)))
    return {key: item for key, item in told.items() if item.get("state") != "gone"}


def _read_readings(channel: str, user_id: int) -> dict[Key, Item]:
    ids = db.session.scalars(select(Reading.id).where(Reading.user_id == user_id).order_by(Reading.id))
    keys = [("limits", user_id), *(("reading", id_) for id_ in ids)]
    return dict(map(_keyed, registry.render_items(channel, keys)))


def _keyed(told: Item) -> tuple[Key, Item]:
    moments = MOMENTS.get(told["type"], ())
    return (told["type"], told["id"]), {name: v for name, v in told.items() if name not in moments}


def differences(channel: str, told: dict[Key, Item], fresh: dict[Key, Item]) -> list[str]:
    """In words: what a watcher has otherwise than whoever reads afresh."""
    found = []
    for key in sorted(told.keys() | fresh.keys()):
        mine, theirs = told.get(key, {}), fresh.get(key, {})
        names = [name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name)]
        found += [
            f"{channel} {key[0]} {key[1]}: {name} is {theirs.get(name)!r}, watchers have {mine.get(name)!r}"
            for name in sorted(names)
        ]
    return found


# --- pages, as a guest reads them ---


def read_page(app: Flask, channel: str) -> dict[str, str] | None:
    """The pieces of a channel's page that move by themselves, by name; None for what is not public."""
    kind, _colon, number = channel.partition(":")
    if kind in ("mediation", "queue"):  # no guest has its page, and each reader reads it otherwise
        return None
    path = f"/threads/{number}" if kind == "thread" else f"/town-halls/{number}"
    page = app.test_client().get(path, follow_redirects=True)
    if page.status_code != 200:
        return None
    if kind == "thread":
        found = re.findall(r'<article class="post".*?data-post-id="(\d+)".*?</article>', page.text, re.S)
        whole = re.findall(r'<article class="post".*?</article>', page.text, re.S)
        pieces = {f"post {post_id}": _squeezed(text) for post_id, text in zip(found, whole, strict=True)}
        room = re.search(r"<div data-room[^>]*>", page.text)
        banner = _squeezed(_inside(page.text, room.end())) if room else ""
        return {**pieces, f"thread {number}": banner} if banner else pieces
    part = re.search(r"<div[^>]*data-townhall-status>", page.text)
    return {f"townhall {number}": _squeezed(_inside(page.text, part.end()))} if part else {}


def _inside(markup: str, start: int) -> str:
    """What is inside the division that begins just before ``start``."""
    depth = 1
    for tag in re.finditer(r"<(/?)div\b", markup[start:]):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return markup[start : start + tag.start()]
    raise ValueError("A division that does not end.")


def shown_by(watcher: Watcher) -> dict[str, str]:
    """The same pieces, as somebody has them who only ever applied what was told."""
    return {
        f"{kind} {object_id}": _squeezed(item["fragment"])
        for (kind, object_id), item in watcher.items.items()
        if item.get("fragment")
    }


def page_faults(app: Flask, watcher: Watcher) -> list[str]:
    """Where the page of a channel, fetched afresh by a guest, reads otherwise than what was told."""
    page = read_page(app, watcher.channel)
    if page is None:
        return []
    shown = shown_by(watcher)
    return [
        f"the page of {watcher.channel}: {name} reads otherwise than it was told"
        for name in sorted(page.keys() | shown.keys())
        if page.get(name) != shown.get(name)
    ]


def _squeezed(markup: str) -> str:
    return re.sub(r"\s+", " ", markup).strip()


# --- everything that a deed may change for somebody who watches ---


@dataclass(frozen=True)
class Rung:
    """The bells that were heard."""

    channels: list[str] = field(default_factory=list)
    people: list[int] = field(default_factory=list)


@contextmanager
def hearing() -> Iterator[Rung]:
    """Stand where the publisher stands, and note every bell."""
    rung = Rung()
    doorbell.listen(rung.channels.append)
    doorbell.listen_for_people(rung.people.append)
    try:
        yield rung
    finally:
        doorbell._listeners.remove(rung.channels.append)
        doorbell._people_listeners.remove(rung.people.append)


class Before:
    """How everything that can be watched was before a deed."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with as_publisher(app):
            names = list(db.session.scalars(select(Channel.name).order_by(Channel.name)))
            self.watchers = [watch(name) for name in names]
            self.versions = channel_versions(names)
            self.readers = _readers(names)
            self.identities = _identities()
            self.unread = unread_counts(_people())

    def again(self) -> "Before":
        """The same, for watchers who have heard nothing yet."""
        fresh = copy(self)
        fresh.watchers = [Watcher(w.channel, w.revision, dict(w.items), w.limit) for w in self.watchers]
        return fresh

    def faults(self, rung: Rung) -> list[str]:
        """What watchers were not told of what happened since. Empty: nothing was forgotten."""
        with as_publisher(self.app):
            found = [fault for watcher in self.watchers for fault in watcher.faults()]
            found += self._audience_faults() + self._personal_faults(rung) + self._bell_faults(rung)
        # The pages read as they are told to begin with: that has a test of its own.
        changed = [watcher for watcher in self.watchers if watcher.items != watcher.first]
        return found + [fault for watcher in changed for fault in page_faults(self.app, watcher)]

    def told(self, rung: Rung) -> list[str]:
        """Whatever was told at all: nothing may be of a deed that was undone."""
        with as_publisher(self.app):
            versions = channel_versions([watcher.channel for watcher in self.watchers])
            names = list(db.session.scalars(select(Channel.name).order_by(Channel.name)))
        found = [f"{name} was told" for name, version in versions.items() if version != self.versions[name]]
        found += [f"{name} was opened" for name in names if name not in self.versions]
        return found + [f"a bell rang for {name}" for name in [*rung.channels, *rung.people]]

    def _audience_faults(self) -> list[str]:
        """Who may watch no longer is asked before the next update, or their sockets are cut."""
        versions = channel_versions(self.versions)
        still, cut = _readers(self.versions), {i.user_id for i in stale_identities(self.identities)}
        return [
            f"{name}: person {reader} may not watch any more, and nobody asks them again"
            for name, readers in self.readers.items()
            for reader in sorted(readers - still[name])
            if versions[name][1] == self.versions[name][1] and reader not in cut
        ]

    def _personal_faults(self, rung: Rung) -> list[str]:
        """Unread counts that changed and sessions that ended, without a bell at their person's sockets."""
        unread = unread_counts(self.unread)
        changed = {user_id for user_id, count in unread.items() if count != self.unread[user_id]}
        ended = {identity.user_id for identity in stale_identities(self.identities)}
        found = [f"person {user_id}: unread changed silently" for user_id in changed - {*rung.people}]
        return found + [f"person {user_id}: a session ended silently" for user_id in ended - {*rung.people}]

    def _bell_faults(self, rung: Rung) -> list[str]:
        versions = channel_versions(self.versions)
        changed = {name for name in versions if versions[name] != self.versions[name]}
        return [f"{name}: changed without a bell" for name in sorted(changed - {*rung.channels})]


def _people() -> list[int]:
    return list(db.session.scalars(select(User.id).order_by(User.id)))


def _readers(channels: Iterable[str]) -> dict[str, set[int]]:
    """For each channel who may watch it: ids, and 0 for whoever is not signed in (then everybody may)."""
    people: list[Any] = list(db.session.scalars(select(User).order_by(User.id)))
    everybody = {0, *(person.id for person in people)}
    return {
        name: everybody if _may_watch(Guest(), name) else {p.id for p in people if _may_watch(p, name)}
        for name in channels
    }


def _may_watch(person: Any, channel: str) -> bool:
    try:
        registry.check_watch(person, channel)
    except CivicForumError:
        return False
    return True


def session_key(user_id: int) -> str:
    """The key of the one browser session that everybody in the model has."""
    return f"the browser of person {user_id}"


def _identities() -> list[Identity]:
    """A socket of each person's browser, and one of each of their tokens; those that hold."""
    people = list(db.session.scalars(select(User).where(User.erased_at.is_(None)).order_by(User.id)))
    versions = {user.id: user.session_version for user in people}
    tokens = db.session.scalars(
        select(ApiToken).where(ApiToken.expires_at.is_(None) | (ApiToken.expires_at > now()))
    )
    all_of_them = [
        *(Identity(u.id, u.session_version, "en", "", session_key=session_key(u.id)) for u in people),
        *(Identity(t.user_id, versions[t.user_id], "en", "", token_id=t.id) for t in tokens),
    ]
    stale = stale_identities(all_of_them)
    return [identity for identity in all_of_them if identity not in stale]
