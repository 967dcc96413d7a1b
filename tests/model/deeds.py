"""Every action there is, made to happen in the small town.

A recipe prepares what it needs and gives back the deed itself, so that only the deed is watched. An action
without one fails ``test_every_action_has_a_recipe``: whoever adds it says here how it happens, and the check
decides whether it tells what it should.
"""

import inspect
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from model.town import CANARY, HELD_WORD, Town
from model.watching import session_key
from sqlalchemy import delete

from civicforum.accounts import actions as accounts
from civicforum.accounts.links import make_token as make_link
from civicforum.accounts.models import SYSTEM, ApiToken, Guest, RoleGrant, User
from civicforum.accounts.queries import hash_token
from civicforum.agreement import actions as agreement
from civicforum.agreement.models import ListedWord
from civicforum.agreement.wording import RuleWording
from civicforum.db import db, now, transaction
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Post
from civicforum.moderation import actions as moderation
from civicforum.moderation.actions import Deed
from civicforum.notifications import actions as notifications
from civicforum.pages import actions as pages
from civicforum.partnerships import actions as partnerships
from civicforum.townhalls import actions as townhalls
from civicforum.townhalls.agenda import Item
from civicforum.townhalls.calendar import ImportedEvent
from civicforum.townhalls.wishes import NeedWish, Wish
from civicforum.web.idempotency import Done, once

GUEST = Guest()
Act = Callable[[], Any]
Recipe = Callable[[Town], Act]

recipes: dict[str, list[Recipe]] = defaultdict(list)


def every_action() -> dict[str, Any]:
    """The actions of all rooms, by room and name: ``discussions.hide_post``."""
    return {_name(function): function for function in _actions()}


def _actions() -> Iterator[Any]:
    for module in [m for name, m in sys.modules.items() if name.startswith("civicforum.")]:
        yield from (f for f in vars(module).values() if inspect.isfunction(f) and _is_action(f))


def _is_action(function: Any) -> bool:
    return bool(getattr(function, "is_transactional", False))


def _name(function: Any) -> str:
    return f"{function.__module__.split('.')[1]}.{function.__name__}"


def does(action: Any) -> Callable[[Recipe], Recipe]:
    """Keep this recipe as one in which ``action`` happens."""

    def keep(recipe: Recipe) -> Recipe:
        recipes[_name(action)].append(recipe)
        return recipe

    return keep


def each() -> list[tuple[str, Recipe]]:
    """(name of the action, recipe) of all of them, in the order of their names."""
    return [(name, recipe) for name in sorted(recipes) for recipe in recipes[name]]


# --- accounts ---


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


# --- the agreement ---

RULES = [RuleWording("One other rule", "Text."), RuleWording("Another title", "Text.")]


@does(agreement.publish_agreement)
def the_rules_are_renamed(town: Town) -> Act:
    return lambda: agreement.publish_agreement(town.admin, "How we talk now.", RULES)


@does(agreement.install_shipped)
def the_shipped_rules_stay_away(town: Town) -> Act:
    return lambda: agreement.install_shipped(SYSTEM)


@does(agreement.accept_agreement)
def the_agreement_is_accepted(town: Town) -> Act:
    return lambda: agreement.accept_agreement(town.ana, 1)


@does(agreement.list_word)
def a_word_is_listed(town: Town) -> Act:
    return lambda: agreement.list_word(town.site_moderator, "lamp", "mask")


@does(agreement.unlist_word)
def a_word_is_unlisted(town: Town) -> Act:
    word = db.session.query(ListedWord).filter_by(word=HELD_WORD).one()
    return lambda: agreement.unlist_word(town.site_moderator, word.id)


@does(agreement.vouch)
def an_organizer_vouches(town: Town) -> Act:
    return lambda: agreement.vouch(town.organizer, town.newcomer)


@does(agreement.welcome)
def somebody_is_welcomed(town: Town) -> Act:
    return lambda: agreement.welcome(town.admin, "welcome@example.org", "Wanda Welcome", "steward")


