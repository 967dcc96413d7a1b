"""Watching, publishing and healing, with a wire that keeps what was sent over it.

What travels through real sockets is in tests/sockets; here is what a busy server seldom shows: bells that
were lost, audiences that shrank, a database that was restored or is away.
"""

import itertools
from dataclasses import dataclass, field, replace

import pytest
from factories import join, make_post, make_project, make_thread, make_user

from civicforum.accounts.models import Guest
from civicforum.accounts.queries import find_user
from civicforum.db import transaction
from civicforum.errors import CivicForumError, NotFound
from civicforum.live import publisher as publishing
from civicforum.live.changes import renew_stream, shrink_audience, touch
from civicforum.live.publisher import MAXIMUM_CHANNELS_PER_SOCKET, Identity, Outlets, Publisher
from civicforum.partnerships.actions import edit_project


def guest(key="phone", locale="en"):
    return Identity(None, None, locale, key)


def person(user, locale="en"):
    return Identity(user.id, user.session_version, locale, "")


@dataclass
class Wire:
    """The world outside: who is in which room, and what was sent where. ``ended``: whose session ended."""

    sent: list = field(default_factory=list)
    rooms: dict = field(default_factory=dict)
    cut: list = field(default_factory=list)
    later: list = field(default_factory=list)
    ended: set = field(default_factory=set)
    unread: dict = field(default_factory=dict)

    def outlets(self):
        return Outlets(
            emit=lambda name, payload, to: self.sent.append((name, to, payload)),
            enter=lambda sid, room: self.rooms.setdefault(room, set()).add(sid),
            leave=lambda sid, room: self.rooms[room].discard(sid),
            disconnect=self.cut.append,
            spawn=lambda job, *rest: self.later.append((job, rest)),
            load_viewer=lambda identity: find_user(identity.user_id) if identity.user_id else Guest(),
            stale_identities=lambda identities: self.ended & set(identities),
            unread_counts=lambda people: {user_id: self.unread.get(user_id, 0) for user_id in people},
        )

    def run(self):
        """Let the greenlets that were spawned do their work, with those that they spawn themselves."""
        while self.later:
            job, rest = self.later.pop(0)
            job(*rest)

    def told(self, name):
        """(to, payload) of what was sent under this name, and forget it."""
        found = [(to, payload) for kind, to, payload in self.sent if kind == name]
        self.sent = [sent for sent in self.sent if sent[0] != name]
        return found


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def publisher(app, wire, monkeypatch):
    monkeypatch.setattr(publishing, "GATHER_SECONDS", 0)
    monkeypatch.setattr(publishing, "PULSE_SECONDS", 0)
    monkeypatch.setattr(publishing, "VIEWERS_EVERY_SECONDS", 0)
    return Publisher(app, wire.outlets())


@pytest.fixture
def thread(app):
    return make_thread(make_project())


def say(thread, body="Words."):
    """A post that its watchers have to be told of; no bell is rung for it."""
    post = make_post(thread, body=body)
    with transaction():
        touch(thread.channel, "post", post.id)
    return post


def watch(publisher, sid, thread, identity=None, after=None, stream=None):
    publisher.connect(sid, identity or guest(sid))
    with publisher.app.test_request_context():
        return publisher.watch(sid, thread.channel, after, stream)


def test_who_begins_to_watch_is_told_what_was_missed(publisher, wire, thread):
    posts = [say(thread) for _n in range(3)]
    told = watch(publisher, "a", thread, after=1)
    assert [item["id"] for item in told["items"]] == [post.id for post in posts[1:]]
    assert (told["revision"], told["reset"], told["viewers"]) == (3, False, 1)
    assert wire.rooms == {f"{thread.channel}|en": {"a"}}


def test_a_history_that_is_not_ours_is_a_reset(publisher, thread):
    say(thread)
    assert watch(publisher, "a", thread, after=0, stream="of another database")["reset"] is True
    assert publisher.watch("a", thread.channel, 99, None)["reset"] is True


def test_a_bell_is_answered_once_in_each_language(publisher, wire, thread):
    for sid, locale in (("a", "en"), ("b", "en"), ("c", "es")):
        watch(publisher, sid, thread, guest(sid, locale))
    post = say(thread)
    for _twice in range(2):
        publisher.ring(thread.channel)
    wire.run()
    told = wire.told("update")
    assert [to for to, _payload in told] == [f"{thread.channel}|en", f"{thread.channel}|es"]
    assert [(p["previous"], p["revision"], [i["id"] for i in p["items"]]) for _to, p in told] == [
        (0, 1, [post.id])
    ] * 2


