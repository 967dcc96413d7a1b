import re
from datetime import timedelta
from mailbox import deliver, mails_to

import pytest
from factories import make_token, make_user, save
from sqlalchemy import delete

from civicforum.accounts import actions, arrivals, links, queries
from civicforum.accounts.models import SYSTEM, ApiToken, EndedSession, Guest, User
from civicforum.accounts.names import skeleton
from civicforum.agreement.queries import standing_of
from civicforum.db import db, now, transaction
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.web.site import get_site

GUEST = Guest()


def sign_up(email="ana@example.org", name="Ana Lopez", **more):
    actions.sign_up(GUEST, email, name, **more)
    return queries.find_by_email(email)


def called(name, **facts):
    return make_user(name=name, name_skeleton=skeleton(name), **facts)


def test_signing_up_makes_an_account_that_waits_for_its_mail(app):
    user = sign_up(locale="es")
    assert (user.name, user.is_confirmed, user.locale) == ("Ana Lopez", False, "es")
    assert standing_of(user).accepted_version == 1
    assert [mail["Subject"] for mail in mails_to(app, "ana@example.org")] != []


def test_an_account_of_a_confirmed_address_is_left_alone(app):
    user = make_user(email="ana@example.org", password_hash="hers", name="Ana")
    sign_up(name="Somebody Else", password_hash="his")
    db.session.refresh(user)
    assert (user.name, user.password_hash) == ("Ana", "hers")
    assert "already" in mails_to(app, "ana@example.org")[0]["Subject"]


def test_who_signs_up_again_before_confirming_is_who_the_mail_names(app):
    sign_up(name="Squatter", password_hash="hers")
    user = sign_up(name="Ana Lopez", password_hash="hers")
    assert (user.name, user.password_hash) == ("Ana Lopez", "hers")


def test_of_two_passwords_for_an_address_that_nobody_confirmed_neither_holds(app):
    sign_up(password_hash="hers")
    assert sign_up(password_hash="his").password_hash is None


def test_a_password_chosen_before_the_address_was_proved_dies_with_a_sign_in_link(app):
    user = sign_up(password_hash="of who waits for the owner")
    token = links.make_token(user, "sign-in")
    assert actions.use_sign_in_link(GUEST, token).password_hash is None


def test_signing_up_with_somebodys_name_does_not_tell_their_address(app):
    called("Ana Lopez", email="ana@example.org")
    said = []
    for email in ("ana@example.org", "other@example.org"):
        with pytest.raises(Invalid) as refused:
            sign_up(email, "Ana Lopez")
        said.append(refused.value.errors)
    assert said[0] == said[1]


def test_a_sign_up_leaves_no_trace_by_which_an_account_could_be_guessed(app):
    called("Ana Lopez", email="ana@example.org")
    for email in ("ana@example.org", "nobody@example.org"):
        sign_up(email, "Rosa Marin")
        with pytest.raises(NotFound):
            queries.get_person("rosa-marin")
        sign_up("asks@example.org", "Rosa Marin")
    actions.confirm_address(GUEST, links.make_token(queries.find_by_email("asks@example.org"), "confirm"))
    assert queries.get_person("rosa-marin").email == "asks@example.org"


@pytest.mark.parametrize("name", ["Ana Lopez", "ana lopez", "Аnа Lореz", "Ana  Lópéz"])
def test_a_name_that_looks_like_somebodys_is_refused(app, name):
    called("Ana Lopez")
    with pytest.raises(Invalid) as refused:
        sign_up("other@example.org", name)
    assert list(refused.value.errors) == ["name"]


@pytest.mark.parametrize("name", ["Moderator", "Ana, Moderator", "<b>Ana</b>", "Ana\u202e", "", "Mayor ✓"])
def test_a_name_that_claims_or_breaks_something_is_refused(app, name):
    with pytest.raises(Invalid) as refused:
        sign_up(name=name)
    assert list(refused.value.errors) == ["name"]


def test_a_sign_up_that_nobody_confirmed_takes_no_name(app):
    called("Ana Lopez", email_confirmed_at=None)
    assert sign_up("other@example.org").name == "Ana Lopez"


def confirmed(user):
    return actions.confirm_address(GUEST, links.make_token(user, "confirm"))


def test_of_two_who_asked_for_one_name_the_second_to_confirm_gets_a_number(app):
    first, second = sign_up(), sign_up("other@example.org")
    assert (confirmed(second).name, second.handle) == ("Ana Lopez", "ana-lopez")
    assert (confirmed(first).name, first.handle) == ("Ana Lopez 2", "ana-lopez-2")


