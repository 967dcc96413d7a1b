"""Speaking under another name: stable in one project, unlinkable beyond it, and not for who has a role."""

from datetime import timedelta

import pytest
from browser import press, submit
from factories import (
    join,
    make_organization,
    make_post,
    make_project,
    make_thread,
    make_user,
    save,
)
from sqlalchemy import select

from civicforum.accounts.models import Guest
from civicforum.accounts.names import skeleton
from civicforum.agreement.actions import list_word
from civicforum.db import db, now
from civicforum.digests.queries import unread_threads
from civicforum.discussions import actions, names, queries
from civicforum.discussions.actions import Shape
from civicforum.discussions.actions.publishing import speaks_for_project
from civicforum.discussions.models import Post, Pseudonym, Reaction, Thread
from civicforum.discussions.schemas import post_json
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.partnerships.actions import edit_project, remove_member
from civicforum.partnerships.models import Partner
from civicforum.search.models import SearchEntry

pytestmark = pytest.mark.usefixtures("agreement")

SECRET = "the installation's secret, which nobody reads"


@pytest.fixture
def project(organizer):
    return make_project(organizer, title="Good neighbors", allows_pseudonyms=True)


@pytest.fixture
def thread(project, ben):
    thread = make_thread(project)
    make_post(thread, ben, "The first words.")
    return thread


def take(person, project) -> Pseudonym:
    return actions.take_pseudonym(person, project.id, SECRET)


# --- the name ---


def test_a_name_is_the_same_each_time_and_another_in_each_project():
    told = {names.name_under(SECRET, project, 7) for project in range(1, 40)}
    assert len(told) > 35
    assert names.name_under(SECRET, 1, 7) == names.name_under(SECRET, 1, 7)
    assert names.name_under("another secret", 1, 7) != names.name_under(SECRET, 1, 7)
    assert len({names.name_under(SECRET, 1, person) for person in range(1000)}) > 950


def test_who_would_get_a_name_that_is_taken_gets_the_next(ana, project):
    other = make_user()
    save(
        Pseudonym(project_id=project.id, user_id=other.id, name=names.name_under(SECRET, project.id, ana.id))
    )
    assert take(ana, project).name == names.name_under(SECRET, project.id, ana.id, 1)


def test_nobody_gets_the_name_by_which_another_person_is_known(ana, project):
    """Whoever has the keys may have named them so."""
    name = names.name_under(SECRET, project.id, ana.id)
    make_user(name=name, name_skeleton=skeleton(name))
    assert take(ana, project).name == names.name_under(SECRET, project.id, ana.id, 1)


def test_no_pseudonym_has_a_listed_word(project, ana):
    drawn = names.name_under(SECRET, project.id, ana.id).split()[0]
    list_word(make_user("moderator"), drawn, "hold")
    assert actions.take_pseudonym(ana, project.id, SECRET).name.split()[0] != drawn


def test_a_project_whose_names_are_all_taken_says_so(ana, project, monkeypatch):
    monkeypatch.setattr(names, "STARS", ("Mira",))
    other = make_user()
    save(
        Pseudonym(project_id=project.id, user_id=other.id, name=names.name_under(SECRET, project.id, ana.id))
    )
    monkeypatch.setattr("civicforum.discussions.actions.pseudonyms.MOST_ATTEMPTS", 1)
    with pytest.raises(Conflict, match="All pseudonyms"):
        take(ana, project)


# --- taking it, and giving it back ---


def test_it_is_taken_once_before_the_first_word(ana, project, thread):
    pseudonym = take(ana, project)
    assert take(ana, project).id == pseudonym.id
    actions.drop_pseudonym(ana, project.id)
    assert queries.own_pseudonym(ana, project) is None
    with pytest.raises(NotFound):
        actions.drop_pseudonym(ana, project.id)
    actions.post_reply(ana, thread.id, "By my own name.")
    with pytest.raises(Conflict, match="by your own name already"):
        take(ana, project)


@pytest.mark.parametrize("used", ["said", "begun", "supported"])
def test_what_was_used_is_kept(ana, project, thread, used):
    take(ana, project)
    {
        "said": lambda: actions.post_reply(ana, thread.id, "Under another."),
        "begun": lambda: actions.start_thread(ana, project.id, "A thread", "Under another."),
        "supported": lambda: actions.react(ana, queries.list_posts(Guest(), thread)[0].id, "support"),
    }[used]()
    with pytest.raises(Conflict, match="stays yours"):
        actions.drop_pseudonym(ana, project.id)


