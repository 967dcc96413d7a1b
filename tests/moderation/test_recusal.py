"""Nobody judges what they have a part in: not in the queue, not on the page, not in the deed."""

import pytest
from factories import join, make_organization, make_post, make_project, make_thread, make_user

from civicforum.accounts.models import SYSTEM
from civicforum.db import db
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Post
from civicforum.errors import NotAllowed
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed

HIDE = Deed("hide", 2, "It is about what people are.")


def posted(place, moderator):
    make_post(place.thread, moderator, "Let us stay calm.")
    return place.post


def posted_and_took_it_back(place, moderator):
    own = make_post(place.thread, moderator, "Let us stay calm.")
    discussions.withdraw_post(moderator, own.id)
    return place.post


def flagged(place, moderator):
    actions.flag_post(moderator, place.post.id, 2, "Look.")
    return place.post


def organization_called(place, moderator):
    make_organization(moderator, slug="harbour-trust")
    return make_post(place.thread, place.author, "What does @Harbour-Trust do all day?")


def colleague_called(place, moderator):
    colleague = make_user(handle="pia-p")
    make_organization(moderator, colleague)
    return make_post(place.thread, place.author, "Ask @pia-p what she is paid for.")


def colleague_answered(place, moderator):
    colleague = make_user()
    make_organization(moderator, colleague)
    said = make_post(place.thread, colleague, "We come on Monday.")
    return make_post(place.thread, place.author, "You never do.", reply_to_id=said.id)


TIED = {
    posted: "posted",
    posted_and_took_it_back: "posted",
    flagged: "flagged",
    organization_called: "organization",
    colleague_called: "organization",
    colleague_answered: "organization",
}


@pytest.fixture
def tied(place):
    return make_user("moderator")


@pytest.mark.parametrize("tie", TIED, ids=lambda tie: tie.__name__)
def test_who_has_a_part_in_it_neither_finds_it_nor_decides_it(place, tied, tie):
    post = tie(place, tied)
    actions.flag_post(make_user(), post.id, 2, "Look.")
    case = queries.find_case_about("post", post.id)
    assert queries.ties_in(tied, case) == (TIED[tie],)
    assert [item.post.id for item in queries.list_queue(tied)] == []
    assert queries.count_queue(tied) == 0
    for deed in (
        lambda: actions.moderate(tied, "post", post.id, HIDE),
        lambda: actions.moderate(tied, "post", post.id),
    ):
        with pytest.raises(NotAllowed, match="somebody else decides"):
            deed()
    with pytest.raises(NotAllowed, match="somebody else decides"):
        actions.decide_case(tied, case.id, HIDE, case.version)
    assert [item.post.id for item in queries.list_queue(place.moderator)] == [post.id]
    assert actions.decide_case(place.moderator, case.id, HIDE, case.version).state == "decided"


def test_who_took_a_flag_back_or_wrote_elsewhere_is_free(place, tied):
    actions.flag_post(tied, place.post.id, 2, "Look.")
    actions.withdraw_flag(tied, place.post.id)
    make_post(make_thread(place.project), tied)
    make_organization(tied, slug="harbour-trust")
    assert queries.ties_to(tied, place.post.id) == ()
    assert actions.moderate(tied, "post", place.post.id, HIDE).state == "decided"


def test_a_colleague_under_a_pseudonym_ties_nobody(place, tied):
    """Otherwise the empty queue would tell whose it is."""
    project = make_project(allows_pseudonyms=True)
    colleague = make_user()
    make_organization(tied, colleague)
    thread = make_thread(project)
    discussions.take_pseudonym(colleague, project.id, "Night owl")
    said = discussions.post_reply(colleague, thread.id, "We come on Monday.")
    answer = make_post(thread, place.author, "You never do.", reply_to_id=said.id)
    assert queries.ties_to(tied, answer.id) == ()


def test_in_a_thread_where_one_wrote_one_does_not_calm_it_either(place, tied):
    posted(place, tied)
    with pytest.raises(NotAllowed, match="You wrote in this thread"):
        actions.moderate(tied, "thread", place.thread.id, Deed("slow", 5, "Slower."))
    begun = make_thread(place.project, tied)
    assert queries.ties_to_thread(tied, begun.id) == ("author",)
    assert queries.ties_to_thread(place.moderator, place.thread.id) == ()


def test_nobody_judges_themselves_as_a_person(place, tied):
    with pytest.raises(NotAllowed, match="somebody else decides"):
        actions.moderate(tied, "person", tied.id, Deed("warn", 2, "Hm."))


def test_what_was_held_is_declined_by_somebody_without_a_part_in_it(place, tied):
    posted(place, tied)
    post, hold = place.hold()
    with pytest.raises(NotAllowed, match="You wrote in this thread"):
        actions.decide_hold(tied, hold.id, Deed("decline", 2, "No."))
    assert db.session.get_one(Post, post.id).state == "pending"


def test_the_house_has_no_part_in_anything(place):
    assert queries.ties_to(SYSTEM, place.post.id) == ()
    assert [queries.list_queue(SYSTEM), queries.count_queue(SYSTEM)] == [[], 0]
    actions.flag_post(make_user(), place.post.id, 2, "Look.")
    assert queries.count_queue(SYSTEM) == 1


def test_how_many_others_may_decide_is_counted(place, tied):
    assert queries.count_free(tied, place.post) == 1
    of_project = make_user()
    join(place.project, of_project, "moderator")
    assert queries.count_free(tied, place.post) == 2
    posted(place, of_project)
    posted(place, place.moderator)
    assert queries.count_free(tied, place.post) == 0
    closed = make_project(visibility="members")
    post = make_post(make_thread(closed), make_user())
    assert queries.count_free(tied, post) == 0
    join(closed, of_project, "moderator")
    join(closed, place.moderator)
    assert queries.count_free(tied, post) == 2