def test_a_bell_for_what_was_sent_already_or_nobody_watches_sends_nothing(publisher, wire, thread):
    publisher.ring(thread.channel)
    watch(publisher, "a", thread)
    publisher.ring(thread.channel)
    wire.run()
    assert wire.sent == []


def test_a_bell_that_rings_while_something_is_sent_is_answered_too(publisher, wire, thread):
    watch(publisher, "a", thread)
    say(thread)
    emit = publisher.out.emit
    rung = []

    def emit_and_ring(name, payload, to):
        emit(name, payload, to)
        if not rung:
            rung.append(say(thread))
            publisher.ring(thread.channel)

    publisher.out = replace(publisher.out, emit=emit_and_ring)
    publisher.ring(thread.channel)
    wire.run()
    assert [(p["previous"], p["revision"]) for _to, p in wire.told("update")] == [(0, 1), (1, 2)]


def test_more_than_one_update_can_hold_is_sent_in_parts_and_in_order(publisher, wire, thread, monkeypatch):
    watch(publisher, "a", thread)
    posts = [say(thread) for _n in range(5)]
    read = publishing.changes_since
    monkeypatch.setattr(publishing, "changes_since", lambda *asked: read(*asked, limit=2))
    publisher.ring(thread.channel)
    wire.run()
    told = [payload for _to, payload in wire.told("update")]
    assert [(p["previous"], p["revision"]) for p in told] == [(0, 2), (2, 4), (4, 5)]
    assert [item["id"] for p in told for item in p["items"]] == [post.id for post in posts]


def test_a_lost_bell_is_healed_by_the_pulse(publisher, wire, thread):
    publisher.pulse()
    watch(publisher, "a", thread)
    post = say(thread)
    for _beat in range(2):
        publisher.pulse()
        wire.run()
    assert [[i["id"] for i in p["items"]] for _to, p in wire.told("update")] == [[post.id]]


def test_a_restored_database_is_told_as_a_new_stream_by_the_pulse(publisher, wire, thread):
    watch(publisher, "a", thread)
    stream = renew_stream()
    publisher.pulse()
    wire.run()
    (told,) = wire.told("update")
    assert (told[1]["stream"], told[1]["previous"], told[1]["revision"]) == (stream, 0, 0)


def test_who_may_no_longer_watch_is_told_gone_and_nothing_else(publisher, wire):
    project = make_project()
    thread, member = make_thread(project), make_user()
    join(project, member)
    watch(publisher, "stranger", thread)
    watch(publisher, "member", thread, person(member))
    edit_project(make_user("organizer"), project, visibility="members")
    with transaction():
        shrink_audience([thread.channel])
    post = say(thread, "A secret.")
    publisher.ring(thread.channel)
    wire.run()
    assert wire.told("gone") == [("stranger", {"channel": thread.channel})]
    assert wire.rooms == {f"{thread.channel}|en": {"member"}}
    assert [[i["id"] for i in p["items"]] for _to, p in wire.told("update")] == [[post.id]]


def test_a_restore_asks_everybody_again_whether_they_may_watch(publisher, wire):
    project = make_project()
    thread = make_thread(project)
    watch(publisher, "a", thread)
    edit_project(make_user("organizer"), project, visibility="members")
    renew_stream()
    publisher.ring(thread.channel)
    wire.run()
    assert (wire.told("gone"), wire.told("update")) == ([("a", {"channel": thread.channel})], [])


def test_who_may_not_see_a_thread_does_not_watch_it(publisher, wire):
    thread = make_thread(make_project(visibility="members"))
    with pytest.raises(NotFound):
        watch(publisher, "a", thread)
    assert (wire.rooms, publisher.channels) == ({}, {})


def test_an_audience_that_shrinks_while_somebody_enters_keeps_them_out(publisher, wire):
    project = make_project()
    thread = make_thread(project)
    enter = publisher.out.enter

    def enter_and_close(sid, room):
        enter(sid, room)
        edit_project(make_user("organizer"), project, visibility="members")

    publisher.out = replace(publisher.out, enter=enter_and_close)
    with pytest.raises(NotFound):
        watch(publisher, "a", thread)
    assert (wire.rooms, publisher.channels) == ({f"{thread.channel}|en": set()}, {})


def test_one_socket_watches_so_many_channels_and_no_more(publisher):
    project = make_project()
    threads = [make_thread(project) for _n in range(MAXIMUM_CHANNELS_PER_SOCKET + 1)]
    publisher.connect("a", guest())
    for thread in threads[:-1]:
        publisher.watch("a", thread.channel, None, None)
    with pytest.raises(CivicForumError, match="too many"):
        publisher.watch("a", threads[-1].channel, None, None)
    publisher.watch("a", threads[0].channel, None, None)
    publisher.unwatch("a", threads[1].channel)
    publisher.watch("a", threads[-1].channel, None, None)
    assert len(publisher.channels) == MAXIMUM_CHANNELS_PER_SOCKET