def test_whoever_has_a_role_speaks_by_name(project, organizer, thread):
    partner, steward = make_user(), make_user()
    partnership = make_organization(partner)
    in_roles = [organizer, partner, steward, make_user("moderator")]
    save(Partner(project_id=project.id, organization_id=partnership.id))
    join(project, steward, "steward")
    for person in in_roles:
        with pytest.raises(NotAllowed):
            take(person, project)


def test_it_is_offered_where_the_project_says_so_and_to_who_may_speak(ana, organizer):
    plain = make_project(organizer)
    with pytest.raises(NotAllowed):
        take(ana, plain)
    closed = make_project(organizer, visibility="members", allows_pseudonyms=True)
    with pytest.raises(NotFound):
        take(ana, closed)
    with pytest.raises(NotAllowed):
        take(make_user(email_confirmed_at=None), make_project(organizer, allows_pseudonyms=True))


def test_it_is_kept_where_the_project_offers_it_no_more(ana, organizer, project, thread):
    name = take(ana, project).name
    edit_project(organizer, project, allows_pseudonyms=False)
    assert actions.post_reply(ana, thread.id, "Still the same.").author.name == name


def test_a_role_ends_it_for_what_is_said_from_then_on(ana, project, thread):
    name = take(ana, project).name
    before = actions.post_reply(ana, thread.id, "As a neighbour.")
    join(project, ana, "moderator")
    db.session.expire_all()
    actions.end_pseudonym(ana, project.id)
    after = actions.post_reply(ana, thread.id, "As a moderator.")
    assert (before.author.name, after.author.name) == (name, "Ana Ruiz")
    balance = queries.thread_balance(Guest(), thread)
    assert (balance.people, balance.posts, balance.hats) == (3, 3, 1)
    rows = queries.list_spoken(Guest(), project)
    assert [(row.author, row.has_hat) for row in rows] == [(1, False), (2, False), (3, True)]


# --- a role that others give ---


@pytest.fixture
def promoted(ana, project, thread):
    """Ana spoke under a pseudonym, and somebody made her a helper meanwhile."""
    take(ana, project)
    actions.post_reply(ana, thread.id, "As a neighbour.")
    join(project, ana, "steward")
    db.session.expire_all()
    return ana


def test_nobody_is_unmasked_by_a_role(promoted, project, thread):
    first = queries.list_posts(Guest(), thread)[0]
    with pytest.raises(Invalid, match="under your own name"):
        actions.post_reply(promoted, thread.id, "What I wrote as a neighbour.")
    with pytest.raises(Invalid, match="under your own name"):
        actions.start_thread(promoted, project.id, "Stairs", "They are dark.")
    with pytest.raises(Conflict, match="under your own name"):
        actions.react(promoted, first.id, "support")
    actions.end_pseudonym(promoted, project.id)
    assert actions.post_reply(promoted, thread.id, "As a helper.").author.name == "Ana Ruiz"


def test_who_only_took_one_is_not_asked(ana, project, thread):
    take(ana, project)
    join(project, ana, "steward")
    db.session.expire_all()
    assert actions.post_reply(ana, thread.id, "As a helper.").author.name == "Ana Ruiz"


def test_who_speaks_by_name_goes_on_so_when_the_role_is_over(promoted, organizer, project, thread):
    """Else whoever ends the role would see the next comment under the other name."""
    actions.end_pseudonym(promoted, project.id)
    actions.end_pseudonym(promoted, project.id)
    remove_member(organizer, promoted.memberships[0])
    db.session.expire_all()
    assert actions.post_reply(promoted, thread.id, "As a neighbour again.").author.name == "Ana Ruiz"
    with pytest.raises(Conflict, match="it stays so"):
        take(promoted, project)


def test_a_pseudonym_ends_by_a_role_alone(ana, project, thread):
    with pytest.raises(NotFound):
        actions.end_pseudonym(ana, project.id)
    take(ana, project)
    with pytest.raises(Conflict, match="no role here"):
        actions.end_pseudonym(ana, project.id)