# --- discussions ---


@does(discussions.start_thread)
def a_thread_is_started(town: Town) -> Act:
    return lambda: discussions.start_thread(town.ben, town.project.id, "Benches", "More of them.")


@does(discussions.post_reply)
def somebody_replies(town: Town) -> Act:
    return lambda: discussions.post_reply(town.ben, town.thread.id, "So it is.", town.first.id)


@does(discussions.post_reply)
def somebody_calls_on_another(town: Town) -> Act:
    body = f"What says @{town.member.handle}?"
    return lambda: discussions.post_reply(town.ben, town.thread.id, body)


@does(discussions.post_reply)
def a_reply_is_held(town: Town) -> Act:
    return lambda: discussions.post_reply(town.ben, town.thread.id, f"{HELD_WORD} {CANARY}")


@does(discussions.post_reply)
def somebody_replies_in_a_closed_project(town: Town) -> Act:
    return lambda: discussions.post_reply(town.member, town.closed_thread.id, "Here, too.")


@does(discussions.edit_post)
def an_author_edits(town: Town) -> Act:
    return lambda: discussions.edit_post(town.ana, town.first.id, "The lamp is on.", town.first.revision)


@does(discussions.edit_post)
def an_edit_is_held(town: Town) -> Act:
    body = f"{HELD_WORD} {CANARY}"
    return lambda: discussions.edit_post(town.ana, town.first.id, body, town.first.revision)


@does(discussions.withdraw_post)
def an_author_takes_words_back(town: Town) -> Act:
    return lambda: discussions.withdraw_post(town.ana, town.first.id)


@does(discussions.withdraw_post)
def an_author_takes_held_words_back(town: Town) -> Act:
    return lambda: discussions.withdraw_post(town.ana, town.held_edit.id)


@does(discussions.mend_post)
def an_author_mends(town: Town) -> Act:
    return lambda: discussions.mend_post(town.ben, town.hidden.id, f"Kind. {CANARY}")


@does(discussions.count_standing)
def words_that_stood_are_counted(town: Town) -> Act:
    return lambda: discussions.count_standing(SYSTEM, town.first.id)


@does(discussions.react)
def somebody_supports(town: Town) -> Act:
    return lambda: discussions.react(town.member, town.first.id, "support")


@does(discussions.unreact)
def somebody_supports_no_longer(town: Town) -> Act:
    return lambda: discussions.unreact(town.ben, town.first.id, "support")


@does(discussions.unreact)
def support_for_hidden_words_is_taken_back(town: Town) -> Act:
    discussions.hide_post(town.site_moderator, town.first.id, town.rule)
    return lambda: discussions.unreact(town.ben, town.first.id, "support")


@does(discussions.show_again)
def an_author_is_shown_again(town: Town) -> Act:
    places = [(town.thread.channel, "post", town.first.id)]
    return lambda: discussions.show_again(SYSTEM, places)


@does(discussions.hide_post)
def a_moderator_hides(town: Town) -> Act:
    return lambda: discussions.hide_post(town.site_moderator, town.first.id, town.rule)


@does(discussions.remove_post)
def a_moderator_removes(town: Town) -> Act:
    return lambda: discussions.remove_post(town.site_moderator, town.first.id, town.rule)


@does(discussions.restore_post)
def a_moderator_restores(town: Town) -> Act:
    return lambda: discussions.restore_post(town.site_moderator, town.hidden.id)


@does(discussions.approve_post)
def a_moderator_approves(town: Town) -> Act:
    return lambda: discussions.approve_post(town.site_moderator, town.held.id)


@does(discussions.approve_post)
def a_moderator_approves_an_edit(town: Town) -> Act:
    return lambda: discussions.approve_post(town.site_moderator, town.held_edit.id)


@does(discussions.approve_post)
def a_moderator_approves_a_thread(town: Town) -> Act:
    opening = db.session.query(Post).filter_by(thread_id=town.pending_thread.id).one()
    return lambda: discussions.approve_post(town.site_moderator, opening.id)