def test_a_person_with_three_tabs_is_one_and_a_channel_without_watchers_is_forgotten(publisher, thread):
    user = make_user()
    for sid in ("a", "b", "c"):
        watch(publisher, sid, thread, person(user))
    watch(publisher, "d", thread)
    assert (publisher.count_viewers(thread.channel), publisher.count_sockets(user.id)) == (2, 3)
    publisher.unwatch("a", thread.channel)
    publisher.unwatch("a", thread.channel)
    for sid in ("a", "b", "c", "d", "never connected"):
        publisher.disconnect(sid)
    assert (publisher.channels, publisher.sockets, publisher.count_viewers(thread.channel)) == ({}, {}, 0)


def test_how_many_are_here_is_told_when_it_changed(publisher, wire, thread):
    watch(publisher, "a", thread)
    for _twice in range(2):
        publisher.tell_viewers()
    watch(publisher, "b", thread, guest("b", "es"))
    publisher.tell_viewers()
    told = [(to, payload["count"]) for to, payload in wire.told("viewers")]
    assert told[:1] == [(f"{thread.channel}|en", 1)]
    assert sorted(told[1:]) == [(f"{thread.channel}|en", 2), (f"{thread.channel}|es", 2)]


def test_a_count_that_comes_after_the_last_has_left_is_told_to_nobody(publisher, wire, thread):
    watch(publisher, "a", thread)

    def count_slowly(here):
        publisher.disconnect("a")
        return dict.fromkeys(here, 1)

    publisher.out = replace(publisher.out, count_people=count_slowly)
    publisher.tell_viewers()
    assert wire.sent == []


def test_an_inbox_rings_at_ones_own_sockets_and_only_when_it_changed(publisher, wire):
    ana, ben = make_user(), make_user()
    for sid, user in (("a", ana), ("b", ana), ("c", ben)):
        publisher.connect(sid, person(user))
    publisher.connect("d", guest())
    publisher.ring_person(999)
    assert wire.later == []
    wire.unread[ana.id] = 2
    for _twice in range(2):
        publisher.ring_person(ana.id)
    publisher.ring_person(ben.id)
    assert len(wire.later) == 1
    wire.run()
    assert wire.told("inbox") == [("a", {"unread": 2}), ("b", {"unread": 2}), ("c", {"unread": 0})]
    publisher.ring_person(ana.id)
    wire.run()
    assert wire.told("inbox") == []
    publisher.disconnect("a")
    publisher.connect("e", person(ana))
    publisher.pulse()
    assert ("e", {"unread": 2}) in wire.told("inbox")


def test_who_signed_out_is_cut_by_the_bell_and_by_the_pulse(publisher, wire):
    ana, ben = make_user(), make_user()
    publisher.connect("a", person(ana))
    publisher.connect("b", person(ben))
    wire.ended = {person(ana)}
    publisher.ring_person(ana.id)
    wire.run()
    publisher.pulse()
    assert wire.cut == ["a", "a"]


def test_what_fails_once_is_logged_and_the_pulse_tries_again(publisher, wire, thread, caplog):
    ana = make_user()
    watch(publisher, "a", thread, person(ana))
    post = say(thread)
    emit, stale = publisher.out.emit, publisher.out.stale_identities
    publisher.out = replace(publisher.out, emit=lambda *_sent: 1 / 0)
    publisher.ring(thread.channel)
    wire.run()
    publisher.out = replace(publisher.out, emit=emit)
    publisher.out = replace(publisher.out, stale_identities=lambda _people: 1 / 0)
    publisher.ring_person(ana.id)
    wire.run()
    beats = iter([False, True])
    publisher.pulse_forever(lambda: next(beats))
    publisher.out = replace(publisher.out, stale_identities=stale)
    assert [record.message.partition(" failed")[0] for record in caplog.records] == [
        "Publishing a channel",
        "Telling people of their inbox",
        "The pulse",
    ]
    beats = iter([False, True])
    publisher.pulse_forever(lambda: next(beats))
    wire.run()
    assert [[i["id"] for i in p["items"]] for _to, p in wire.told("update")] == [[post.id]]


def test_the_counting_goes_on_until_it_is_told_to_stop(publisher, wire, thread):
    rounds = itertools.count()

    def is_stopping():
        n = next(rounds)
        if n == 1:  # nobody was there in the first round
            watch(publisher, "a", thread)
        return n == 3

    publisher.tell_viewers_forever(is_stopping)
    assert [payload["count"] for _to, payload in wire.told("viewers")] == [1]
