import re
import shutil
import time
from datetime import timedelta
from mailbox import deliver, link_in, mails_to
from statistics import median
from urllib.parse import quote

import pytest
from browser import forms_of, press, submit
from factories import make_token, make_user, save
from flask import Flask

from civicforum.accounts import links, queries
from civicforum.accounts.models import EndedSession
from civicforum.accounts.names import skeleton
from civicforum.accounts.passwords import hash_password, needs_rehash
from civicforum.accounts.set_up_code import read_code
from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.db import db, now

PASSWORD = "three quiet otters"


def person(**facts):
    return make_user(**{"password_hash": hash_password(PASSWORD), **facts})


def sign_up(client, **fields):
    given = {"name": "Ana Lopez", "email": "ana@example.org", "accepts": "y", "locale": "en"}
    return submit(client, "/sign-up", "sign-up", follow=False, **(given | fields))


def sign_in(client, email, password=PASSWORD, url="/sign-in"):
    return submit(client, url, "sign-in", follow=False, email=email, password=password)


def is_signed_in(client) -> bool:
    return client.get("/settings").status_code == 200


# --- signing up ---


def test_from_signing_up_to_being_signed_in(app, client):
    assert sign_up(client, password=PASSWORD).location == "/mail-sent"
    path = link_in(mails_to(app, "ana@example.org")[0])
    answer = submit(client, path, "confirm")
    assert "Welcome, Ana Lopez" in answer.text
    assert is_signed_in(client)
    again = app.test_client()
    assert sign_in(again, "ANA@example.org").status_code == 302
    assert is_signed_in(again)


def test_looking_at_a_link_changes_nothing(app, client):
    sign_up(client)
    path = link_in(mails_to(app, "ana@example.org")[0])
    for _scanner in range(3):
        page = client.get(path)
        assert (page.status_code, page.headers["Referrer-Policy"]) == (200, "no-referrer")
    db.session.rollback()
    assert not queries.find_by_email("ana@example.org").is_confirmed


def test_a_used_link_says_so_and_signs_nobody_in(app, client):
    sign_up(client)
    path = link_in(mails_to(app, "ana@example.org")[0])
    submit(client, path, "confirm")
    other = app.test_client()
    page = other.get(path)
    assert page.status_code == 410
    assert "Ask for a new one" in page.text
    assert not is_signed_in(other)


def test_that_was_not_me_is_on_the_page_of_the_link(app, client):
    sign_up(client)
    path = link_in(mails_to(app, "ana@example.org")[0])
    press(client, path, f"{path}/not-me")
    db.session.rollback()
    assert queries.find_by_email("ana@example.org") is None


def test_the_agreement_must_be_accepted(app, client):
    answer = sign_up(client, accepts=None)
    assert answer.status_code == 422
    assert "read the agreement" in answer.text
    assert queries.find_by_email("ana@example.org") is None


@pytest.mark.parametrize("password", ["short", "password123", "analopez1234", "1234567890"])
def test_a_weak_password_is_refused_with_its_reason(app, client, password):
    answer = sign_up(client, password=password)
    assert answer.status_code == 422
    assert 'id="password-error"' in answer.text
    assert password not in answer.text


def test_what_was_typed_stays_in_the_form(app, client):
    answer = sign_up(client, email="no address")
    assert 'value="Ana Lopez"' in answer.text
    assert 'value="no address"' in answer.text


# --- nobody learns whether an address has an account ---

DOORS = {
    "/sign-up": {"name": "Brand New", "accepts": "y", "locale": "en"},
    "/confirm": {},
    "/sign-in/link": {},
    "/reset": {},
}


def heard_at(app, url, email, **fields):
    """Everything an asker can see: status, headers but the cookie, and the page that follows."""
    client = app.test_client()
    first = submit(client, url, email=email, follow=False, **fields)
    then = client.get(first.location) if first.status_code == 302 else first
    return first.status_code, first.location, then.status_code, plain(then.text)


