"""What each viewer reads of projects and organizations."""

import pytest
from factories import join, make_organization, make_project, make_user, save
from sqlalchemy import select

from civicforum.accounts.models import SYSTEM, Guest, User
from civicforum.db import db, now
from civicforum.errors import Invalid, NotAllowed, NotFound
from civicforum.partnerships import actions, policies, queries
from civicforum.partnerships.models import Project, Update


def people_of(project, seated):
    """Somebody in every position towards ``project``."""
    people = [
        Guest(),
        SYSTEM,
        seated,
        make_user(),
        make_user("organizer"),
        make_user("moderator"),
        make_user("administrator"),
        make_user("administrator", suspended_until=now().replace(year=now().year + 1)),
        make_user("organizer", email_confirmed_at=None),
    ]
    for role in ("member", "steward", "moderator", "organizer"):
        people.append(make_user())
        join(project, people[-1], role)
    return people


@pytest.mark.parametrize("visibility", ["public", "members"])
@pytest.mark.parametrize("status", ["draft", "active", "archived"])
def test_the_clause_and_the_policy_say_the_same(app, visibility, status):
    seated = make_user()
    project = make_project(None, make_organization(seated), visibility=visibility, status=status)
    for viewer in people_of(project, seated):
        listed = db.session.scalars(select(Project.id).where(queries.visible_projects_clause(viewer))).all()
        assert (project.id in listed) == policies.can_see_project(viewer, project), viewer


def test_a_closed_project_is_not_there_for_others(app):
    project = make_project(visibility="members", slug="secret")
    with pytest.raises(NotFound):
        queries.get_project(make_user("moderator"), "secret")
    with pytest.raises(NotFound):
        queries.get_project_by_id(Guest(), project.id)
    assert queries.list_projects(Guest()).items == []


def test_projects_are_read_page_by_page(app):
    slugs = [make_project().slug for _ in range(5)]
    first = queries.list_projects(Guest(), limit=3)
    second = queries.list_projects(Guest(), limit=3, cursor=first.next)
    assert [p.slug for p in [*first.items, *second.items]] == slugs[::-1]
    assert second.next is None


def test_what_has_ended_is_a_list_of_its_own(app):
    going, ended = make_project(), make_project(status="completed")
    assert [p.id for p in queries.list_projects(Guest(), is_open=True).items] == [going.id]
    assert [p.id for p in queries.list_projects(Guest(), is_open=False).items] == [ended.id]


def test_a_damaged_cursor_is_refused(app):
    with pytest.raises(Invalid):
        queries.list_projects(Guest(), cursor="nonsense")


def test_organizations_are_read_page_by_page_by_name(app):
    for name in ("Cedar", "Alder", "Birch", "Alder"):
        make_organization(name=name)
    first = queries.list_organizations(Guest(), limit=2)
    second = queries.list_organizations(Guest(), limit=2, cursor=first.next)
    names = [o.name for o in [*first.items, *second.items]]
    assert names == ["Alder", "Alder", "Birch", "Cedar"]


def test_hats_name_organizations_of_this_project_and_roles_here(app):
    person = make_user()
    mission = make_organization(person, name="Rescue Mission")
    make_organization(person, name="Chess Club")
    project = make_project(person, mission)
    elsewhere = make_project()
    assert queries.hats_of(person, project) == ["Rescue Mission", "Organizer"]
    assert queries.hats_of(person, elsewhere) == []
    assert queries.hats_of(None, project) == []


def test_a_site_wide_moderator_wears_the_hat_everywhere(app):
    assert queries.hats_of(make_user("moderator"), make_project()) == ["Moderator"]


@pytest.mark.parametrize("number", [1, 30])
def test_hats_of_many_cost_the_same_however_many(app, count_queries, number):
    project = make_project(None, make_organization())
    slug = project.slug
    for _ in range(number):
        join(project, make_user(), "moderator")
    db.session.rollback()
    db.session.expunge_all()
    project = queries.get_project(SYSTEM, slug)
    people = db.session.scalars(select(User)).all()
    with count_queries() as n:
        hats = queries.hats_for(people, project)
    assert list(hats.values()) == [["Moderator"]] * number
    assert n.total == 0


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_of_projects_costs_the_same_however_long(app, count_queries, number):
    for _ in range(number):
        make_project(None, make_organization(), make_organization())
    db.session.expunge_all()
    with count_queries() as n:
        page = queries.list_projects(Guest(), limit=50)
        names = [p.organization.name for project in page.items for p in project.partners]
    assert len(names) == 2 * number
    assert n.total == 3


def test_the_members_are_for_organizers(app):
    organizer, member = make_user(), make_user()
    project = make_project(organizer)
    join(project, member)
    assert [user.id for user, _roles in queries.list_members(organizer, project)] == sorted(
        [organizer.id, member.id]
    )
    with pytest.raises(NotAllowed):
        queries.list_members(member, project)
    with pytest.raises(NotAllowed):
        queries.list_invitations(Guest(), project)


