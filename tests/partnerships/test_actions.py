"""Founding, changing, inviting, leaving: what comes of it."""

from datetime import date, timedelta
from mailbox import link_in, mails_to

import pytest
from factories import join, make_organization, make_project, make_thread, make_user
from sqlalchemy import delete, select

from civicforum.accounts.models import SYSTEM, Guest, User
from civicforum.accounts.queries import hash_token
from civicforum.db import db, now, transaction
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.live.changes import channel_versions
from civicforum.notifications.queries import count_unread
from civicforum.partnerships import actions, queries
from civicforum.partnerships.actions import PhaseDraft
from civicforum.partnerships.models import Invitation, Membership, Seat


def audience(thread):
    return channel_versions([thread.channel])[thread.channel][1]


# --- projects ---


def test_a_founder_organizes_the_project(app):
    founder = make_user("organizer")
    project = actions.create_project(founder, "Warm evenings", "Nobody outside.")
    assert project.slug == "warm-evenings"
    assert [(m.user_id, m.role) for m in project.memberships] == [(founder.id, "organizer")]


def test_a_second_project_of_the_same_name_gets_a_number(app):
    founder = make_user("organizer")
    slugs = [actions.create_project(founder, "Warm evenings", "v").slug for _ in range(3)]
    assert slugs == ["warm-evenings", "warm-evenings-2", "warm-evenings-3"]


def test_a_project_called_new_does_not_hide_a_form(app):
    assert actions.create_project(make_user("organizer"), "New", "v").slug == "new-2"


@pytest.mark.parametrize("slug", ["new", "Über", "a--b", "a b", "../x"])
def test_a_slug_that_is_none_is_refused(app, slug):
    with pytest.raises(Invalid) as refused:
        actions.create_project(make_user("organizer"), "T", "v", slug=slug)
    assert list(refused.value.errors) == ["slug"]


def test_a_slug_that_is_taken_is_refused(app):
    make_project(slug="taken")
    with pytest.raises(Invalid) as refused:
        actions.create_project(make_user("organizer"), "T", "v", slug="taken")
    assert list(refused.value.errors) == ["slug"]


def test_residents_found_no_projects(app):
    for person in (Guest(), make_user()):
        with pytest.raises(NotAllowed):
            actions.create_project(person, "T", "v")


def test_only_named_columns_can_be_set(app):
    organizer = make_user()
    project = make_project(organizer)
    with pytest.raises(TypeError):
        actions.edit_project(organizer, project, slug="other")
    with pytest.raises(TypeError):
        actions.create_project(make_user("organizer"), "T", "v", revision=7)


def test_an_edit_of_an_old_revision_changes_nothing(app):
    organizer = make_user()
    project = make_project(organizer, title="First")
    actions.edit_project(organizer, project, 1, title="Second")
    with pytest.raises(Conflict) as refused:
        actions.edit_project(organizer, project, 1, title="Third")
    assert (project.title, refused.value.extra) == ("Second", {"revision": 2})


@pytest.mark.parametrize(
    ("changes", "asked_again"),
    [
        ({"visibility": "members"}, True),
        ({"status": "draft"}, True),
        ({"title": "Other"}, False),
        ({"status": "archived"}, False),
    ],
)
def test_closing_a_project_asks_every_watcher_again(app, changes, asked_again):
    organizer = make_user()
    project = make_project(organizer)
    thread = make_thread(project)
    before = audience(thread)
    actions.edit_project(organizer, project, **changes)
    assert (audience(thread) > before) == asked_again


def test_phases_are_replaced_as_a_whole(app):
    organizer = make_user()
    project = make_project(organizer)
    actions.set_phases(organizer, project, [PhaseDraft("Listen", date(2026, 1, 1))])
    actions.set_phases(
        organizer,
        project,
        [
            PhaseDraft("Decide", date(2026, 3, 1), date(2026, 3, 31)),
            PhaseDraft("Work", date(2026, 2, 1)),
        ],
    )
    assert [phase.title for phase in queries.get_project(organizer, project.slug).phases] == [
        "Work",
        "Decide",
    ]


