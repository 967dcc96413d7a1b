"""What is known of who said something, and of its thread, beside the case."""

from datetime import timedelta

import pytest
from factories import join, make_post, make_project, make_thread, make_user
from sqlalchemy import select

from civicforum.db import db, now, transaction
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Post
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import Measure

HIDE = Deed("hide", 2, "It says what people are.")


def known_of(viewer, post):
    identity = queries.identity_of(post)
    return queries.histories_of(viewer, [identity])[identity]


def mute(moderator, post) -> None:
    actions.moderate(moderator, "post", post.id, Deed("mute", 2, "Stop.", now() + timedelta(days=1)))


def test_measures_are_told_with_what_became_of_them(place):
    for words in ("One.", "Two."):
        actions.moderate(place.moderator, "post", make_post(place.thread, place.author, words).id, HIDE)
    mute(place.moderator, place.post)
    actions.moderate(place.moderator, "person", place.author.id, Deed("warn", 2, "Careful."))
    with transaction():
        hidden = select(Measure).where(Measure.action == "hide").limit(1)
        db.session.scalars(hidden).one().overturned_at = now()
    known = known_of(place.moderator, place.post)
    assert (known.stood, known.measures, known.overturned) == (1, {"hide": 2, "mute": 1, "warn": 1}, 1)
    assert [limit.kind for limit in known.limits] == ["mute"]
    latest = queries.latest_about(place.moderator, queries.identity_of(place.post))
    assert [measure.action for measure in latest] == ["warn", "mute", "hide", "hide"]


def test_a_limit_that_is_over_is_in_force_no_more(place):
    mute(place.moderator, place.post)
    case = queries.find_case_about("post", place.post.id)
    actions.lift_measure(place.moderator, case.measures[-1].id, "Enough.")
    known = known_of(place.moderator, place.post)
    assert (known.limits, known.measures) == ([], {"mute": 1})


def test_moderators_of_a_project_learn_of_that_project_alone(place):
    closed = make_project(title="Closed", visibility="members")
    join(closed, place.author)
    of_closed = make_user()
    join(closed, of_closed, "moderator")
    inside = make_post(make_thread(closed, make_user()), place.author, "Inside.")
    make_post(inside.thread, place.author, "Inside, too.")
    actions.moderate(of_closed, "post", inside.id, HIDE)
    actions.moderate(place.moderator, "person", place.author.id, Deed("warn", 2, "Careful."))
    assert known_of(place.moderator, place.post).measures == {"warn": 1}
    assert known_of(place.moderator, place.post).stood == 1
    of_closed_too = known_of(of_closed, inside)
    assert (of_closed_too.measures, of_closed_too.stood) == ({"hide": 1}, 1)


@pytest.fixture
def masked(place):
    """What the author said under a pseudonym in the same town, and was muted for."""
    project = make_project(title="Masked", allows_pseudonyms=True)
    discussions.take_pseudonym(place.author, project.id, "a secret of the town's own")
    thread = discussions.start_thread(place.author, project.id, "Lanterns", "A word.")
    said = [discussions.post_reply(place.author, thread.id, f"Masked {number}.") for number in range(2)]
    mute(place.moderator, said[0])
    actions.moderate(place.moderator, "post", said[1].id, HIDE)
    return said[0]


def test_a_pseudonym_has_a_history_of_its_own(place, masked):
    actions.moderate(place.moderator, "person", place.author.id, Deed("warn", 2, "Careful."))
    by_name, by_mask = known_of(place.moderator, place.post), known_of(place.moderator, masked)
    assert (by_name.measures, by_name.limits, by_name.stood) == ({"warn": 1}, [], 1)
    assert (by_mask.measures, [limit.kind for limit in by_mask.limits]) == ({"mute": 1, "hide": 1}, ["mute"])
    assert by_mask.stood == 2  # its thread's first words, and what it was muted for
    latest = queries.latest_about(place.moderator, queries.identity_of(masked))
    assert {measure.action for measure in latest} == {"mute", "hide"}


def test_the_page_of_a_masked_comment_does_not_say_whose_it_is(place, masked, sign_in):
    mona = sign_in(place.moderator)
    page = mona.get(f"/moderation/posts/{masked.id}").text
    assert "This is of the pseudonym alone." in page
    assert (place.author.name in page, place.author.handle in page) == (False, False)


def test_who_left_has_no_history(place):
    post = make_post(place.thread, None, "Gone.")
    assert queries.identity_of(post) is None
    assert queries.histories_of(place.moderator, [None]) == {}
    assert queries.latest_about(place.moderator, None) == []


def test_a_thread_is_told_with_its_measures_and_what_waits(place):
    actions.moderate(place.moderator, "post", place.post.id, HIDE)
    actions.flag_post(place.flagger, make_post(place.thread, make_user()).id, 2, "")
    place.hold()
    actions.moderate(place.moderator, "thread", place.thread.id, Deed("slow", 2, "It went fast.", minutes=5))
    around = queries.history_of_thread(place.moderator, place.thread)
    assert (around.measures, around.waiting) == ({"hide": 1, "slow": 1}, 2)
    assert [limit.kind for limit in around.limits] == ["slow"]


def test_a_delay_is_told_in_words_beside_what_waits(place, sign_in):
    actions.moderate(place.moderator, "thread", place.thread.id, Deed("delay", 2, "It went fast."))
    page = sign_in(place.moderator).get(f"/moderation/posts/{place.post.id}").text
    assert "Comments 30 seconds later: 1." in page
    assert "comments 30 seconds later until" in page


def test_the_page_tells_it_beside_the_comment(place, sign_in):
    actions.flag_post(place.flagger, place.post.id, 2, "")
    mute(place.moderator, place.post)
    mona = sign_in(place.moderator)
    for address in ("/moderation", f"/moderation/posts/{place.post.id}"):
        page = mona.get(address).text
        assert "1 comment stands" in page
        assert "muted: 1" in page
        assert "muted in a thread until" in page
    assert "1 thing waits here" in page


def test_who_has_a_part_in_it_is_told_nothing_of_the_person(place, sign_in):
    mute(place.moderator, place.post)
    tied = make_user("moderator")
    make_post(place.thread, tied)
    page = sign_in(tied).get(f"/moderation/posts/{place.post.id}").text
    assert ("Who said it" in page, "Notes among moderators" in page) == (False, False)


def test_it_costs_the_same_for_many(place, count_queries):
    def cost(posts: list[Post]) -> int:
        identities = [queries.identity_of(post) for post in posts]
        assert place.moderator.memberships == []
        with count_queries() as count:
            queries.histories_of(place.moderator, identities)
        return count.total

    mute(place.moderator, place.post)
    few = cost([place.post])
    posts = [make_post(place.thread, make_user()) for _ in range(10)]
    for post in posts:
        mute(place.moderator, post)
    assert cost(posts) == few
