"""What people do with accounts, and what is done with theirs."""

from datetime import timedelta
from typing import Any

from model.recipes import GUEST, Act, does
from model.town import Town
from model.watching import session_key
from sqlalchemy import delete

from civicforum.accounts import actions as accounts
from civicforum.accounts.links import make_token as make_link
from civicforum.accounts.models import SYSTEM, ApiToken, RoleGrant, User
from civicforum.db import db, now, transaction


@does(accounts.sign_up)
def a_stranger_signs_up(town: Town) -> Act:
    return lambda: accounts.sign_up(GUEST, "new@example.org", "Somebody New", "hash")


@does(accounts.sign_up)
def an_address_signs_up_again(town: Town) -> Act:
    return lambda: accounts.sign_up(GUEST, town.unconfirmed.email, "Uma Again", "hash")


@does(accounts.confirm_address)
def an_address_is_confirmed(town: Town) -> Act:
    link = make_link(town.unconfirmed, "confirm")
    return lambda: accounts.confirm_address(GUEST, link)


@does(accounts.discard_sign_up)
def a_sign_up_is_discarded(town: Town) -> Act:
    link = make_link(town.unconfirmed, "confirm")
    return lambda: accounts.discard_sign_up(GUEST, link)


@does(accounts.drop_unconfirmed)
def a_sign_up_is_forgotten(town: Town) -> Act:
    return lambda: accounts.drop_unconfirmed(SYSTEM, town.unconfirmed.id)


@does(accounts.add_person)
def the_administrator_adds_somebody(town: Town) -> Act:
    return lambda: accounts.add_person(town.admin, "added@example.org", "Adam Added", "moderator")


@does(accounts.ask_for_link)
def somebody_asks_for_a_link(town: Town) -> Act:
    return lambda: accounts.ask_for_link(GUEST, town.ana.email)


@does(accounts.ask_for_reset)
def somebody_asks_for_a_reset(town: Town) -> Act:
    return lambda: accounts.ask_for_reset(GUEST, town.ana.email)


@does(accounts.ask_for_confirmation)
def somebody_asks_for_the_confirmation(town: Town) -> Act:
    return lambda: accounts.ask_for_confirmation(GUEST, town.unconfirmed.email)


@does(accounts.grant_role)
def the_author_becomes_a_moderator_of_the_site(town: Town) -> Act:
    return lambda: accounts.grant_role(town.admin, town.ana, "moderator")


@does(accounts.revoke_role)
def a_moderator_of_the_site_is_one_no_longer(town: Town) -> Act:
    return lambda: accounts.revoke_role(town.admin, town.site_moderator, "moderator")


@does(accounts.revoke_role)
def an_organizer_of_the_site_is_one_no_longer(town: Town) -> Act:
    return lambda: accounts.revoke_role(town.admin, town.site_organizer, "organizer")


@does(accounts.revoke_role)
def a_steward_of_the_site_is_one_no_longer(town: Town) -> Act:
    return lambda: accounts.revoke_role(town.admin, town.site_steward, "steward")


@does(accounts.suspend_person)
def an_author_is_suspended(town: Town) -> Act:
    return lambda: accounts.suspend_person(town.site_moderator, town.ana, now() + timedelta(days=1))


@does(accounts.suspend_person)
def an_organizer_is_suspended(town: Town) -> Act:
    until = now() + timedelta(days=1)
    return lambda: accounts.suspend_person(town.site_moderator, town.site_organizer, until)


@does(accounts.lift_suspension)
def a_suspension_is_lifted(town: Town) -> Act:
    return lambda: accounts.lift_suspension(town.site_moderator, town.suspended)


@does(accounts.end_all_sessions)
def somebody_signs_out_everywhere(town: Town) -> Act:
    return lambda: accounts.end_all_sessions(town.ana, town.ana)