def plain(page: str) -> str:
    return re.sub(r'value="[^"]*"', "", page)


@pytest.mark.parametrize("url", sorted(DOORS))
def test_a_known_and_an_unknown_address_hear_the_same(app, url):
    known, waiting = person(), make_user(email_confirmed_at=None)
    answers = {
        str(heard_at(app, url, email, **DOORS[url] | ({"name": name} if url == "/sign-up" else {})))
        for email, name in (
            (known.email, "First Name"),
            (waiting.email, "Second Name"),
            ("nobody@example.org", "Third Name"),
        )
    }
    assert len(answers) == 1


@pytest.mark.parametrize("url", sorted(DOORS))
def test_a_known_and_an_unknown_address_cost_the_same_number_of_commits(app, url, count_queries):
    known = person()
    waiting = []
    for email, name in ((known.email, "First Name"), ("nobody@example.org", "Third Name")):
        before = len(deliver(app))
        with count_queries() as n:
            heard_at(app, url, email, **DOORS[url] | ({"name": name} if url == "/sign-up" else {}))
        waiting.append(sum("INSERT INTO job" in statement for statement in n.statements))
        assert len(deliver(app)) - before <= 1
    assert min(waiting) >= 1


@pytest.mark.parametrize("url", sorted(DOORS))
def test_a_known_and_an_unknown_address_take_the_same_time(app, url):
    known = person().email
    times = {known: [], "": []}
    for n in range(10):
        for email in times:
            name = {"name": f"Neighbor {'ABCDEFGHIJ'[n]}{'x' if email else 'y'}"} if url == "/sign-up" else {}
            client = app.test_client()
            client.get(url)
            begun = time.perf_counter()
            submit(client, url, email=email or f"nobody{n}@example.org", follow=False, **DOORS[url] | name)
            times[email].append(time.perf_counter() - begun)
    slow, quick = sorted((median(times[known]), median(times[""])), reverse=True)
    assert slow / quick < 1.1


def test_a_wrong_password_and_an_unknown_address_hear_the_same(app, client):
    known, without = person(), make_user()
    pages = set()
    for email in (known.email, without.email, "nobody@example.org"):
        answer = sign_in(app.test_client(), email, "wrong password")
        pages.add((answer.status_code, plain(answer.text)))
    assert len(pages) == 1
    assert "do not go together" in pages.pop()[1]


# --- signing in and out ---


def test_a_session_begins_afresh(app, client):
    user = person()
    client.get("/sign-in")
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
        session["locale"] = "es"
    sign_in(client, user.email)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session["locale"] == "es"
        assert session.permanent is False


def test_own_devices_stay_signed_in(app, client):
    user = person()
    submit(client, "/sign-in", "sign-in", email=user.email, password=PASSWORD, stays="y")
    with client.session_transaction() as session:
        assert session.permanent


def test_signing_out_ends_the_session_also_where_its_cookie_was_copied(app, client):
    user = person()
    sign_in(client, user.email)
    thief = app.test_client()
    thief.set_cookie("civicforum_session", client.get_cookie("civicforum_session").value)
    assert is_signed_in(thief)
    answer = press(client, "/settings", "/sign-out", follow=False)
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert [is_signed_in(client), is_signed_in(thief)] == [False, False]


def test_signing_out_here_leaves_other_devices_alone(app, client):
    user = person()
    other = app.test_client()
    sign_in(client, user.email)
    sign_in(other, user.email)
    press(client, "/settings", "/sign-out")
    assert [is_signed_in(client), is_signed_in(other)] == [False, True]


def test_signing_out_everywhere_ends_all(app, client):
    user = person()
    other = app.test_client()
    sign_in(client, user.email)
    sign_in(other, user.email)
    press(client, "/settings", "/sign-out/everywhere")
    assert [is_signed_in(client), is_signed_in(other)] == [False, False]