def test_two_people_of_one_name_get_two_handles(app):
    save(User(email="x@example.org", name="Other", name_skeleton="other", handle="ana-lopez"))
    assert confirmed(sign_up()).handle == "ana-lopez-2"


def test_somebody_signed_in_does_not_sign_up(app):
    with pytest.raises(NotAllowed):
        actions.sign_up(make_user(), "ana@example.org", "Ana Lopez")


def test_confirming_works_once(app):
    user = sign_up()
    token = links.make_token(user, "confirm")
    assert actions.confirm_address(GUEST, token).is_confirmed
    with pytest.raises(links.DeadLink):
        actions.confirm_address(GUEST, token)


def test_a_newer_mail_makes_the_older_link_worthless(app):
    token = links.make_token(sign_up(), "confirm")
    actions.ask_for_confirmation(GUEST, "ana@example.org")
    with pytest.raises(links.DeadLink):
        actions.confirm_address(GUEST, token)


def test_that_was_not_me_removes_the_account(app):
    token = links.make_token(sign_up(), "confirm")
    actions.discard_sign_up(GUEST, token)
    assert queries.find_by_email("ana@example.org") is None


def test_an_unconfirmed_account_is_forgotten_and_a_confirmed_one_is_not(app):
    waiting, confirmed = sign_up(), make_user()
    actions.drop_unconfirmed(SYSTEM, waiting.id)
    actions.drop_unconfirmed(SYSTEM, confirmed.id)
    assert [queries.find_user(waiting.id), queries.find_user(confirmed.id)] == [None, confirmed]


def test_a_sign_in_link_works_once_and_confirms(app):
    user = sign_up()
    token = links.make_token(user, "sign-in")
    assert actions.use_sign_in_link(GUEST, token).is_confirmed
    with pytest.raises(links.DeadLink):
        actions.use_sign_in_link(GUEST, token)


def test_a_new_password_ends_every_session_and_is_told_by_mail(app):
    user = make_user(password_hash="old")
    session_id = user.get_id()
    actions.reset_password(GUEST, links.make_token(user, "reset"), "new")
    assert queries.find_by_session(session_id) is None
    assert user.password_hash == "new"
    assert "changed" in mails_to(app, user.email)[0]["Subject"]


def test_asking_for_a_link_says_nothing_and_mails_only_whom_it_knows(app):
    user = make_user()
    assert actions.ask_for_link(GUEST, "nobody@example.org") is None
    assert actions.ask_for_link(GUEST, user.email) is None
    assert [str(mail["To"]) for mail in deliver(app)] == [user.email]


def test_one_session_ends_and_the_others_go_on(app):
    user = make_user()
    actions.end_session(user, "key of the phone")
    assert queries.find_by_session(user.get_id(), "key of the phone") is None
    assert queries.find_by_session(user.get_id(), "key of the laptop") == user


def test_ended_sessions_are_forgotten_once_their_cookie_is_too_old(app):
    save(EndedSession(key="old", ended_at=now() - timedelta(days=32)), EndedSession(key="new"))
    actions.forget_ended_sessions(SYSTEM)
    assert [row.key for row in db.session.query(EndedSession)] == ["new"]


def test_nobody_ends_the_sessions_of_another(app):
    with pytest.raises(NotAllowed):
        actions.end_all_sessions(make_user("administrator"), make_user())


def test_a_profile_is_changed_by_its_owner_alone(app):
    user = make_user()
    with pytest.raises(NotAllowed):
        actions.update_profile(make_user("administrator"), user, name="Else", handle="else")
    actions.update_profile(user, user, name="New Name", handle="@New-Name", timezone="Europe/Madrid")
    assert (user.name, user.handle, user.timezone) == ("New Name", "new-name", "Europe/Madrid")


@pytest.mark.parametrize(
    ("said", "then"), [((), True), ((False,), False), ((False, None), False), ((False, True), True)]
)
def test_shortcuts_are_on_until_they_are_turned_off(app, said, then):
    user = make_user()
    for is_on in said:
        actions.update_profile(user, user, name=user.name, handle=user.handle, has_shortcuts=is_on)
    assert user.has_shortcuts == then


@pytest.mark.parametrize(
    ("field", "value"), [("handle", "admin"), ("handle", "x"), ("handle", "taken"), ("timezone", "Mars/Sea")]
)
def test_a_profile_refuses_what_cannot_be_had(app, field, value):
    make_user(handle="taken")
    user = make_user()
    with pytest.raises(Invalid) as refused:
        actions.update_profile(user, user, **{"name": user.name, "handle": user.handle, field: value})
    assert list(refused.value.errors) == [field]