def test_the_thread_asks_before_one_writes(promoted, organizer, project, thread, sign_in):
    client = sign_in(promoted)
    page, address = f"/threads/{thread.id}/{thread.slug}", f"/projects/{project.slug}/pseudonym"
    assert "Say first that you want to" in client.get(page).text
    told = submit(client, page, "reply", body="Half an hour of typing.")
    assert "under your own name" in told.text
    assert "Half an hour of typing." in told.text
    assert "by your own name" in press(client, address, f"{address}/end").text
    assert "Say first" not in client.get(page).text
    remove_member(organizer, promoted.memberships[0])
    assert "it stays so" in client.get(address).text
    assert "pseudonym instead" not in client.get(page).text


# --- what is told ---


def test_a_post_under_it_is_told_without_its_writer(ana, project, thread):
    name = take(ana, project).name
    post = actions.post_reply(ana, thread.id, "Under another.")
    told = post_json(Guest(), queries.get_post(Guest(), post.id))["author"]
    assert told == {"handle": None, "name": name, "hats": []}


def test_threads_reactions_and_changes_are_told_under_it(ana, project, thread):
    name = take(ana, project).name
    first = queries.list_posts(Guest(), thread)[0]
    actions.react(ana, first.id, "support")
    assert [(kind, who.name) for kind, who in queries.list_reacting(Guest(), first)] == [("support", name)]
    own = actions.start_thread(ana, project.id, "Stairs", "They are dark.")
    actions.shape_thread(ana, own.id, Shape(title="Dark stairs"))
    assert own.author.name == name
    assert [change.actor.name for change in queries.list_changes(own)] == [name]


def test_a_reaction_keeps_the_name_it_was_given_under(ana, project, thread):
    """Otherwise the same row would say first one name and then the other."""
    first = queries.list_posts(Guest(), thread)[0]
    actions.react(ana, first.id, "support")
    take(ana, project)
    assert [who.name for _kind, who in queries.list_reacting(Guest(), first)] == ["Ana Ruiz"]
    assert db.session.scalars(select(Reaction.pseudonym_id)).all() == [None]


def test_a_search_by_person_does_not_find_it(ana, project, thread):
    take(ana, project)
    post = actions.post_reply(ana, thread.id, "Under another.")
    own = actions.start_thread(ana, project.id, "Stairs", "They are dark.")
    rows = db.session.execute(select(SearchEntry.kind, SearchEntry.object_id, SearchEntry.author_id))
    authors = {(row.kind, row.object_id): row.author_id for row in rows}
    assert authors["post", post.id] is authors["thread", own.id] is None


def test_nobody_is_offered_whom_one_cannot_call_on(ana, project, thread):
    take(ana, project)
    actions.post_reply(ana, thread.id, "Under another.")
    assert [callee.handle for callee in queries.list_callees(thread, "")] == ["ben"]


def test_a_new_name_is_not_shown_where_another_stands(ana, project, thread):
    """Whoever watched would see the same moment in both places."""
    elsewhere = make_thread(make_project())
    shown = make_post(elsewhere, ana, "By name.")
    take(ana, project)
    actions.post_reply(ana, thread.id, "Under another.")
    actions.start_thread(ana, project.id, "Stairs", "They are dark.")
    assert queries.places_showing(ana.id) == [(elsewhere.channel, "post", shown.id)]


def test_a_partner_who_spoke_under_it_before_answers_as_a_neighbour(ana, project, thread):
    take(ana, project)
    post = actions.post_reply(ana, thread.id, "Under another.")
    join(project, ana, "organizer")
    db.session.expire_all()
    assert not speaks_for_project(post)


def test_it_counts_as_new_when_it_is_new(ana, project, thread):
    """That somebody is no newcomer would tell of what they said by name; and the other way round."""
    elsewhere = make_project()
    make_post(make_thread(elsewhere), ana, "By name, before.")
    take(ana, project)
    actions.post_reply(ana, thread.id, "Under another.")
    actions.post_reply(ana, thread.id, "And once more.")
    assert [row.is_first_in_town for row in queries.list_spoken(Guest(), project)] == [True, True, False]


# --- threads that hold some ---


def test_a_thread_with_pseudonyms_stays_in_its_project(ana, organizer, project, thread):
    other = make_project(organizer)
    take(ana, project)
    actions.post_reply(ana, thread.id, "Under another.")
    with pytest.raises(Conflict, match="holds in this project alone"):
        actions.move_thread(organizer, thread.id, other.id, "It belongs there.")
    begun = actions.start_thread(ana, project.id, "Stairs", "They are dark.")
    with pytest.raises(Conflict, match="holds in this project alone"):
        actions.move_thread(organizer, begun.id, other.id, "It belongs there.")