def test_looking_at_sign_out_signs_nobody_out(app, client):
    sign_in(client, person().email)
    assert client.get("/sign-out").status_code == 405
    assert is_signed_in(client)


def test_an_unconfirmed_account_is_not_signed_in_but_mailed_again(app, client):
    user = person(email_confirmed_at=None)
    assert sign_in(client, user.email).location == "/mail-sent"
    assert not is_signed_in(client)
    assert "/confirm/" in link_in(mails_to(app, user.email)[0])


def test_a_link_by_mail_signs_in_once(app, client):
    user = make_user()
    submit(client, "/sign-in/link", "ask-link", email=user.email)
    path = link_in(mails_to(app, user.email)[0])
    assert user.name in client.get(path).text
    submit(client, path, "use-link")
    assert is_signed_in(client)
    assert app.test_client().get(path).status_code == 410


def test_a_reset_ends_other_sessions_and_begins_one(app, client):
    user = person()
    other = app.test_client()
    sign_in(other, user.email)
    submit(client, "/reset", "ask-reset", email=user.email)
    path = link_in(mails_to(app, user.email)[0])
    assert submit(client, path, "reset", password="password123").status_code == 422
    submit(client, path, "reset", password="four loud herons")
    assert [is_signed_in(client), is_signed_in(other)] == [True, False]
    assert sign_in(app.test_client(), user.email, "four loud herons").status_code == 302
    assert sign_in(app.test_client(), user.email, PASSWORD).status_code == 422


def test_a_link_of_one_purpose_opens_no_other_door(app, client):
    user = make_user(email_confirmed_at=None)
    token = links.make_token(user, "confirm")
    for door in ("/reset/", "/sign-in/link/", "/settings/address/", "/settings/address/undo/"):
        assert client.get(door + token).status_code == 410
    assert client.get("/confirm/" + token).status_code == 200


def test_links_lead_to_our_own_address_whatever_the_request_says(app, client):
    user = make_user()
    page = client.get("/sign-in/link")
    token = forms_of(page)[0]["fields"]["csrf_token"]
    client.post(
        "/sign-in/link",
        data={"email": user.email, "csrf_token": token},
        headers={"X-Forwarded-Host": "evil.example"},
    )
    assert "evil.example" not in mails_to(app, user.email)[0].as_string()


def test_a_weaker_hash_is_renewed_at_sign_in(app, client):
    weak = __import__("argon2").PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    user = person(password_hash=weak.hash(PASSWORD))
    sign_in(client, user.email)
    db.session.rollback()
    assert not needs_rehash(queries.find_by_email(user.email).password_hash)
    assert is_signed_in(client)


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    " //evil.example",
    "/%09/evil.example/../..//",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_after_signing_in_one_stays_here(app, client, target):
    user = person()
    answer = sign_in(client, user.email, url=f"/sign-in?next={quote(target)}")
    assert answer.status_code == 302
    assert answer.location.startswith("/")
    assert not answer.location.startswith(("//", "/\\", "/\t", "/\n"))
    signed_in_already = client.get(f"/sign-in?next={quote(target)}")
    assert not signed_in_already.location.startswith(("//", "http", "/\\"))


def test_after_signing_in_one_is_where_one_wanted(app, client):
    user = person()
    page = client.get("/settings")
    assert page.location == "/sign-in?next=/settings"
    assert sign_in(client, user.email, url=page.location).location == "/settings"


# --- limits ---


@pytest.fixture
def limited(app, tmp_path) -> Flask:
    """The application with its limits on, on a copy of the database."""
    limited = create_app(load_settings({"CIVICFORUM_DATA_DIR": str(tmp_path)}))
    limited.testing = True
    limited.test_client_class = app.test_client_class
    shutil.copy(app.config["DATA_DIR"] / "template.sqlite3", tmp_path / "civicforum.sqlite3")
    with limited.app_context():
        yield limited
        db.session.remove()
        db.engine.dispose()