def test_a_new_address_counts_only_once_its_mail_was_read(app):
    user = make_user(email="old@example.org", password_hash="hash")
    actions.ask_for_new_address(user, user, "New@Example.org")
    assert user.email == "old@example.org"
    token = links.make_token(user, "change-email")
    session_id = user.get_id()
    actions.change_address(GUEST, token)
    assert (user.email, user.pending_email) == ("new@example.org", None)
    assert queries.find_by_session(session_id) is None
    told = {str(mail["To"]) for mail in deliver(app)}
    assert told == {"old@example.org"}  # the mail to the new one had been superseded


def test_the_old_address_can_take_the_account_back(app):
    user = make_user(email="thief@example.org", password_hash="stolen")
    make_token(user)
    token = links.make_token(user, "undo-email", "owner@example.org thief@example.org")
    actions.undo_change_of_address(GUEST, token)
    assert (user.email, user.password_hash) == ("owner@example.org", None)
    assert queries.list_tokens(user) == []
    with pytest.raises(links.DeadLink):
        actions.undo_change_of_address(GUEST, token)


def test_an_address_that_somebody_has_is_not_given_twice_and_not_told(app):
    other, user = make_user(email="taken@example.org"), make_user()
    actions.ask_for_new_address(user, user, "taken@example.org")
    assert user.pending_email is None
    assert [str(mail["To"]) for mail in deliver(app)] == [other.email]


def test_a_token_is_kept_as_a_hash_and_found_by_itself(app):
    user = make_user()
    token = actions.create_token(user, user, "my script", ["read"])
    row = queries.find_token(token)
    assert (row.user_id, row.scopes, token in row.token_hash) == (user.id, "read", False)


def test_a_token_gets_no_scope_beyond_its_person(app):
    user = make_user()
    with pytest.raises(Invalid):
        actions.create_token(user, user, "too much", ["read", "admin"])


def test_the_command_line_gives_all_scopes(app):
    token = actions.create_token(SYSTEM, make_user(), "command line")
    assert queries.find_token(token).scopes == "read write moderate admin"


def test_a_revoked_or_expired_token_is_nobodys(app):
    user = make_user()
    revoked, expired = (actions.create_token(user, user, "t", ["read"], days=1) for _ in range(2))
    actions.revoke_token(user, queries.find_token(revoked).id)
    with transaction():
        queries.find_token(expired).expires_at = now() - timedelta(seconds=1)
    assert [queries.find_token(revoked), queries.find_token(expired)] == [None, None]


def test_a_token_of_another_is_not_there(app):
    token = actions.create_token(SYSTEM, make_user(), "hers")
    with pytest.raises(NotFound):
        actions.revoke_token(make_user("administrator"), queries.find_token(token).id)


def test_the_use_of_a_token_is_noted_at_most_every_ten_minutes(app):
    user = make_user()
    row = queries.find_token(actions.create_token(user, user, "t", ["read"]))
    moments = []
    for ago in (None, timedelta(minutes=5), timedelta(minutes=11)):
        with transaction():
            row.last_used_at = ago and now() - ago
        before = row.last_used_at
        actions.note_token_use(SYSTEM, row.id)
        db.session.refresh(row)
        moments.append(row.last_used_at != before)
    assert moments == [True, False, True]


def test_the_last_administrator_stays(app):
    first = make_user("administrator")
    with pytest.raises(Conflict):
        actions.revoke_role(first, first, "administrator")
    actions.grant_role(first, make_user(), "administrator")
    actions.revoke_role(first, first, "administrator")
    assert not first.is_administrator


def test_a_suspension_ends_sessions_and_is_lifted_again(app):
    moderator, user = make_user("moderator"), make_user()
    session_id = user.get_id()
    actions.suspend_person(moderator, user, now() + timedelta(days=1))
    assert user.is_suspended()
    assert queries.find_by_session(session_id) is None
    actions.lift_suspension(moderator, user)
    assert not user.is_suspended()


def set_up(**changes):
    facts = {
        "site_name": "Tarrow Bend Together",
        "sentence": "We listen.",
        "timezone": "America/New_York",
        "locale": "en",
        "contact_phone": "555-0142",
        "name": "Ada Admin",
        "email": "ada@example.org",
        "password_hash": "hash",
        "independent_name": "Judge Reyes",
        "independent_email": "reyes@example.org",
    }
    return actions.set_up_site(GUEST, **facts | changes)


