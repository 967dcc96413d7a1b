"""Ways around due process, each closed: to act and judge, to block a judge, to read what is not theirs."""

from datetime import timedelta

import pytest
from factories import make_post, make_project, make_thread, make_user
from moderation.looks import member_with_role, name_independent
from sqlalchemy import select

from civicforum.accounts.models import User
from civicforum.db import db, now, transaction
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Post, Thread
from civicforum.errors import Conflict, Limited, NotAllowed
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import Case, Flag

WHY = "The words are about wolves."


def act(place, action: str, moderator: User | None = None):
    case = actions.moderate(moderator or place.moderator, "post", place.post.id, Deed(action, 2, "Because."))
    return case.measures[-1]


def ask(place, measure):
    return actions.appeal_measure(place.author, measure.case_id, "No.", measure_id=measure.id)


# --- a look that somebody would block ---


def test_lifting_a_short_mute_does_not_take_the_second_look_at_a_hidden_comment_away(place):
    hidden, muted = act(place, "hide"), act(place, "mute")
    actions.lift_measure(place.moderator, muted.id, "Enough.")
    assert ask(place, hidden).state == "open"
    with pytest.raises(Conflict, match="taken back"):
        ask(place, muted)


@pytest.mark.parametrize("action", ["suspend", "mute", "warn"])
def test_showing_the_words_again_does_not_take_the_second_look_at_a_person_s_limit_away(place, action):
    act(place, "hide")
    measure = act(place, action)
    act(place, "restore")
    assert ask(place, measure).state == "open"


# --- what the whole site's moderators did ---


@pytest.mark.parametrize("action", ["remove", "suspend"])
def test_a_project_s_moderator_does_not_take_back_what_only_the_site_s_may_do(place, action):
    local, other = member_with_role(place, "moderator"), make_user("moderator")
    appeal = ask(place, act(place, action))
    assert queries.list_deciders(appeal) == [other.id]
    assert (queries.list_to_decide(local), queries.list_to_decide(other)) == ([], [appeal])
    with pytest.raises(NotAllowed):
        actions.decide_appeal(local, appeal.id, "overturned", WHY, appeal.version)
    assert actions.decide_appeal(other, appeal.id, "overturned", WHY, appeal.version).state == "decided"


def test_a_project_s_moderator_lifts_no_suspension(place):
    local, measure = member_with_role(place, "moderator"), act(place, "suspend")
    with pytest.raises(NotAllowed, match="whole site"):
        actions.lift_measure(local, measure.id, "My friend.")
    assert db.session.get_one(User, place.author.id).is_suspended()


def test_a_second_look_at_a_suspension_that_no_comment_caused_finds_somebody_to_decide(place):
    deed = Deed("suspend", 2, "For what they did.", until=now() + timedelta(days=1))
    measure = actions.moderate(place.moderator, "person", place.author.id, deed).measures[-1]
    other, local = make_user("moderator"), member_with_role(place, "moderator")
    appeal = ask(place, measure)
    assert queries.list_deciders(appeal) == [other.id]
    assert (queries.list_to_decide(other), queries.list_to_decide(local)) == ([appeal], [])
    assert queries.list_to_decide(place.moderator) == []
    assert actions.decide_appeal(other, appeal.id, "overturned", WHY, appeal.version).outcome == "overturned"


# --- undoing one thing, and not another ---


@pytest.mark.parametrize(("before", "after"), [([], "hidden"), (["restore"], "visible")])
def test_what_was_hidden_before_it_was_removed_is_hidden_again(place, before, after):
    for action in ("hide", *before):
        act(place, action)
    appeal = ask(place, act(place, "remove"))
    actions.decide_appeal(make_user("moderator"), appeal.id, "overturned", WHY, appeal.version)
    post = db.session.get_one(Post, place.post.id)
    assert post.state == after
    assert queries.can_mend(post, queries.find_case_about("post", post.id)) == (after == "hidden")


def test_whoever_flagged_it_since_is_answered_all_the_same(place):
    appeal = ask(place, act(place, "request_edit"))
    late = make_user()
    actions.flag_post(late, place.post.id, 2, "And this.")
    actions.decide_appeal(make_user("moderator"), appeal.id, "overturned", WHY, appeal.version)
    case = queries.find_case_about("post", place.post.id)
    assert (case.state, case.closed_at) == ("open", None)
    assert [flag.user_id for flag in queries.open_flags(case)] == [late.id]


def test_a_flag_whose_case_is_gone_is_taken_back_all_the_same(place):
    flag = actions.flag_post(place.flagger, place.post.id, 2, "Look.")
    with transaction():
        flag.case_id = None
    actions.withdraw_flag(place.flagger, place.post.id)
    assert flag.state == "withdrawn"


def test_taking_a_mute_back_says_nothing_of_the_words(place):
    actions.flag_post(place.flagger, place.post.id, 2, "Look.")
    act(place, "hide")
    muted = act(place, "mute")
    appeal = ask(place, muted)
    actions.decide_appeal(make_user("moderator"), appeal.id, "overturned", WHY, appeal.version)
    case = db.session.get_one(Case, muted.case_id)
    assert db.session.scalar(select(Flag.state)) == "agreed"
    assert queries.can_mend(db.session.get_one(Post, place.post.id), case)