def tries(app, email, password, times, address="10.0.0.1"):
    codes = []
    for _try in range(times):
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = address
        codes.append(sign_in(client, email, password).status_code)
    return codes


def test_guessing_one_password_ends_after_ten_tries(limited):
    user = person()
    assert tries(limited, user.email, "wrong", 12) == [422] * 10 + [429] * 2


def test_a_stranger_cannot_lock_the_victim_out(limited):
    user = person()
    tries(limited, user.email, "wrong", 12, address="10.6.6.6")
    assert tries(limited, user.email, PASSWORD, 1, address="10.0.0.1") == [302]


def test_guessing_many_accounts_from_one_address_ends(limited):
    codes = [tries(limited, f"person{n}@example.org", "wrong", 1)[0] for n in range(62)]
    assert codes == [422] * 60 + [429] * 2


def test_a_whole_hall_behind_one_address_signs_in(limited):
    kept = hash_password(PASSWORD)
    hall = [make_user(password_hash=kept) for _seat in range(70)]
    assert {tries(limited, user.email, PASSWORD, 1)[0] for user in hall} == {302}


def test_a_forged_forwarding_header_does_not_make_another_address(limited):
    user = person()
    codes = []
    for number in range(12):
        client = limited.test_client()
        client.environ_base["HTTP_X_FORWARDED_FOR"] = f"10.9.9.{number}"
        codes.append(sign_in(client, user.email, "wrong").status_code)
    assert codes.count(429) == 2


@pytest.mark.parametrize("exists", [True, False])
def test_nobody_can_have_an_address_flooded(limited, exists):
    email = person().email if exists else "nobody@example.org"
    codes = [
        submit(limited.test_client(), "/sign-in/link", "ask-link", follow=False, email=email).status_code
        for _ask in range(7)
    ]
    assert codes == [302] * 5 + [429] * 2


def test_too_many_is_said_in_words_and_with_a_time(limited):
    email = person().email
    tries(limited, email, "wrong", 10)
    client = limited.test_client()
    client.environ_base["REMOTE_ADDR"] = "10.0.0.1"
    answer = sign_in(client, email)
    assert int(answer.headers["Retry-After"]) > 0
    assert "wait a moment" in answer.text


# --- settings ---


def test_settings_are_for_those_signed_in(client, app):
    for path in ("/settings", "/settings/password", "/settings/address", "/settings/tokens"):
        assert client.get(path).location == f"/sign-in?next={path}"


def test_a_profile_is_saved_and_shown(app, sign_in):
    user = make_user()
    browser = sign_in(user)
    submit(
        browser, "/settings", "profile",
        name="New Name", handle="new-name", about="I fix bikes.", neighbourhood="Old Mill", locale="es",
        timezone="Europe/Madrid",
    )  # fmt: skip
    page = app.test_client().get("/people/new-name").text
    assert "New Name" in page
    assert "I fix bikes." in page
    assert "Old Mill" in page
    assert user.email not in page


def test_who_turns_single_keys_off_has_none_on_any_page(app, sign_in):
    user = make_user()
    browser = sign_in(user)
    for path in ("/settings", "/search"):
        assert 'data-module="search-key"' in browser.get(path).text
    form = next(form for form in forms_of(browser.get("/settings")) if form["id"] == "profile")
    fields = dict(form["fields"])
    assert fields.pop("has_shortcuts")
    browser.post("/settings", data=fields)
    for path in ("/settings", "/search", "/projects"):
        page = browser.get(path).text
        assert "search-key" not in page
        assert "Turn that off" not in page


def test_a_guest_turns_single_keys_off_in_the_browser(client, app):
    page = client.get("/search").text
    assert 'data-module="search-key" data-guest' in page
    assert 'data-module="shortcuts" hidden' in page