@does(discussions.decline_post)
def a_moderator_declines(town: Town) -> Act:
    return lambda: discussions.decline_post(town.site_moderator, town.held.id, town.rule)


@does(discussions.decline_post)
def a_moderator_declines_an_edit(town: Town) -> Act:
    return lambda: discussions.decline_post(town.site_moderator, town.held_edit.id, town.rule)


@does(discussions.close_thread)
def a_thread_is_closed(town: Town) -> Act:
    return lambda: discussions.close_thread(town.moderator, town.thread.id)


@does(discussions.open_thread)
def a_thread_is_opened_again(town: Town) -> Act:
    discussions.close_thread(town.moderator, town.thread.id)
    return lambda: discussions.open_thread(town.organizer, town.thread.id)


# --- moderation ---

HIDE, LEAVE = Deed("hide", 2, "It is about people."), Deed("leave", None, "It is fair.")


@does(moderation.open_case)
def a_case_is_opened(town: Town) -> Act:
    return lambda: moderation.open_case(town.site_moderator, "post", town.first.id)


@does(moderation.moderate)
def a_moderator_opens_a_case_and_hides(town: Town) -> Act:
    return lambda: moderation.moderate(town.site_moderator, "post", town.first.id, HIDE)


@does(moderation.moderate)
def a_moderator_hides_in_a_closed_project(town: Town) -> Act:
    return lambda: moderation.moderate(town.moderator, "post", town.private.id, HIDE)


@does(moderation.decide_case)
def a_flag_is_found_right(town: Town) -> Act:
    moderation.flag_post(town.ben, town.first.id, 2, "Look.")
    case = moderation.open_case(town.site_moderator, "post", town.first.id)
    return lambda: moderation.decide_case(town.site_moderator, case.id, HIDE, case.version)


@does(moderation.decide_case)
def a_flag_is_found_wrong(town: Town) -> Act:
    moderation.flag_post(town.ben, town.first.id, 2, "Look.")
    case = moderation.open_case(town.site_moderator, "post", town.first.id)
    return lambda: moderation.decide_case(town.site_moderator, case.id, LEAVE, case.version)


@does(moderation.mend_post)
def an_author_mends_in_a_case(town: Town) -> Act:
    moderation.moderate(town.site_moderator, "post", town.first.id, HIDE)
    return lambda: moderation.mend_post(town.ana, town.first.id, f"Better. {CANARY}")


@does(moderation.decide_hold)
def a_held_comment_is_published(town: Town) -> Act:
    hold = town.hold_of(town.held)
    return lambda: moderation.decide_hold(town.moderator, hold.id, Deed("approve", None, ""))


@does(moderation.decide_hold)
def a_held_edit_is_declined(town: Town) -> Act:
    hold = town.hold_of(town.held_edit)
    return lambda: moderation.decide_hold(town.moderator, hold.id, Deed("decline", 2, "No."))


@does(moderation.flag_post)
def somebody_flags(town: Town) -> Act:
    return lambda: moderation.flag_post(town.ben, town.first.id, 2, f"See. {CANARY}")


@does(moderation.withdraw_flag)
def somebody_takes_a_flag_back(town: Town) -> Act:
    moderation.flag_post(town.ben, town.first.id, 2, "See.")
    return lambda: moderation.withdraw_flag(town.ben, town.first.id)


# --- notifications, pages, the web ---


@does(notifications.mark_read)
def somebody_reads_the_inbox(town: Town) -> Act:
    return lambda: notifications.mark_read(town.ana)


@does(pages.change_site)
def the_town_is_called_otherwise(town: Town) -> Act:
    return lambda: pages.change_site(town.admin, name="Tarrow Otherwise", sentence="We talk.")


def the_towns_clock_is_changed(town: Town) -> Act:
    """Told on the next load only (``test_another_time_zone_is_shown_on_the_next_load``), so no recipe."""
    return lambda: pages.change_site(town.admin, timezone="Asia/Tokyo")


