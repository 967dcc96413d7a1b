"""Whoever hangs up while they are let in: the database is asked in between, and leaves no ghost behind."""

import pytest
from factories import make_project, make_thread

from civicforum.accounts.models import Guest
from civicforum.errors import NotFound
from civicforum.live.publisher import Identity, Outlets, Publisher

GUEST = Identity(None, None, "en", "a guest")


@pytest.fixture
def publisher(app):
    """One without a network: ``rooms`` says who is in which; ``loading`` happens when a person is loaded."""

    def load_viewer(_identity):
        if made.loading:
            made.loading.pop(0)()
        return Guest()

    rooms = set()
    made = Publisher(
        app,
        Outlets(
            emit=lambda *_told: None,
            enter=lambda sid, room: rooms.add((sid, room)),
            leave=lambda sid, room: rooms.discard((sid, room)),
            disconnect=lambda _sid: None,
            spawn=lambda *_work: None,
            load_viewer=load_viewer,
            stale_identities=lambda _people: set(),
        ),
    )
    made.rooms, made.loading = rooms, []
    return made


@pytest.fixture
def channel(app):
    return make_thread(make_project()).channel


def test_who_watches_is_in_the_room_until_they_leave(publisher, channel):
    publisher.connect("a", GUEST)
    assert publisher.watch("a", channel, None, None)["viewers"] == 1
    assert publisher.rooms == {("a", f"{channel}|en")}
    publisher.unwatch("a", channel)
    assert (publisher.rooms, publisher.channels) == (set(), {})


@pytest.mark.parametrize("looks_before", [0, 1])
def test_who_hangs_up_while_they_are_let_in_leaves_no_ghost(publisher, channel, looks_before):
    """The database is asked in between, and a connection may end in any such moment."""
    publisher.connect("a", GUEST)
    stays = [lambda: None] * looks_before
    publisher.loading += [*stays, lambda: publisher.disconnect("a")]
    if looks_before == 0:
        with pytest.raises(NotFound):
            publisher.watch("a", channel, None, None)
        assert publisher.rooms == set()
    else:
        publisher.watch("a", channel, None, None)
    assert publisher.channels == {}
    publisher.unwatch("a", channel)


def test_a_ghost_is_not_counted_beside_those_who_stay(publisher, channel):
    for sid, key in (("a", "one"), ("b", "two")):
        publisher.connect(sid, Identity(None, None, "en", key))
    publisher.watch("a", channel, None, None)
    publisher.loading += [lambda: publisher.disconnect("b")]
    with pytest.raises(NotFound):
        publisher.watch("b", channel, None, None)
    assert publisher.count_viewers(channel) == 1