def test_nobody_becomes_anything_by_sending_more_fields(app, sign_in):
    user = make_user()
    browser = sign_in(user)
    page = browser.get("/settings")
    fields = dict(next(form for form in forms_of(page) if form["id"] == "profile")["fields"])
    more = {
        "email": "evil@example.org", "role": "administrator", "is_administrator": "1",
        "grants": "administrator", "session_version": "99", "email_confirmed_at": "2026-01-01",
        "suspended_until": "",
        "user_id": "1",
        "password_hash": "x", "id": "1",
    }  # fmt: skip
    assert browser.post("/settings", data=fields | more).status_code == 302
    kept = (user.email, user.session_version, user.password_hash)
    db.session.refresh(user)
    assert (user.email, user.session_version, user.password_hash) == kept
    assert not user.is_administrator


def test_the_present_password_is_asked_for(app, client):
    user = person()
    sign_in(client, user.email)
    other = app.test_client()
    sign_in(other, user.email)
    wrong = submit(
        client, "/settings/password", "password-form", current="wrong", password="four loud herons"
    )
    assert wrong.status_code == 422
    submit(client, "/settings/password", "password-form", current=PASSWORD, password="four loud herons")
    assert [is_signed_in(client), is_signed_in(other)] == [True, False]


def test_changing_the_address_asks_for_the_password_and_tells_the_old_one(app, client):
    user = person(email="old@example.org")
    sign_in(client, user.email)
    wrong = submit(client, "/settings/address", "address", email="new@example.org", password="wrong")
    assert wrong.status_code == 422
    submit(client, "/settings/address", "address", email="new@example.org", password=PASSWORD)
    path = link_in(mails_to(app, "new@example.org")[0])
    submit(client, path, "confirm-address")
    assert sign_in(app.test_client(), "new@example.org").status_code == 302
    undo = link_in(mails_to(app, "old@example.org")[0])
    submit(app.test_client(), undo, "undo-address")
    assert not is_signed_in(client)
    assert sign_in(app.test_client(), "old@example.org").status_code == 422


def test_a_token_is_shown_once_and_revoked(app, sign_in):
    user = make_user()
    browser = sign_in(user)
    shown = submit(browser, "/settings/tokens", "token", name="My script", scopes=["read"])
    token = re.search(r"<code data-token>(\S+)</code>", shown.text)[1]
    assert shown.status_code == 201
    assert shown.headers["Cache-Control"] == "private, no-store"
    page = browser.get("/settings/tokens").text
    assert "My script" in page
    assert token not in page
    headers = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get("/api/v1/me", headers=headers).json["handle"] == user.handle
    press(browser, "/settings/tokens", f"/settings/tokens/{queries.find_token(token).id}/revoke")
    assert app.test_client().get("/api/v1/me", headers=headers).status_code == 401


def test_the_scopes_offered_are_ones_own(app, sign_in):
    page = sign_in(make_user()).get("/settings/tokens")
    form = next(form for form in forms_of(page) if form["id"] == "token")
    assert 'value="admin"' not in page.text
    assert "scopes" in form["names"]


def test_another_persons_token_is_not_there(app, sign_in):
    other = make_user()
    token = make_token(other)
    browser = sign_in(make_user("administrator"))
    csrf = forms_of(browser.get("/settings/tokens"))[0]["fields"]["csrf_token"]
    row = queries.find_token(token)
    answer = browser.post(f"/settings/tokens/{row.id}/revoke", data={"csrf_token": csrf})
    assert answer.status_code == 404
    assert queries.find_token(token) is not None


# --- a person's page ---

NASTY = ["<script>window.PWNED=1</script>", '"><img src=x onerror=PWNED()>', "{{ 7*7 }}", "'-alert(1)-'"]


@pytest.mark.parametrize("text", NASTY)
def test_whatever_a_person_is_called_is_inert(app, client, sign_in, text):
    user = make_user(name=text[:60], name_skeleton=skeleton(text)[:120], about=text, neighbourhood=text[:80])
    pages = [
        client.get(f"/people/{user.handle}").text,
        sign_in(user).get("/settings").text,
        sign_in(user).get("/settings/tokens").text,
    ]
    for page in pages:
        assert "<script>window" not in page
        assert "<img src=x" not in page
    assert "49" not in pages[0].partition("<h1>")[2].partition("</h1>")[0]