def test_setting_up_names_the_town_and_its_administrator(app):
    user = set_up()
    site = get_site()
    assert (user.is_administrator, user.is_confirmed) == (True, True)
    assert (site.name, site.timezone, site.independent_name) == (
        "Tarrow Bend Together",
        "America/New_York",
        "Judge Reyes",
    )
    assert site.set_up_at is not None
    assert "works" in mails_to(app, "ada@example.org")[0]["Subject"]


def test_a_town_is_set_up_once(app):
    set_up()
    with pytest.raises(Conflict):
        set_up(email="second@example.org")
    assert queries.find_by_email("second@example.org") is None


def test_rooms_above_are_told_of_every_arrival(app, monkeypatch):
    monkeypatch.setattr(arrivals, "_greetings", [])
    met = []
    arrivals.register(lambda user, accepted: met.append((user.name, accepted)))
    sign_up()
    actions.add_person(SYSTEM, "b@example.org", "Bo", "partner")
    assert met == [("Ana Lopez", True), ("Bo", False)]


def test_whoever_has_the_keys_may_name_people_as_they_are_called(app):
    user = actions.add_person(SYSTEM, "Admin@Town.local", "Admin", "administrator")
    assert (user.email, user.name, user.is_administrator) == ("admin@town.local", "Admin", True)
    with pytest.raises(Conflict):
        actions.add_person(SYSTEM, "admin@town.local", "Again")


def test_tokens_die_with_the_account(app):
    user = make_user()
    make_token(user)
    with transaction():
        db.session.execute(delete(User).where(User.id == user.id))
    assert db.session.query(ApiToken).count() == 0


def test_a_second_change_of_address_waits_until_the_first_cannot_be_undone(app):
    """A thief who changed it twice would leave the owner a link that leads nowhere."""
    user = make_user(email="owner@example.org", password_hash="hash")
    actions.ask_for_new_address(user, user, "thief@example.org")
    actions.change_address(GUEST, links.make_token(user, "change-email"))
    undo = links.make_token(user, "undo-email", "owner@example.org thief@example.org")
    with pytest.raises(Conflict):
        actions.ask_for_new_address(user, user, "second@example.org")
    actions.undo_change_of_address(GUEST, undo)
    assert user.email == "owner@example.org"
    actions.ask_for_new_address(user, user, "new@example.org")
    assert user.pending_email == "new@example.org"


@pytest.mark.parametrize("name", ["Win at evil.com", "www.evil.example", "Ana evil-shop.ru"])
def test_a_name_is_no_link_in_a_mail_to_somebody_else(app, name):
    with pytest.raises(Invalid) as refused:
        sign_up(name=name)
    assert list(refused.value.errors) == ["name"]


@pytest.mark.parametrize("name", ["J.R.R. Tolkien", "Dr. Ana Lopez", "Ana L."])
def test_a_name_may_be_abbreviated(app, name):
    assert sign_up(name=name).name == name


def test_a_confirmed_account_is_not_thrown_away_by_a_link(app):
    user = make_user()
    actions.discard_sign_up(GUEST, links.make_token(user, "confirm"))
    assert queries.find_by_email(user.email) == user


def test_a_link_of_somebody_who_has_left_is_dead(app):
    gone, erased = make_user(), make_user(erased_at=now())
    tokens = [links.make_token(user, "sign-in") for user in (gone, erased)]
    with transaction():
        db.session.execute(delete(User).where(User.id == gone.id))
    for token in tokens:
        with pytest.raises(links.DeadLink):
            actions.use_sign_in_link(GUEST, token)


@pytest.mark.parametrize("email", ["", "ana", "ana@", "ana@nowhere", "a b@example.org"])
def test_an_address_that_is_none_is_refused_at_every_door(app, email):
    administrator = make_user("administrator")
    doors = (
        lambda: actions.sign_up(GUEST, email, "Ana Lopez"),
        lambda: actions.ask_for_link(GUEST, email),
        lambda: actions.ask_for_new_address(administrator, administrator, email),
    )
    for door in doors:
        with pytest.raises(Invalid) as refused:
            door()
        assert list(refused.value.errors) == ["email"]
    assert [user.email for user in db.session.query(User)] == [administrator.email]