@does(pages.choose_language)
def somebody_chooses_a_language(town: Town) -> Act:
    return lambda: pages.choose_language(town.ana, "es")


@does(once)
def a_retried_reply_happens_once(town: Town) -> Act:
    def reply() -> Done:
        return Done(201, "post", discussions.post_reply(town.ben, town.thread.id, "Once.").id)

    def twice() -> None:
        for _try in range(2):
            once(town.ben, f"user:{town.ben.id}", "key", "print", reply)

    return twice


# --- partnerships ---


@does(partnerships.create_project)
def a_project_is_founded(town: Town) -> Act:
    return lambda: partnerships.create_project(
        town.site_organizer, "Trees", "Shade.", partners=[town.organization]
    )


def _edits(town: Town, **changes: Any) -> Act:
    return lambda: partnerships.edit_project(town.organizer, town.project, **changes)


@does(partnerships.edit_project)
def a_project_gets_another_title(town: Town) -> Act:
    return _edits(town, title="The other bank", summary="Other words.")


@does(partnerships.edit_project)
def a_project_closes_its_doors(town: Town) -> Act:
    return _edits(town, visibility="members")


@does(partnerships.edit_project)
def a_project_becomes_a_draft_again(town: Town) -> Act:
    return _edits(town, status="draft")


@does(partnerships.edit_project)
def a_project_is_over(town: Town) -> Act:
    return _edits(town, status="completed")


@does(partnerships.edit_project)
def a_project_begins_again(town: Town) -> Act:
    _edits(town, status="archived")()
    return _edits(town, status="active")


@does(partnerships.edit_project)
def a_closed_project_opens_its_doors(town: Town) -> Act:
    return lambda: partnerships.edit_project(town.organizer, town.closed_project, visibility="public")


@does(partnerships.set_phases)
def the_phases_are_set(town: Town) -> Act:
    phases = [partnerships.PhaseDraft("Listening", date(2026, 1, 1))]
    return lambda: partnerships.set_phases(town.organizer, town.project, phases)


@does(partnerships.add_partner)
def a_partner_comes(town: Town) -> Act:
    return lambda: partnerships.add_partner(town.organizer, town.project, town.other_organization)


@does(partnerships.edit_partner)
def a_partner_brings_something_else(town: Town) -> Act:
    return lambda: partnerships.edit_partner(town.organizer, town.partner(town.project), "Boats.", "lead")


@does(partnerships.remove_partner)
def a_partner_leaves(town: Town) -> Act:
    return lambda: partnerships.remove_partner(town.organizer, town.partner(town.project))


@does(partnerships.remove_partner)
def a_partner_leaves_a_closed_project(town: Town) -> Act:
    return lambda: partnerships.remove_partner(town.organizer, town.partner(town.closed_project))


@does(partnerships.create_organization)
def an_organization_is_added(town: Town) -> Act:
    return lambda: partnerships.create_organization(town.site_organizer, "New Trust", "nonprofit")


@does(partnerships.edit_organization)
def an_organization_is_renamed(town: Town) -> Act:
    return lambda: partnerships.edit_organization(town.partner_person, town.organization, name="Bay Trust")


@does(partnerships.add_seat)
def an_author_comes_to_speak_for_an_organization(town: Town) -> Act:
    return lambda: partnerships.add_seat(town.admin, town.organization, town.ana.handle)


@does(partnerships.remove_seat)
def somebody_speaks_for_an_organization_no_longer(town: Town) -> Act:
    return lambda: partnerships.remove_seat(town.admin, town.seat(town.partner_person))


@does(partnerships.invite)
def somebody_is_invited(town: Town) -> Act:
    return lambda: partnerships.invite(town.organizer, town.project, "invited@example.org")


@does(partnerships.issue_invitation)
def an_invitation_is_mailed(town: Town) -> Act:
    invitation = town.invitation()
    return lambda: partnerships.issue_invitation(SYSTEM, invitation.id)