def test_an_address_is_on_nobodys_page(app, client, sign_in):
    user = make_user(email="hidden@example.org")
    for browser in (client, sign_in(make_user()), sign_in(make_user("administrator"))):
        assert "hidden@example.org" not in browser.get(f"/people/{user.handle}").text


def test_a_former_participant_has_no_page(app, client):
    user = make_user(erased_at=now())
    assert client.get(f"/people/{user.handle}").status_code == 404


def test_a_suspended_person_reads_and_is_told_until_when(app, client):
    user = person(suspended_until=now() + timedelta(days=3))
    sign_in(client, user.email)
    assert "not write, until" in client.get("/settings").text


# --- the first run ---

FIRST = {
    "site_name": "Tarrow Bend Together",
    "sentence": "We listen.",
    "timezone": "America/New_York",
    "contact_phone": "555-0142",
    "name": "Ada Reyes",
    "email": "ada@example.org",
    "password": PASSWORD,
}


def test_at_the_machine_a_town_is_set_up_without_a_code(app, client):
    page = client.get("/set-up")
    assert 'name="code"' not in page.text
    answer = submit(client, "/set-up", "set-up", follow=False, **FIRST)
    assert answer.location == "/set-up/next"
    assert is_signed_in(client)
    db.session.rollback()
    assert queries.find_by_email("ada@example.org").is_administrator
    assert "Tarrow Bend Together" in client.get("/settings").text


def test_a_town_that_is_set_up_has_no_set_up_page(app, client):
    make_user("administrator")
    assert client.get("/set-up").status_code == 404


@pytest.mark.parametrize(
    "far",
    [{"REMOTE_ADDR": "10.0.0.1"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, {"HTTP_VIA": "1.1 proxy"}],
)
def test_from_elsewhere_the_code_is_needed(app, client, far):
    client.environ_base.update(far)
    for wrong in ({}, {"code": "0000-0000-0000-0000"}):
        answer = submit(client, "/set-up", "set-up", **FIRST | wrong)
        assert answer.status_code == 422
        assert queries.has_administrator() is False
    code = read_code(app.config["DATA_DIR"])
    submit(client, "/set-up", "set-up", follow=False, **FIRST | {"code": f" {code.upper()} "})
    db.session.rollback()
    assert queries.has_administrator()
    assert read_code(app.config["DATA_DIR"]) != code
    (app.config["DATA_DIR"] / "set_up_code").unlink()


def test_the_code_is_for_its_owners_eyes(tmp_path):
    code = read_code(tmp_path)
    assert read_code(tmp_path) == code
    assert (tmp_path / "set_up_code").stat().st_mode & 0o777 == 0o600


def test_a_session_of_nobody_is_ended_harmlessly(app, client):
    save(EndedSession(key="x"))
    page = client.get("/sign-in")
    token = forms_of(page)[0]["fields"]["csrf_token"]
    assert client.post("/sign-out", data={"csrf_token": token}).location == "/"


def test_every_page_of_accounts_says_in_its_heading_what_its_title_says(app, sign_in, client):
    user = make_user(password_hash="x")
    signed_in = [
        "/settings", "/settings/password", "/settings/address", "/settings/tokens", f"/people/{user.handle}",
    ]  # fmt: skip
    guest = ["/sign-in", "/sign-up", "/sign-in/link", "/reset", "/confirm", "/mail-sent", "/set-up"]
    for browser, paths in ((sign_in(user), signed_in), (client, guest)):
        for path in paths:
            text = browser.get(path).text
            title = re.search(r"<title>(.*?) ·", text)[1]
            heading = re.sub(r"<[^>]+>", "", re.search(r"<h1[^>]*>(.*?)</h1>", text, re.S)[1])
            assert (path, heading.strip()) == (path, title)
