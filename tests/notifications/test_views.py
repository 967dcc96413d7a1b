import pytest
from browser import press
from factories import make_user, save

from civicforum.notifications import registry
from civicforum.notifications.models import Notification
from civicforum.notifications.queries import count_unread
from civicforum.notifications.registry import Notice

NASTY = "<script>window.PWNED=1</script>"


@pytest.fixture(autouse=True)
def _things(monkeypatch):
    def describe(_viewer, _reason, ids):
        return {n: Notice(f"Thing {n} {NASTY}", f"/things/{n}") for n in ids if n != 13}

    monkeypatch.setitem(registry._kinds, "thing", describe)


def told(user, *numbers):
    rows = [Notification(user_id=user.id, reason="reply", kind="thing", object_id=n) for n in numbers]
    save(*rows)
    return [row.id for row in rows]


def test_an_inbox_is_for_those_signed_in(app, client):
    assert client.get("/inbox").location == "/sign-in?next=/inbox"


def test_an_empty_inbox_says_what_will_be_in_it(app, sign_in):
    page = sign_in(make_user()).get("/inbox").text
    assert "Nothing here yet" in page
    assert "Mark all as read" not in page


def test_words_of_an_inbox_are_inert(app, sign_in):
    ana = make_user()
    told(ana, 2)
    page = sign_in(ana).get("/inbox").text
    assert "/things/2" in page
    assert NASTY not in page


def test_what_is_gone_is_said_without_its_words(app, sign_in):
    ana = make_user()
    told(ana, 13)
    page = sign_in(ana).get("/inbox").text
    assert "gone, or not open to you" in page
    assert "Thing 13" not in page


def test_looking_marks_nothing_read(app, sign_in):
    ana = make_user()
    told(ana, 2)
    sign_in(ana).get("/inbox")
    assert count_unread(ana) == 1


def test_one_and_then_all_are_marked_read(app, sign_in):
    ana = make_user()
    ids = told(ana, 2, 4, 6)
    browser = sign_in(ana)
    press(browser, "/inbox", f"/inbox/{ids[0]}/read")
    assert count_unread(ana) == 2
    assert "All marked as read" in press(browser, "/inbox", "/inbox/read").text
    assert count_unread(ana) == 0


def test_older_ones_are_a_page_further(app, sign_in):
    ana = make_user()
    told(ana, *range(100, 135))
    browser = sign_in(ana)
    first = browser.get("/inbox").text
    assert ("/things/134" in first, "/things/104" in first) == (True, False)
    url = first.partition('rel="next" href="')[2].partition('"')[0]
    second = browser.get(url).text
    assert ("/things/104" in second, "/things/105" in second) == (True, False)


def test_a_damaged_page_address_is_said(app, sign_in):
    assert sign_in(make_user()).get("/inbox?cursor=nonsense").status_code == 422


@pytest.mark.parametrize("rows", [1, 30])
def test_a_long_inbox_costs_as_many_queries_as_a_short_one(app, sign_in, count_queries, rows):
    ana = make_user()
    told(ana, *range(100, 100 + rows))
    browser = sign_in(ana)
    with count_queries() as n:
        browser.get("/inbox")
    assert n.total == QUERIES, "\n".join(n.statements)


QUERIES = 8