def test_a_phase_cannot_end_before_it_starts(app):
    organizer = make_user()
    project = make_project(organizer)
    with pytest.raises(Invalid):
        actions.set_phases(organizer, project, [PhaseDraft("Listen", date(2026, 2, 1), date(2026, 1, 1))])
    assert project.phases == []


# --- partners and organizations ---


def test_a_partner_is_added_once(app):
    organizer, organization = make_user(), make_organization()
    project = make_project(organizer)
    actions.add_partner(organizer, project, organization, "host", "A room")
    with pytest.raises(Invalid):
        actions.add_partner(organizer, project, organization)
    assert [(p.role, p.brings) for p in project.partners] == [("host", "A room")]


def test_a_partner_says_what_it_brings_but_not_its_role(app):
    person = make_user()
    project = make_project(None, make_organization(person))
    partner = project.partners[0]
    actions.edit_partner(person, partner, brings="Two mediators")
    with pytest.raises(NotAllowed):
        actions.edit_partner(person, partner, role="lead")
    assert (partner.brings, partner.role) == ("Two mediators", "member")


def test_one_partner_never_edits_another(app):
    person = make_user()
    project = make_project(None, make_organization(person), make_organization())
    with pytest.raises(NotAllowed):
        actions.edit_partner(person, project.partners[1], brings="Nothing")


def test_a_partner_that_leaves_sees_a_closed_project_no_longer(app):
    organizer, person = make_user(), make_user()
    project = make_project(organizer, make_organization(person), visibility="members")
    thread = make_thread(project)
    before = audience(thread)
    actions.remove_partner(organizer, project.partners[0])
    assert audience(thread) > before
    with pytest.raises(NotFound):
        queries.get_project(person, project.slug)


def test_a_seat_is_given_by_handle_once(app):
    person, newcomer = make_user(), make_user(handle="maria")
    organization = make_organization(person)
    for handle in ("@Maria", "maria"):
        actions.add_seat(person, organization, handle)
    seats = db.session.scalars(select(Seat.user_id).where(Seat.organization_id == organization.id))
    assert sorted(seats) == sorted([person.id, newcomer.id])


def test_nobody_takes_a_seat_by_themselves(app):
    stranger = make_user(handle="stranger")
    with pytest.raises(NotAllowed):
        actions.add_seat(stranger, make_organization(), "stranger")


def test_a_seat_that_ends_asks_watchers_again(app):
    administrator, person = make_user("administrator"), make_user()
    organization = make_organization(person)
    thread = make_thread(make_project(None, organization, visibility="members"))
    before = audience(thread)
    actions.remove_seat(administrator, organization.seats[0])
    assert audience(thread) > before


def test_organizations_change_by_their_own_people(app):
    person = make_user()
    organization = make_organization(person, slug="mission")
    actions.edit_organization(person, organization, 1, name="New name")
    assert (organization.name, organization.slug, organization.revision) == (
        "New name",
        "mission",
        2,
    )
    with pytest.raises(NotAllowed):
        actions.edit_organization(make_user("organizer"), organization, name="Mine")


# --- invitations ---


def invited(project, organizer, email, role="member"):
    """An invitation as it is after its mail: the row and the token in its link."""
    row = actions.invite(organizer, project, email, role)
    issued = actions.issue_invitation(SYSTEM, row.id)
    assert issued is not None
    return issued


def test_an_invitation_is_mailed_with_a_link_that_only_the_mail_knows(app):
    organizer = make_user()
    project = make_project(organizer, title="Warm Evenings")
    actions.invite(organizer, project, " New@Example.org ", "steward")
    [mail] = mails_to(app, "new@example.org")
    token = link_in(mail).removeprefix("/invitations/")
    row = db.session.scalar(select(Invitation))
    assert str(mail["Subject"]) == "You are invited to Warm Evenings"
    assert row.token_hash == hash_token(token)
    assert queries.get_invitation(token).role == "steward"