@pytest.mark.parametrize(
    ("email", "name", "role", "field"),
    [
        ("no address", "Ana", "resident", "email"),
        ("ana@example.org", " ", "resident", "name"),
        ("ana@example.org", "x" * 61, "resident", "name"),
        ("ana@example.org", "Ana", "mayor", "role"),
    ],
)
def test_nobody_is_added_without_an_address_a_name_and_a_role_that_there_is(app, email, name, role, field):
    with pytest.raises(Invalid) as refused:
        actions.add_person(SYSTEM, email, name, role)
    assert list(refused.value.errors) == [field]
    assert db.session.query(User).count() == 0


def test_a_resident_who_is_added_is_confirmed_and_has_no_role(app):
    user = actions.add_person(SYSTEM, "ana@example.org", "Ana Lopez", locale="es")
    assert (user.is_confirmed, user.handle, user.locale, user.grants) == (True, "ana-lopez", "es", [])


def test_only_an_administrator_adds_people(app):
    for person in (GUEST, make_user(), make_user("moderator")):
        with pytest.raises(NotAllowed):
            actions.add_person(person, "ana@example.org", "Ana Lopez")
    assert queries.find_by_email("ana@example.org") is None


def test_in_a_town_of_many_anas_everybody_gets_a_handle(app):
    handles = [actions.add_person(SYSTEM, f"ana{n}@example.org", "Ana").handle for n in range(12)]
    assert handles[:10] == ["ana", *(f"ana-{n}" for n in range(2, 11))]
    assert all(re.fullmatch("ana-[0-9a-f]{8}", handle) for handle in handles[10:])
    assert len(set(handles)) == 12


def test_an_address_that_was_taken_meanwhile_is_not_taken_over(app):
    user = make_user(email="old@example.org", pending_email="new@example.org")
    token = links.make_token(user, "change-email")
    make_user(email="new@example.org")
    with pytest.raises(Conflict):
        actions.change_address(GUEST, token)
    assert user.email == "old@example.org"


def test_an_old_address_that_somebody_took_meanwhile_is_not_given_back(app):
    user = make_user(email="new@example.org")
    token = links.make_token(user, "undo-email", "old@example.org new@example.org")
    make_user(email="old@example.org")
    with pytest.raises(Conflict):
        actions.undo_change_of_address(GUEST, token)
    assert user.email == "new@example.org"


def test_a_link_to_a_new_address_that_nobody_waits_for_is_dead(app):
    user = make_user()
    with pytest.raises(links.DeadLink):
        actions.change_address(GUEST, links.make_token(user, "change-email"))


def test_a_role_is_given_once_and_being_a_resident_is_none(app):
    administrator, user = make_user("administrator"), make_user()
    for role in ("moderator", "moderator", "resident"):
        actions.grant_role(administrator, user, role)
    assert [grant.role for grant in user.grants] == ["moderator"]


def test_only_an_administrator_gives_and_takes_roles(app):
    moderator, user = make_user("moderator"), make_user("steward")
    for deed in (actions.grant_role, actions.revoke_role):
        with pytest.raises(NotAllowed):
            deed(moderator, user, "steward")
    assert [grant.role for grant in user.grants] == ["steward"]


def test_who_is_not_suspended_cannot_be_let_off(app):
    with pytest.raises(Invalid):
        actions.lift_suspension(make_user("moderator"), make_user())


def test_a_browser_in_which_nobody_is_signed_in_any_more_ends_its_session_all_the_same(app):
    user = make_user()
    actions.end_session(GUEST, "key of the phone")
    assert queries.find_by_session(user.get_id(), "key of the phone") is None


def test_setting_up_refuses_a_time_zone_that_there_is_not(app):
    with pytest.raises(Invalid) as refused:
        set_up(timezone="Mars/Sea")
    assert list(refused.value.errors) == ["timezone"]
    assert queries.has_administrator() is False


def test_setting_up_needs_an_address_without_an_account(app):
    make_user(email="ada@example.org")
    with pytest.raises(Invalid) as refused:
        set_up()
    assert list(refused.value.errors) == ["email"]
    assert (queries.has_administrator(), get_site().set_up_at) == (False, None)


def test_a_town_without_an_independent_person_can_be_set_up(app):
    set_up(independent_name="", independent_email="")
    assert (get_site().independent_name, get_site().independent_email) == ("", "")


def test_taking_back_a_role_that_nobody_has_changes_nothing(app):
    organizer = make_user("organizer")
    actions.revoke_role(make_user("administrator"), organizer, "moderator")
    assert [grant.role for grant in db.session.get_one(User, organizer.id).grants] == ["organizer"]
