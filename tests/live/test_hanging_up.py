"""Who is counted as watching, whatever happens meanwhile."""

import contextlib

import pytest
from factories import make_project, make_thread

from civicforum.accounts.models import Guest
from civicforum.errors import CivicForumError, NotFound
from civicforum.live import publisher as publisher_module
from civicforum.live.publisher import Identity, Outlets, Publisher


@pytest.fixture
def thread(app):
    return make_thread(make_project())


def publisher_whose(app, load_viewer) -> Publisher:
    """A publisher with nobody at the other end; ``load_viewer(publisher)`` is what happens while it asks."""
    nobody = {name: lambda *_: None for name in ("emit", "enter", "leave", "disconnect", "spawn")}
    made: list[Publisher] = []
    outlets = Outlets(
        **nobody, load_viewer=lambda _identity: load_viewer(made[0]), stale_identities=lambda _them: set()
    )
    made.append(Publisher(app, outlets))
    made[0].connect("socket", Identity(None, None, "en", "guest"))
    return made[0]


def test_who_watches_is_counted_until_they_leave(app, thread):
    publisher = publisher_whose(app, lambda _publisher: Guest())
    assert publisher.watch("socket", thread.channel, None, None)["viewers"] == 1
    publisher.disconnect("socket")
    assert (publisher.count_viewers(thread.channel), publisher.channels) == (0, {})


def test_who_hangs_up_while_we_ask_leaves_nothing_behind(app, thread):
    def hang_up(publisher: Publisher) -> Guest:
        publisher.disconnect("socket")
        return Guest()

    publisher = publisher_whose(app, hang_up)
    with pytest.raises(NotFound):
        publisher.watch("socket", thread.channel, None, None)
    assert (publisher.count_viewers(thread.channel), publisher.channels) == (0, {})


def test_what_arrives_after_a_farewell_is_no_fault_of_ours(app, thread):
    publisher = publisher_whose(app, lambda _publisher: Guest())
    publisher.disconnect("socket")
    with pytest.raises(NotFound):
        publisher.watch("socket", thread.channel, None, None)
    publisher.unwatch("socket", thread.channel)


def test_no_number_of_questions_at_once_watches_more_than_fifty(app, thread, monkeypatch):
    """While one is being checked, the next one is asked."""
    monkeypatch.setattr(publisher_module, "MAXIMUM_CHANNELS_PER_SOCKET", 3)
    others = [make_thread(make_project()) for _ in range(9)]

    def ask_for_another(publisher: Publisher) -> Guest:
        if others:
            with contextlib.suppress(CivicForumError):
                publisher.watch("socket", others.pop().channel, None, None)
        return Guest()

    publisher = publisher_whose(app, ask_for_another)
    with contextlib.suppress(CivicForumError):
        publisher.watch("socket", thread.channel, None, None)
    assert others == []
    assert len(publisher.channels) == 3