def test_an_invitation_works_once(app):
    organizer, guest = make_user(), make_user(email="new@example.org")
    project = make_project(organizer, visibility="members")
    _row, token = invited(project, organizer, "new@example.org", "steward")
    membership = actions.accept_invitation(guest, token)
    assert (membership.user_id, membership.role) == (guest.id, "steward")
    assert queries.get_project(guest, project.slug).id == project.id
    with pytest.raises(NotFound):
        actions.accept_invitation(guest, token)


@pytest.mark.parametrize("address", ["other@example.org", "new@example.org.evil.example"])
def test_an_invitation_is_for_its_address_alone(app, address):
    organizer = make_user()
    project = make_project(organizer, visibility="members")
    _row, token = invited(project, organizer, "new@example.org")
    with pytest.raises(NotAllowed):
        actions.accept_invitation(make_user(email=address), token)
    assert queries.member_ids(project.id, "member") == []


def test_an_unconfirmed_address_accepts_nothing(app):
    organizer = make_user()
    project = make_project(organizer)
    _row, token = invited(project, organizer, "new@example.org")
    with pytest.raises(NotAllowed):
        actions.accept_invitation(make_user(email="new@example.org", email_confirmed_at=None), token)
    with pytest.raises(NotAllowed):
        actions.accept_invitation(Guest(), token)


def test_a_link_dies_with_time_with_taking_back_and_with_a_new_one(app):
    organizer, guest = make_user(), make_user(email="new@example.org")
    project = make_project(organizer)
    _old, first = invited(project, organizer, "new@example.org")
    row, second = invited(project, organizer, "new@example.org")
    with pytest.raises(NotFound):
        actions.accept_invitation(guest, first)
    actions.withdraw_invitation(organizer, row)
    with pytest.raises(NotFound):
        actions.accept_invitation(guest, second)
    late, third = invited(project, organizer, "new@example.org")
    with transaction():
        db.session.get_one(Invitation, late.id).expires_at = now() - timedelta(seconds=1)
    with pytest.raises(NotFound):
        actions.accept_invitation(guest, third)


def test_an_invitation_falls_with_whoever_sent_it(app):
    organizer, other = make_user(), make_user()
    guest = make_user(email="new@example.org")
    project = make_project(organizer)
    join(project, other, "organizer")
    _row, token = invited(project, other, "new@example.org", "organizer")
    membership = queries.find_membership(project.id, other.id, "organizer")
    actions.remove_member(organizer, membership)
    with pytest.raises(Conflict):
        actions.accept_invitation(guest, token)


def test_only_organizers_invite(app):
    project, member = make_project(), make_user()
    join(project, member)
    with pytest.raises(NotAllowed):
        actions.invite(member, project, "x@example.org", "organizer")


def test_nobody_but_the_house_gets_the_secret(app):
    organizer = make_user("administrator")
    row = actions.invite(organizer, make_project(organizer), "x@example.org")
    with pytest.raises(NotAllowed):
        actions.issue_invitation(organizer, row.id)


# --- members ---


def test_the_last_organizer_stays(app):
    organizer = make_user()
    project = make_project(organizer)
    own = queries.find_membership(project.id, organizer.id, "organizer")
    with pytest.raises(Conflict):
        actions.remove_member(organizer, own)
    join(project, make_user(), "organizer")
    actions.remove_member(organizer, own)
    assert queries.find_membership(project.id, organizer.id, "organizer") is None


def test_whoever_is_removed_is_asked_again_where_they_watch(app):
    organizer, member = make_user(), make_user()
    project = make_project(organizer, visibility="members")
    thread = make_thread(project)
    membership = join(project, member)
    before = audience(thread)
    actions.remove_member(organizer, membership)
    assert audience(thread) > before
    with pytest.raises(NotFound):
        queries.get_project(member, project.slug)


def test_one_more_role_is_for_those_who_said_yes(app):
    organizer, member, stranger = make_user(), make_user(), make_user()
    project = make_project(organizer)
    join(project, member)
    actions.add_role(organizer, project, member, "moderator")
    with pytest.raises(Invalid):
        actions.add_role(organizer, project, stranger, "moderator")
    with pytest.raises(Invalid):
        actions.add_role(organizer, project, member, "mayor")
    roles = db.session.scalars(select(Membership.role).where(Membership.user_id == member.id))
    assert sorted(roles) == ["member", "moderator"]