@does(partnerships.withdraw_invitation)
def an_invitation_is_withdrawn(town: Town) -> Act:
    invitation = town.invitation()
    return lambda: partnerships.withdraw_invitation(town.organizer, invitation)


@does(partnerships.accept_invitation)
def an_author_comes_to_organize(town: Town) -> Act:
    town.invitation(project_id=town.project.id, role="organizer", token_hash=hash_token("t"))
    return lambda: partnerships.accept_invitation(town.ana, "t")


@does(partnerships.add_role)
def a_member_comes_to_moderate(town: Town) -> Act:
    discussions.post_reply(town.member, town.thread.id, "I, too.")
    return lambda: partnerships.add_role(town.organizer, town.project, town.member, "moderator")


@does(partnerships.remove_member)
def a_moderator_lays_the_role_down(town: Town) -> Act:
    membership = town.membership(town.project, town.moderator)
    return lambda: partnerships.remove_member(town.moderator, membership)


@does(partnerships.remove_member)
def a_member_of_a_closed_project_is_removed(town: Town) -> Act:
    membership = town.membership(town.closed_project, town.member)
    return lambda: partnerships.remove_member(town.organizer, membership)


@does(partnerships.publish_update)
def news_is_published(town: Town) -> Act:
    return lambda: partnerships.publish_update(town.organizer, town.project, "News", "It begins.")


@does(partnerships.edit_update)
def news_is_put_right(town: Town) -> Act:
    return lambda: partnerships.edit_update(town.organizer, town.news, "News", "Other words.")


@does(partnerships.withdraw_update)
def news_is_taken_back(town: Town) -> Act:
    return lambda: partnerships.withdraw_update(town.organizer, town.news)


# --- town halls ---


def _plan(**facts: Any) -> dict[str, Any]:
    starts_at = now() + timedelta(days=20)
    return {
        "title": "A meeting",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
        "timezone": "UTC",
        "mode": "in_person",
        "location": "Library",
        **facts,
    }


@does(townhalls.create_town_hall)
def a_meeting_is_called(town: Town) -> Act:
    return lambda: townhalls.create_town_hall(town.organizer, town.project.id, _plan(), "published")


@does(townhalls.edit_town_hall)
def a_meeting_is_moved_and_gets_seats(town: Town) -> Act:
    facts = {"starts_at": town.meeting.starts_at - timedelta(hours=1), "capacity": 9, "title": "Otherwise"}
    return lambda: townhalls.edit_town_hall(
        town.organizer, town.meeting.id, facts, agenda=[Item("Welcome", 5)]
    )


@does(townhalls.publish_town_hall)
def a_draft_is_published(town: Town) -> Act:
    return lambda: townhalls.publish_town_hall(town.organizer, town.draft.id)


@does(townhalls.cancel_town_hall)
def a_meeting_is_cancelled(town: Town) -> Act:
    return lambda: townhalls.cancel_town_hall(town.organizer, town.meeting.id, "The river came.")


@does(townhalls.change_town_hall)
def a_meeting_is_changed_and_cancelled(town: Town) -> Act:
    return lambda: townhalls.change_town_hall(
        town.organizer, town.meeting.id, {"summary": "Sorry."}, "cancelled", "Rain."
    )


@does(townhalls.rsvp)
def somebody_comes_online(town: Town) -> Act:
    needs = [NeedWish("captions")]
    return lambda: townhalls.rsvp(town.member, town.meeting.id, "going", "online", 2, needs)


@does(townhalls.rsvp)
def somebody_waits(town: Town) -> Act:
    return lambda: townhalls.rsvp(town.member, town.meeting.id, "going", "in_person")


@does(townhalls.rsvp)
def somebody_with_seats_may_come(town: Town) -> Act:
    return lambda: townhalls.rsvp(town.ana, town.meeting.id, "maybe", "in_person")