def test_an_organization_shows_only_projects_that_the_viewer_may_see(app):
    person = make_user()
    organization = make_organization(person)
    public = make_project(None, organization)
    closed = make_project(None, organization, visibility="members")
    assert [p.project_id for p in queries.list_partnerships(Guest(), organization)] == [public.id]
    assert [p.project_id for p in queries.list_partnerships(person, organization)] == [
        closed.id,
        public.id,
    ]


def test_news_of_a_closed_project_is_not_told_to_others(app):
    project = make_project(visibility="members")
    news = save(Update(project_id=project.id, title="Secret", body="b", html="b", published_at=now()))
    member = make_user()
    join(project, member)
    assert queries.find_updates(make_user(), [news.id]) == {}
    assert list(queries.find_updates(member, [news.id])) == [news.id]
    with pytest.raises(NotFound):
        queries.get_update(Guest(), news.id, project.slug)


# --- by id, from a form of another page ---


def test_a_member_is_found_by_organizers_and_only_where_they_belong(app):
    organizer, member, stranger = make_user(), make_user(), make_user()
    project = make_project(organizer)
    join(project, member)
    assert queries.get_member(organizer, project, str(member.id)) == member
    for wrong in (str(stranger.id), "999", "x", "", None):
        with pytest.raises(NotFound):
            queries.get_member(organizer, project, wrong)
    with pytest.raises(NotAllowed):
        queries.get_member(member, project, str(organizer.id))


def test_an_invitation_is_found_by_organizers_of_its_project_alone(app):
    organizer, elsewhere = make_user(), make_user()
    project, other = make_project(organizer), make_project(elsewhere)
    row = actions.invite(organizer, project, "new@example.org")
    assert queries.get_sent_invitation(organizer, project, row.id) == row
    for viewer, place, row_id in ((elsewhere, other, row.id), (organizer, project, 999)):
        with pytest.raises(NotFound):
            queries.get_sent_invitation(viewer, place, row_id)
    with pytest.raises(NotAllowed):
        queries.get_sent_invitation(elsewhere, project, row.id)


def test_an_organization_is_found_by_its_id(app):
    organization = make_organization()
    assert queries.get_organization_by_id(Guest(), organization.id) == organization
    with pytest.raises(NotFound):
        queries.get_organization_by_id(Guest(), 999)


def test_a_seat_is_found_by_whoever_may_change_it(app):
    speaker = make_user()
    organization, other = make_organization(speaker), make_organization()
    (seat,) = organization.seats
    administrator = make_user("administrator")
    assert queries.get_seat(administrator, organization, seat.id) == seat
    for viewer, place, seat_id in (
        (administrator, other, seat.id),
        (administrator, organization, 999),
        (make_user(), organization, seat.id),
        (Guest(), organization, seat.id),
    ):
        with pytest.raises(NotFound):
            queries.get_seat(viewer, place, seat_id)


def test_ones_own_projects_are_those_one_runs_and_an_organizers_are_all(app):
    person, member = make_user(), make_user()
    mine, other = make_project(person, title="B"), make_project(title="A")
    make_project(person, title="C", status="archived")
    join(other, member)
    assert queries.list_own_projects(person) == [mine]
    assert queries.list_own_projects(member) == []
    assert queries.list_own_projects(Guest()) == []
    assert queries.list_own_projects(make_user("organizer")) == [other, mine]


def test_news_of_all_projects_are_read_page_by_page(app):
    first, second = make_project(), make_project()
    for n in range(5):
        place = (first, second)[n % 2]
        save(Update(project_id=place.id, title=f"News {n}", body="b", html="b", published_at=now()))
    seen, cursor = [], None
    for _page in range(3):
        page = queries.list_updates(Guest(), limit=2, cursor=cursor)
        seen.append([update.title for update in page.items])
        cursor = page.next
    assert seen == [["News 4", "News 3"], ["News 2", "News 1"], ["News 0"]]
    assert cursor is None
    assert [u.title for u in queries.list_updates(Guest(), second).items] == ["News 3", "News 1"]


def test_what_belongs_to_one_project_is_not_found_through_another(app):
    organizer, organization = make_user(), make_organization()
    project = make_project(organizer, organization)
    other = make_project(organizer)
    membership = join(project, make_user())
    [partner] = project.partners
    assert queries.get_membership(organizer, project, membership.id) == membership
    assert queries.get_partner(organizer, project, partner.id) == partner
    for asking in (
        lambda: queries.get_membership(organizer, other, membership.id),
        lambda: queries.get_partner(organizer, other, partner.id),
        lambda: queries.get_partner(organizer, other, 987654),
    ):
        with pytest.raises(NotFound):
            asking()


def test_an_organization_that_there_is_not_is_not_found(app):
    with pytest.raises(NotFound):
        queries.get_organization(Guest(), "nothing-here")