# --- acting and judging ---


def test_who_acted_in_an_earlier_case_about_the_same_words_does_not_judge(place):
    earlier, later = make_user("moderator"), make_user("moderator")
    act(place, "hide", earlier)
    act(place, "restore", place.moderator)
    measure = act(place, "hide", later)
    assert queries.list_deciders(ask(place, measure)) == []


def test_who_flagged_in_an_earlier_case_does_not_judge(place):
    judge = name_independent()
    actions.flag_post(judge, place.post.id, 2, "Look.")
    actions.decide_case(
        place.moderator,
        queries.find_case_about("post", place.post.id).id,
        Deed("leave", None, "Fair."),
        1,
    )
    measure = act(place, "hide", make_user("moderator"))
    assert judge.id not in queries.list_deciders(ask(place, measure))


def _moves_the_comment_away(place, moderator, own):
    discussions.split_thread(moderator, place.thread.id, [place.post.id], "Elsewhere", "To judge it.")


def _moves_their_own_away(place, moderator, own):
    discussions.split_thread(moderator, place.thread.id, [own.id], "Elsewhere", "To judge it.")


def _moves_each_elsewhere(place, moderator, own):
    _moves_the_comment_away(place, moderator, own)
    _moves_their_own_away(place, moderator, own)


@pytest.mark.parametrize("move", [_moves_the_comment_away, _moves_their_own_away, _moves_each_elsewhere])
def test_moving_comments_frees_nobody_who_spoke_beside_them(place, move):
    tied = make_user("moderator")
    own = make_post(place.thread, tied, "I was there, and you are wrong.")
    make_post(place.thread, make_user(), "What remains.")
    move(place, tied, own)
    with pytest.raises(NotAllowed, match="You wrote in this thread"):
        act(place, "hide", tied)
    appeal = ask(place, act(place, "hide"))
    assert tied.id not in queries.list_deciders(appeal)
    assert actions.moderate(make_user("moderator"), "post", place.post.id)


def test_who_spoke_elsewhere_is_free(place):
    free = make_user("moderator")
    make_post(make_thread(place.project), free, "Something else.")
    assert queries.ties_to(free, place.post.id) == ()


# --- reading what is not one's own ---


def test_who_flagged_does_not_read_how_the_author_was_dealt_with(place, sign_in):
    actions.flag_post(place.flagger, place.post.id, 2, "Look.")
    measure = act(place, "suspend")
    case = db.session.get_one(Case, measure.case_id)
    actions.decide_case(place.moderator, case.id, Deed("leave", None, "Fair."), case.version)
    url = f"/cases/{case.id}/reasons"
    assert "Your account cannot write" not in sign_in(place.flagger).get(url).text
    assert "Your account cannot write" in sign_in(place.author).get(url, follow_redirects=True).text


def test_a_count_of_others_does_not_tell_who_flagged(place):
    tied, other = make_user("moderator"), make_user("moderator")
    make_post(place.thread, tied, "I was there.")
    before = queries.count_free(tied, place.post)
    actions.flag_post(other, place.post.id, 2, "Look.")
    assert (queries.count_free(tied, place.post), queries.ties_to(other, place.post.id)) == (
        before,
        ("flagged",),
    )


def test_a_case_about_a_thread_goes_along_with_it(place):
    case = actions.moderate(place.moderator, "thread", place.thread.id, Deed("slow", 2, "Calm."))
    other = make_project(title="Elsewhere")
    actions.move_thread(place.moderator, place.thread.id, other.id, "It belongs there.")
    db.session.refresh(case)
    assert case.project_id == other.id


# --- getting out of a limit ---


def _merges(place) -> Thread:
    other = make_thread(place.project, title="The other playground")
    actions.merge_threads(make_user("moderator"), place.thread.id, other.id, "It is one thing.")
    return other


def _goes_on(place) -> Thread:
    with transaction():
        thread = db.session.get_one(Thread, place.thread.id)
        thread.max_posts, thread.status = thread.last_seq, "closed"
    said = discussions.continue_thread(make_user(), place.thread.id, "To go on.")
    with transaction():
        following = db.session.get_one(Thread, said.thread_id)
        following.max_posts, following.status = 100, "open"
    return following


@pytest.mark.parametrize("go_on", [_merges, _goes_on])
def test_a_mute_goes_along_where_the_thread_goes_on(place, go_on):
    measure = act(place, "mute")
    act(place, "slow")
    other, bystander = go_on(place), make_user()
    for _twice in range(2):
        discussions.post_reply(bystander, other.id, "The pace stays where it was.")
    with pytest.raises(Limited):
        discussions.post_reply(place.author, other.id, "Here I am again.")
    discussions.post_reply(place.author, make_thread(place.project).id, "Elsewhere I may.")
    actions.lift_measure(make_user("moderator"), measure.id, "Enough.")
    assert discussions.post_reply(place.author, other.id, "Thank you.").is_visible