@does(townhalls.cancel_rsvp)
def somebody_gives_seats_back(town: Town) -> Act:
    return lambda: townhalls.cancel_rsvp(town.ana, town.meeting.id)


@does(townhalls.ask_by_mail)
def a_guest_asks_for_a_seat(town: Town) -> Act:
    wish = Wish("going", "in_person")
    return lambda: townhalls.ask_by_mail(GUEST, town.meeting.id, "Gus Guest", "gus@example.org", wish, "en")


@does(townhalls.answer_by_mail)
def a_guest_confirms(town: Town) -> Act:
    guest = Guest("", town.guest_answer.guest_email)
    return lambda: townhalls.answer_by_mail(guest, town.guest_answer.id, Wish("going", "online"))


@does(townhalls.cancel_by_mail)
def a_guest_cancels(town: Town) -> Act:
    act = a_guest_confirms(town)
    act()
    guest = Guest("", town.guest_answer.guest_email)
    return lambda: townhalls.cancel_by_mail(guest, town.guest_answer.id)


@does(townhalls.check_in)
def somebody_is_let_in(town: Town) -> Act:
    return lambda: townhalls.check_in(town.organizer, town.running.id, town.arriving.code, "nonce")


@does(townhalls.check_in_person)
def somebody_is_found_in_the_list(town: Town) -> Act:
    return lambda: townhalls.check_in_person(town.organizer, town.running.id, town.arriving.id, "nonce")


@does(townhalls.walk_in)
def somebody_walks_in(town: Town) -> Act:
    return lambda: townhalls.walk_in(town.organizer, town.running.id, "Wim")


@does(townhalls.undo_check_in)
def a_check_in_is_undone(town: Town) -> Act:
    there = townhalls.walk_in(town.organizer, town.running.id, "Wim")
    return lambda: townhalls.undo_check_in(town.organizer, town.running.id, there.id)


@does(townhalls.settle_need)
def a_need_is_answered(town: Town) -> Act:
    return lambda: townhalls.settle_need(town.organizer, town.meeting.id, town.need.id, "confirmed")


@does(townhalls.purge_needs)
def needs_are_forgotten(town: Town) -> Act:
    return lambda: townhalls.purge_needs(SYSTEM, town.past.id)


@does(townhalls.publish_summary)
def a_summary_is_published(town: Town) -> Act:
    decided = [townhalls.Decided("A lamp", "Harbour Trust")]
    return lambda: townhalls.publish_summary(town.organizer, town.past.id, "We met.", decided)


@does(townhalls.tell_summary)
def a_summary_is_mailed(town: Town) -> Act:
    return lambda: townhalls.tell_summary(SYSTEM, town.past.id)


@does(townhalls.remind)
def people_are_reminded(town: Town) -> Act:
    soon = now() + timedelta(hours=40)
    facts = {"starts_at": soon, "ends_at": soon + timedelta(hours=1)}
    townhalls.edit_town_hall(town.organizer, town.meeting.id, facts)
    return lambda: townhalls.remind(SYSTEM, town.meeting.id, "two_days")


@does(townhalls.tell_all)
def all_are_mailed(town: Town) -> Act:
    return lambda: townhalls.tell_all(SYSTEM, town.meeting.id, "moved", 1)


@does(townhalls.import_events)
def a_calendar_is_brought_in(town: Town) -> Act:
    starts_at = now() + timedelta(days=9)

    def event(uid: str, is_cancelled: bool) -> ImportedEvent:
        return ImportedEvent(
            uid=uid,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
            timezone="UTC",
            title="Imported",
            summary="",
            location="Hall",
            cancelled=is_cancelled,
        )

    events = [event(town.meeting.uid, True), event("new@example.org", False)]
    return lambda: townhalls.import_events(town.organizer, town.project.id, events)


@does(townhalls.renew_calendar)
def a_calendar_address_is_renewed(town: Town) -> Act:
    return lambda: townhalls.renew_calendar(town.ana)