def test_a_part_of_a_thread_keeps_its_pseudonyms(ana, organizer, project, thread):
    name = take(ana, project).name
    post = actions.post_reply(ana, thread.id, "Under another.")
    part = actions.split_thread(organizer, thread.id, [post.id], "The stairs", "Another matter.")
    assert db.session.get_one(Thread, part.id).author.name == name
    assert db.session.get_one(Post, post.id).author.name == name


def test_a_thread_that_somebody_supported_under_a_pseudonym_stays(ana, organizer, project, thread):
    """There the name may be another's, and the next word there is given under another name."""
    other = make_project(organizer)
    take(ana, project)
    actions.react(ana, queries.list_posts(Guest(), thread)[0].id, "support")
    with pytest.raises(Conflict, match="holds in this project alone"):
        actions.move_thread(organizer, thread.id, other.id, "It belongs there.")


def test_a_thread_that_came_from_elsewhere_is_renamed_by_who_began_it(ana, organizer, project):
    """Only its author may without a role: the log must not say another name than the thread."""
    take(ana, project)
    moved = actions.start_thread(ana, make_project(organizer).id, "Stairs", "They are dark.")
    actions.move_thread(organizer, moved.id, project.id, "It belongs here.")
    actions.shape_thread(ana, moved.id, Shape(title="Dark stairs"))
    assert [change.actor.name for change in queries.list_changes(moved)] == ["Ana Ruiz", "Olga Organizer"]


def test_a_thread_begun_under_it_is_renamed_under_it(ana, organizer, project):
    """Also by who has a role since: of others a reason is asked, so none would tell whose it is."""
    name = take(ana, project).name
    own = actions.start_thread(ana, project.id, "Stairs", "They are dark.")
    join(project, ana, "organizer")
    db.session.expire_all()
    actions.shape_thread(ana, own.id, Shape(title="Dark stairs"))
    actions.archive_thread(ana, own.id, True)
    assert [change.actor.name for change in queries.list_changes(own)] == ["Ana Ruiz", name]


def test_numbers_do_not_tell_that_two_voices_are_one_person(ana, project, thread):
    take(ana, project)
    first = actions.post_reply(ana, thread.id, "As a neighbour.")
    join(project, ana, "moderator")
    db.session.expire_all()
    actions.end_pseudonym(ana, project.id)
    actions.post_reply(ana, thread.id, "As a moderator.", first.id)
    assert queries.thread_balance(Guest(), thread).welcomed == 1
    ben = make_user()
    (news,) = unread_threads(ben, now() - timedelta(hours=1), now())
    assert news.people == 3


# --- the page ---


def test_a_resident_chooses_on_the_page_and_the_composer_says_so(ana, project, thread, sign_in):
    client = sign_in(ana)
    page = f"/threads/{thread.id}/{thread.slug}"
    assert "Speak under a pseudonym instead" in client.get(page).text
    address = f"/projects/{project.slug}/pseudonym"
    told = press(client, address, address)
    name = queries.own_pseudonym(ana, project).name
    assert f"You speak as {name} in this project." in told.text
    assert f"<strong><bdi>{name}</bdi></strong>" in client.get(page).text
    told = press(client, address, f"{address}/drop")
    assert "You speak by your own name" in told.text


def test_the_page_says_to_each_what_they_can_do(ana, organizer, project, thread, sign_in, app):
    address = f"/projects/{project.slug}/pseudonym"
    assert "sign in" in app.test_client().get(address).text
    assert "You have a role in this project" in sign_in(organizer).get(address).text
    ben = make_user(name="Ben")
    make_post(thread, ben, "By name.")
    assert "You have spoken here by your own name already" in sign_in(ben).get(address).text
    take(ana, project)
    actions.post_reply(ana, thread.id, "Under another.")
    assert "You have spoken under it already" in sign_in(ana).get(address).text
    assert "You cannot write in this project" in sign_in(make_user(email_confirmed_at=None)).get(address).text


def test_a_project_without_pseudonyms_has_no_such_page(ana, sign_in):
    assert sign_in(ana).get(f"/projects/{make_project().slug}/pseudonym").status_code == 404
