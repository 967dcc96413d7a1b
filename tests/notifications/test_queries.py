import pytest
from factories import make_user, save

from civicforum.accounts.models import Guest
from civicforum.notifications import registry
from civicforum.notifications.models import Notification
from civicforum.notifications.queries import count_unread, list_inbox, unread_counts
from civicforum.notifications.registry import Notice

SECRET = "the hidden words"


def describe(viewer, reason, ids):
    """Even things may be seen; odd ones are hidden from everybody."""
    return {n: Notice(f"{viewer.name}: {reason} {n}", f"/things/{n}") for n in ids if n % 2 == 0}


@pytest.fixture
def thing(monkeypatch):
    monkeypatch.setitem(registry._kinds, "thing", describe)


def told(user, number, reason="reply", kind="thing", **facts):
    return save(Notification(user_id=user.id, reason=reason, kind=kind, object_id=number, **facts))


def test_the_newest_comes_first_in_words_of_now(app, thing):
    ana = make_user(name="Ana")
    told(ana, 2)
    told(ana, 4, "mention")
    texts = [entry.notice.text for entry in list_inbox(ana).entries]
    assert texts == ["Ana: mention 4", "Ana: reply 2"]


def test_what_is_hidden_by_now_has_no_words(app, thing):
    ana = make_user()
    told(ana, 1)
    assert [entry.notice for entry in list_inbox(ana).entries] == [None]


def test_a_kind_that_nobody_speaks_for_has_no_words(app, thing):
    ana = make_user()
    told(ana, 2, kind="mystery")
    assert [entry.notice for entry in list_inbox(ana).entries] == [None]


def test_an_inbox_is_its_owners(app, thing):
    ana, bo = make_user(), make_user()
    told(ana, 2)
    assert list_inbox(bo).entries == []
    assert [list_inbox(Guest()).entries, count_unread(Guest())] == [(), 0]


def test_pages_go_on_where_the_last_one_ended(app, thing):
    ana = make_user()
    ids = [told(ana, 2 * n).id for n in range(7)]
    seen, before = [], None
    while True:
        page = list_inbox(ana, 3, before)
        seen += [entry.id for entry in page.entries]
        before = page.next_before
        if before is None:
            break
    assert seen == ids[::-1]


def test_unread_is_counted_for_many_at_once(app, thing):
    ana, bo = make_user(), make_user()
    told(ana, 2)
    told(ana, 4)
    assert unread_counts([ana.id, bo.id]) == {ana.id: 2, bo.id: 0}
