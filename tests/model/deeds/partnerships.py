"""Projects, partners, members, organizations and news."""

from datetime import date
from typing import Any

from model.recipes import Act, does
from model.town import Town

from civicforum.accounts.models import SYSTEM
from civicforum.accounts.queries import hash_token
from civicforum.discussions import actions as discussions
from civicforum.partnerships import actions as partnerships


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