@does(accounts.end_session)
def somebody_signs_out(town: Town) -> Act:
    return lambda: accounts.end_session(town.ana, session_key(town.ana.id))


@does(accounts.forget_ended_sessions)
def ended_sessions_are_forgotten(town: Town) -> Act:
    accounts.end_session(town.ana, session_key(town.ana.id))
    return lambda: accounts.forget_ended_sessions(SYSTEM)


@does(accounts.renew_hash)
def a_hash_is_renewed(town: Town) -> Act:
    return lambda: accounts.renew_hash(town.ana, town.ana, "hash")


@does(accounts.reset_password)
def a_password_is_reset(town: Town) -> Act:
    link = make_link(town.ana, "reset")
    return lambda: accounts.reset_password(GUEST, link, "hash")


@does(accounts.use_sign_in_link)
def a_link_signs_in(town: Town) -> Act:
    link = make_link(town.unconfirmed, "sign-in")
    return lambda: accounts.use_sign_in_link(GUEST, link)


@does(accounts.send_test_mail)
def the_administrator_tries_the_mail(town: Town) -> Act:
    return lambda: accounts.send_test_mail(town.admin)


@does(accounts.set_up_site)
def a_town_is_set_up(town: Town) -> Act:
    with transaction():  # as if nobody administered it yet
        db.session.execute(delete(RoleGrant).where(RoleGrant.role == "administrator"))
    facts = {"site_name": "Tarrow", "sentence": "x", "timezone": "UTC", "locale": "en", "contact_phone": ""}
    return lambda: accounts.set_up_site(
        GUEST, **facts, name="First Admin", email="first@example.org", password_hash="hash"
    )


@does(accounts.ask_for_new_address)
def somebody_asks_for_a_new_address(town: Town) -> Act:
    return lambda: accounts.ask_for_new_address(town.ana, town.ana, "ana-new@example.org")


@does(accounts.change_address)
def an_address_is_changed(town: Town) -> Act:
    accounts.ask_for_new_address(town.ana, town.ana, "ana-new@example.org")
    link = make_link(town.ana, "change-email")
    return lambda: accounts.change_address(GUEST, link)


@does(accounts.undo_change_of_address)
def a_change_of_address_is_undone(town: Town) -> Act:
    old = town.ana.email
    an_address_is_changed(town)()
    link = make_link(town.ana, "undo-email", f"{old} {town.ana.email}")
    return lambda: accounts.undo_change_of_address(GUEST, link)


@does(accounts.change_password)
def a_password_is_changed(town: Town) -> Act:
    return lambda: accounts.change_password(town.ana, town.ana, "hash")


def _profile(person: User, **changes: Any) -> Act:
    facts = {"name": person.name, "handle": person.handle, "neighbourhood": person.neighbourhood, **changes}
    return lambda: accounts.update_profile(person, person, **facts)


@does(accounts.update_profile)
def an_author_is_called_otherwise(town: Town) -> Act:
    return _profile(town.ana, name="Ana Otherwise")


@does(accounts.update_profile)
def an_author_takes_another_handle(town: Town) -> Act:
    return _profile(town.ben, handle="ben-otherwise")


@does(accounts.update_profile)
def an_author_moves(town: Town) -> Act:
    return _profile(town.ana, neighbourhood="Hillside")


@does(accounts.create_token)
def a_token_is_made(town: Town) -> Act:
    return lambda: accounts.create_token(town.ana, town.ana, "phone", ["read"])


def _token(town: Town) -> int:
    return db.session.query(ApiToken).filter_by(user_id=town.ana.id).one().id


@does(accounts.note_token_use)
def a_token_is_used(town: Town) -> Act:
    token_id = _token(town)
    return lambda: accounts.note_token_use(SYSTEM, token_id)


@does(accounts.revoke_token)
def a_token_is_revoked(town: Town) -> Act:
    token_id = _token(town)
    return lambda: accounts.revoke_token(town.ana, token_id)