# --- news ---


def test_news_reach_members_and_partners_and_not_their_author(app):
    organizer, member, seated, stranger = (make_user() for _ in range(4))
    project = make_project(organizer, make_organization(seated))
    join(project, member)
    update = actions.publish_update(organizer, project, "We start", "On **Monday**.")
    assert update.html == "<p>On <strong>Monday</strong>.</p>\n"
    told = [count_unread(person) for person in (organizer, member, seated, stranger)]
    assert told == [0, 1, 1, 0]


def test_news_taken_back_stands_nowhere(app):
    organizer = make_user()
    project = make_project(organizer)
    update = actions.publish_update(organizer, project, "We start", "Monday.")
    actions.withdraw_update(organizer, update)
    assert queries.list_updates(organizer, project).items == []
    with pytest.raises(NotFound):
        actions.edit_update(organizer, update, "We start", "Tuesday.")


def test_only_organizers_publish_news(app):
    project, partner = make_project(), make_user("partner")
    with pytest.raises(NotAllowed):
        actions.publish_update(partner, project, "T", "b")


# --- what is refused, and what changes nothing ---


def test_the_house_founds_a_project_that_nobody_organizes_yet(app):
    project = actions.create_project(SYSTEM, "Warm evenings", "Nobody outside.", slug="warm")
    assert (project.slug, project.memberships) == ("warm", [])


def test_an_organization_changes_in_its_own_columns_alone(app):
    organization = make_organization()
    with pytest.raises(TypeError, match="slug"):
        actions.edit_organization(SYSTEM, organization, slug="mine")
    assert organization.slug != "mine"


def test_an_invitation_to_another_role_or_person_leaves_the_first_as_it_is(app):
    organizer = make_user()
    project = make_project(organizer)
    first, _token = invited(project, organizer, "new@example.org")
    actions.invite(organizer, project, "new@example.org", "steward")
    actions.invite(organizer, project, "other@example.org")
    assert first.withdrawn_at is None
    actions.invite(organizer, project, "new@example.org")
    assert first.withdrawn_at is not None
    assert sorted((row.email, row.role) for row in queries.list_invitations(organizer, project)) == [
        ("new@example.org", "member"),
        ("new@example.org", "steward"),
        ("other@example.org", "member"),
    ]


def test_an_invitation_that_holds_no_more_gets_no_link(app):
    organizer = make_user()
    row = actions.invite(organizer, make_project(organizer), "new@example.org")
    actions.withdraw_invitation(organizer, row)
    assert actions.issue_invitation(SYSTEM, row.id) is None
    assert mails_to(app, "new@example.org") == []


def test_an_invitation_that_was_accepted_cannot_be_taken_back(app):
    organizer, guest = make_user(), make_user(email="new@example.org")
    project = make_project(organizer)
    row, token = invited(project, organizer, "new@example.org")
    actions.accept_invitation(guest, token)
    with pytest.raises(Conflict):
        actions.withdraw_invitation(organizer, row)
    assert row.withdrawn_at is None
    assert queries.member_ids(project.id, "member") == [guest.id]


def test_an_invitation_falls_with_the_account_of_whoever_sent_it(app):
    organizer, other = make_user(), make_user()
    guest = make_user(email="new@example.org")
    project = make_project(organizer)
    join(project, other, "organizer")
    row, token = invited(project, other, "new@example.org")
    with transaction():
        db.session.execute(delete(User).where(User.id == other.id))
    assert queries.find_inviter(row) is None
    with pytest.raises(Conflict):
        actions.accept_invitation(guest, token)
    assert queries.member_ids(project.id, "member") == []


def test_a_role_that_is_given_twice_is_one(app):
    organizer, member = make_user(), make_user()
    project = make_project(organizer)
    join(project, member)
    rows = [actions.add_role(organizer, project, member, "steward") for _twice in range(2)]
    assert rows[0].id == rows[1].id
    assert queries.member_ids(project.id, "steward") == [member.id]
