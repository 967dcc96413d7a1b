"""Stopping mails from a mail: one click without signing in (RFC 8058); looking changes nothing."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from browser import press, submit
from factories import make_post, make_project, make_thread, make_user

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Guest, User
from civicforum.db import db, now, transaction
from civicforum.discussions.actions import post_reply
from civicforum.errors import Invalid, NotAllowed, NotFound
from civicforum.notifications import stops
from civicforum.notifications.actions import (
    gather_mail,
    note_mailed,
    note_refused,
    save_wishes,
    set_attention,
    stop_mails,
)
from civicforum.notifications.queries import level_of, read_wishes
from civicforum.notifications.stops import Stop, sign_stop


@pytest.fixture
def ana(app):
    return make_user(name="Ana", email="ana@example.org")


def stop_of(*what, user, **where) -> str:
    return f"/unsubscribe/{sign_stop(Stop(user.id, what, **where))}"


def wishes(user):
    db.session.rollback()
    return read_wishes(db.session.get_one(User, user.id))


def test_the_header_of_a_mail_stops_such_mails_in_one_click(app, smtp, client, ana):
    """As a mail program does it: a POST to the address in the header, with no cookie and no token."""
    thread = make_thread(make_project(), ana)
    mine = make_post(thread, ana)
    ben = make_user(name="Ben")
    with time_machine.travel(now(), tick=False) as clock:
        for _twice in range(2):
            post_reply(ben, thread.id, "Yes.", mine.id)
            clock.shift(timedelta(minutes=6))
            db.session.rollback()
            jobs.run_due(app)
            (mail,) = smtp.mails()
            assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
            path = urlsplit(mail["List-Unsubscribe"].strip("<>")).path
            answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
            assert (answer.status_code, answer.headers.get("Set-Cookie")) == (200, None)
    assert (wishes(ana).reply, wishes(ana).mention) == (False, True)


def test_looking_changes_nothing_and_says_what_would_be_stopped(client, ana):
    page = client.get(stop_of("reply", "digest", user=ana))
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "mails when somebody answers you" in page.text
    assert "the digest of what you have not read yet" in page.text
    assert (ana.email in page.text, ana.name in page.text) == (False, False)
    assert (wishes(ana).reply, wishes(ana).digest) == (True, "daily")


def test_the_button_stops_and_what_is_stopped_can_be_taken_back(client, ana):
    path = stop_of("reply", "digest", user=ana)
    assert "You get no more of these:" in press(client, path, path).text
    assert (wishes(ana).reply, wishes(ana).digest) == (False, "never")
    assert "You get these again:" in client.post(path, data={"again": "1"}).text
    assert (wishes(ana).reply, wishes(ana).digest) == (True, "daily")


def test_a_subscription_is_stopped_for_its_thread_alone(client, ana):
    set_attention(ana, "project", 1, "subscribed")
    path = stop_of("subscription", user=ana, kind="thread", object_id=2)
    client.post(path)
    assert (level_of(ana, 1, 2), level_of(ana, 1, 3)) == ("normal", "subscribed")
    client.post(path, data={"again": "1"})
    assert level_of(ana, 1, 2) == "subscribed"


def test_a_token_signs_nobody_in_and_opens_nothing_else(client, ana):
    path = stop_of("reply", user=ana)
    client.post(path)
    assert client.get("/settings/mail").location == "/sign-in?next=/settings/mail"
    token = path.rpartition("/")[2]
    for door in ("answers", "sign-in/link", "reset", "confirm"):
        assert client.get(f"/{door}/{token}").status_code in (404, 410)


@pytest.mark.parametrize("token", ["nonsense", "WzEsWyJyZXBseSJdLCIiLDBd.forged", "x" * 5000])
def test_a_token_that_is_not_ours_is_404(app, client, token):
    assert client.get(f"/unsubscribe/{token}").status_code == 404
    assert client.post(f"/unsubscribe/{token}").status_code == 404


def test_a_token_of_another_shape_is_404(app, client):
    token = stops._serializer().dumps([1, ["reply"]])
    assert client.post(f"/unsubscribe/{token}").status_code == 404


def test_a_token_of_somebody_who_left_is_404(client, ana):
    path = stop_of("reply", user=ana)
    with transaction():
        db.session.get_one(User, ana.id).erased_at = now()
    assert client.post(path).status_code == 404
    with pytest.raises(NotFound):
        stop_mails(Guest(), sign_stop(Stop(999, ("reply",))))


def test_only_the_way_out_of_mails_is_opened_by_its_address(app):
    marked = [
        name for name, view in app.view_functions.items() if getattr(view, "is_opened_by_its_address", False)
    ]
    assert marked == ["notifications.stop_mails_now"]


def test_whoever_is_signed_in_stops_the_mails_of_the_tokens_person(ana, sign_in):
    ben = make_user()
    sign_in(ben).post(stop_of("reply", user=ana))
    assert (wishes(ana).reply, wishes(ben).reply) == (False, True)


# --- saying it in the settings ---


def test_the_settings_keep_what_was_said(ana, sign_in):
    browser = sign_in(ana)
    page = submit(browser, "/settings/mail", reply=None, digest="weekly", weekday="4")
    assert "Saved." in page.text
    assert (wishes(ana).reply, wishes(ana).mention) == (False, True)
    assert (wishes(ana).digest, wishes(ana).weekday) == ("weekly", 4)


def test_the_settings_say_that_an_address_came_back_and_saving_tries_again(ana, sign_in):
    note_refused(SYSTEM, ana.id, ana.email)
    browser = sign_in(ana)
    assert "Mail to your address came back" in browser.get("/settings/mail").text
    page = submit(browser, "/settings/mail", digest="daily")
    assert "came back" not in page.text


def test_the_settings_are_for_those_signed_in(app, client):
    assert client.get("/settings/mail").location == "/sign-in?next=/settings/mail"


@pytest.mark.parametrize("wrong", [{"digest": "hourly"}, {"weekday": 7}])
def test_a_rhythm_there_is_not_is_refused(ana, wrong):
    with pytest.raises(Invalid):
        save_wishes(ana, wrong)


def test_guests_and_the_house_have_no_wishes(app):
    for actor in (Guest(), SYSTEM):
        with pytest.raises(NotAllowed):
            save_wishes(actor, {})


def test_mails_are_gathered_by_the_house_alone(ana):
    for act in (
        lambda: gather_mail(ana, ana.id, "thread:1", "x"),
        lambda: note_mailed(ana, ana.id, 1),
        lambda: note_refused(ana, ana.id, "x@example.org"),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert gather_mail(SYSTEM, 999, "thread:1", "x") is None
    assert gather_mail(SYSTEM, ana.id, "thread:1", "x") is None
