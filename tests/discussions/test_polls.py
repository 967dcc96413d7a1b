"""Polls in posts: asking, voting, counts that stay hidden, the close and what comes of it."""

from datetime import timedelta

import pytest
from factories import make_agreement, make_post, make_project, make_thread, make_user
from flask_babel import force_locale

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Guest
from civicforum.agreement.actions import list_word
from civicforum.db import db, now, transaction
from civicforum.discussions import actions, queries, schemas
from civicforum.discussions.asking import prepare_poll
from civicforum.discussions.models import Ballot, BallotChoice, Poll
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.notifications.models import Notification
from civicforum.notifications.queries import list_inbox

GUEST = Guest()


def asked(kind="single", options=("Bench", "Lamp", "Tree"), days=7, question="What first?", **facts):
    return prepare_poll(kind, question, options, now() + timedelta(days=days), **facts)


@pytest.fixture
def thread(project, ana):
    return make_thread(project, ana)


@pytest.fixture
def ask(thread, ana):
    """Asks as Ana; the poll."""

    def run(*args, **facts):
        post = actions.post_reply(ana, thread.id, "Please vote.", poll=asked(*args, **facts))
        return queries.find_poll(post.id)

    return run


def vote(person, poll, *places, score=None):
    choices = {poll.options[place].id: 1 if score is None else score for place in places}
    return actions.cast_vote(person, poll.id, choices)


def told(viewer, poll):
    return schemas.tell_polls(viewer, [poll.post])[poll.post_id]


def voters(number):
    return [make_user() for _ in range(number)]


def counts(viewer, poll):
    results = told(viewer, poll).results
    return results and [row.count for row in results]


def inbox(person):
    return [str(entry.notice.text) for entry in list_inbox(person).entries if entry.notice]


def move(poll, **by):
    """As if so much time had passed since it was asked."""
    with transaction():
        poll = db.session.get_one(Poll, poll.id)
        poll.closes_at -= timedelta(**by)
    return poll


# --- asking ---


@pytest.mark.parametrize(
    ("kind", "options", "days", "question", "field"),
    [
        ("dots", ("A", "B"), 7, "What?", "poll_kind"),
        ("single", ("A",), 7, "What?", "poll_options"),
        ("single", [str(n) for n in range(13)], 7, "What?", "poll_options"),
        ("several", ("A", " a "), 7, "What?", "poll_options"),
        ("score", ("A", "x" * 141), 7, "What?", "poll_options"),
        ("single", ("A", "B"), 7, " \n ", "poll_question"),
        ("single", ("A", "B"), 7, "x" * 256, "poll_question"),
        ("single", ("A", "B"), 0, "What?", "poll_closes_on"),
        ("single", ("A", "B"), 92, "What?", "poll_closes_on"),
    ],
)
def test_a_poll_that_will_not_do_says_which_field(app, kind, options, days, question, field):
    with pytest.raises(Invalid) as refused:
        asked(kind, options, days, question)
    assert list(refused.value.errors) == [field]


def test_counts_are_open_after_a_vote_or_after_the_close_and_never_otherwise(app):
    with pytest.raises(Invalid) as refused:
        asked(results="always")
    assert list(refused.value.errors) == ["poll_results"]


def test_a_sense_check_brings_its_own_answers_in_the_readers_language(app, ask):
    poll = ask("sense", ["ignored"])
    assert [option.label for option in told(GUEST, poll).options] == ["I agree", "It depends", "I disagree"]
    with force_locale("es"):
        assert told(GUEST, poll).options[0].label == "Estoy de acuerdo"


def test_a_listed_word_in_a_poll_holds_its_post(ask, thread, ana):
    list_word(SYSTEM, "badger", "hold")
    poll = ask(options=("Bench", "badger"))
    assert poll.post.state == "pending"
    assert told(ana, poll).takes_votes is False
    with pytest.raises(NotFound):
        queries.get_poll(GUEST, poll.id)
    with pytest.raises(NotFound):
        vote(make_user(), poll, 0)
    with pytest.raises(Conflict):
        vote(ana, poll, 0)
    with pytest.raises(Conflict):
        actions.close_poll(ana, poll.id)
    started = actions.start_thread(
        ana, thread.project_id, "Lamps", "Which?", poll=asked(question="A badger?")
    )
    assert started.status == "pending"


def test_a_masked_word_is_masked_in_a_poll(ask):
    list_word(SYSTEM, "badger", "mask")
    poll = ask(options=("Bench", "badger"), question="A badger?")
    assert "badger" not in poll.question + poll.options[1].text


def test_a_thread_is_started_with_a_poll(project, ana):
    thread = actions.start_thread(ana, project.id, "Lamps", "Which one?", poll=asked())
    post = queries.list_posts(GUEST, thread)[0]
    assert schemas.tell_posts(GUEST, [post])[0].poll.question == "What first?"


def test_the_author_asks_later_and_otherwise_while_nobody_has_voted(thread, ana):
    post = make_post(thread, ana)
    poll = actions.set_poll(ana, post.id, asked(), 1)
    actions.set_poll(ana, post.id, asked("several", ("Tree", "Bench")), 2)
    assert [option.text for option in poll.options] == ["Tree", "Bench"]
    with pytest.raises(Conflict):
        actions.set_poll(ana, post.id, asked(), 1)
    vote(make_user(), poll, 0)
    with pytest.raises(Conflict, match="stays as it is"):
        actions.set_poll(ana, post.id, asked())
    with pytest.raises(NotAllowed):
        actions.set_poll(make_user("organizer"), post.id, asked())


def test_a_poll_is_set_within_a_day_and_on_what_is_shown(thread, ana):
    old = make_post(thread, ana, published_at=now() - timedelta(hours=25))
    with pytest.raises(Conflict, match="for a day"):
        actions.set_poll(ana, old.id, asked())
    gone = make_post(thread, ana, state="withdrawn")
    with pytest.raises(Conflict, match="taken down"):
        actions.set_poll(ana, gone.id, asked())
    closed = actions.set_poll(ana, make_post(thread, ana).id, asked())
    actions.close_poll(ana, closed.id)
    with pytest.raises(Conflict, match="closed"):
        actions.set_poll(ana, closed.post_id, asked())


def test_a_poll_with_a_listed_word_that_is_set_later_holds_its_post_again(thread, ana):
    list_word(SYSTEM, "badger", "hold")
    post = make_post(thread, ana)
    actions.set_poll(ana, post.id, asked(question="A badger?"))
    assert post.state == "pending"


# --- voting ---


def test_each_person_votes_once_and_the_last_vote_counts(ask):
    poll, ben = ask(), make_user()
    vote(ben, poll, 0)
    vote(ben, poll, 2)
    vote(ben, poll, 2)
    assert told(ben, poll).my_vote == [{"option": poll.options[2].id, "value": 1}]
    assert told(GUEST, poll).voters == 1
    assert len(db.session.query(BallotChoice).all()) == 1


@pytest.mark.parametrize(
    ("kind", "values", "is_vote"),
    [
        ("single", {}, False),
        ("single", {0: 1}, True),
        ("single", {0: 1, 1: 1}, False),
        ("single", {0: 2}, False),
        ("sense", {2: 1}, True),
        ("sense", {0: 1, 2: 1}, False),
        ("several", {0: 1, 1: 1, 2: 1}, True),
        ("several", {0: 0}, False),
        ("score", {0: 0, 1: 5}, True),
        ("score", {0: 6}, False),
        ("score", {0: -1}, False),
    ],
)
def test_what_is_a_vote_depends_on_the_kind(ask, kind, values, is_vote):
    poll = ask(kind)
    choices = {poll.options[place].id: value for place, value in values.items()}
    if is_vote:
        actions.cast_vote(make_user(), poll.id, choices)
    else:
        with pytest.raises(Invalid):
            actions.cast_vote(make_user(), poll.id, choices)
    assert told(GUEST, poll).voters == is_vote


def test_an_answer_of_another_poll_is_no_answer(ask):
    poll, other = ask(), ask()
    with pytest.raises(Invalid):
        actions.cast_vote(make_user(), poll.id, {other.options[0].id: 1})


def test_who_may_not_speak_here_may_not_vote(ask):
    poll = ask()
    for person in (
        GUEST,
        make_user(suspended_until=now() + timedelta(days=1)),
        make_user(email_confirmed_at=None),
    ):
        assert told(person, poll).may_vote is False
        with pytest.raises(NotAllowed):
            vote(person, poll, 0)


def test_a_closed_thread_or_a_taken_down_post_takes_no_votes_and_keeps_those_it_has(ask, thread):
    poll, ben = ask(), make_user()
    vote(ben, poll, 0)
    actions.close_thread(SYSTEM, thread.id, "Settled.")
    assert told(ben, poll).takes_votes is False
    with pytest.raises(Conflict, match="thread is closed"):
        vote(ben, poll, 1)
    actions.open_thread(SYSTEM, thread.id)
    rule = make_agreement().rules[1]
    actions.hide_post(SYSTEM, poll.post_id, rule)
    for deed in (vote, lambda person, poll, _place: actions.take_back_vote(person, poll.id)):
        with pytest.raises(NotFound):
            deed(ben, poll, 1)
    assert schemas.tell_posts(ben, [poll.post])[0].poll is None
    actions.restore_post(SYSTEM, poll.post_id)
    assert told(ben, poll).my_vote == [{"option": poll.options[0].id, "value": 1}]


def test_why_is_a_comment_of_ones_own(ask, thread):
    poll, ben = ask("sense"), make_user()
    reply = actions.vote_and_say(ben, poll.id, {poll.options[1].id: 1}, "It depends on the light.")
    assert (reply.reply_to_id, reply.body) == (poll.post_id, "It depends on the light.")
    with pytest.raises(Invalid):
        actions.vote_and_say(ben, poll.id, {}, "And again.")
    assert thread.last_seq == 2


def test_a_vote_is_taken_back_while_the_poll_runs(ask, ana):
    poll, ben = ask(), make_user()
    vote(ben, poll, 0)
    for _twice in range(2):
        actions.take_back_vote(ben, poll.id)
    assert told(GUEST, poll).voters == 0
    assert db.session.query(BallotChoice).count() == 0
    vote(ben, poll, 0)
    actions.close_poll(ana, poll.id)
    with pytest.raises(Conflict):
        actions.take_back_vote(ben, poll.id)
    with pytest.raises(NotAllowed):
        actions.take_back_vote(GUEST, poll.id)


# --- what is seen of it ---


def test_counts_are_hidden_until_ones_own_vote_and_five_have_voted(ask, ana):
    poll, people = ask(), voters(5)
    for person in people[:4]:
        vote(person, poll, 0)
    assert counts(people[0], poll) is None
    vote(people[4], poll, 1)
    assert counts(people[0], poll) == [4, 1, 0]
    for outsider in (GUEST, ana, make_user("administrator"), SYSTEM):
        assert counts(outsider, poll) is None
        assert told(outsider, poll).voters == 5
    actions.take_back_vote(people[4], poll.id)
    assert counts(people[4], poll) is None


def test_a_poll_that_waits_for_its_close_shows_nobody_counts_before_it(ask, ana):
    poll, people = ask(results="after_close"), voters(6)
    for person in people:
        vote(person, poll, 0)
    assert counts(people[0], poll) is None
    actions.close_poll(ana, poll.id)
    assert counts(GUEST, poll) == [6, 0, 0]


def test_after_the_close_everybody_sees_counts_however_few(ask, ana):
    poll = ask("several")
    vote(make_user(), poll, 0, 2)
    actions.close_poll(ana, poll.id)
    assert counts(GUEST, poll) == [1, 0, 1]
    assert [row.label for row in told(GUEST, poll).leaders] == ["Bench", "Tree"]


def test_scores_are_told_as_a_mean_with_how_many_and_how_far_apart(ask, ana):
    poll, (one, two) = ask("score"), voters(2)
    vote(one, poll, 0, 1, score=5)
    vote(two, poll, 0, score=0)
    actions.close_poll(ana, poll.id)
    first, second, third = told(GUEST, poll).results
    assert (first.mean, first.count, first.scores, first.spread) == (2.5, 2, (1, 0, 0, 0, 0, 1), (0, 5))
    assert (second.mean, second.count) == (5.0, 1)
    assert (third.mean, third.count, third.spread) == (None, 0, (0, 0))
    assert told(GUEST, poll).leaders == [second]


def test_a_hidden_post_shows_no_counts_even_to_who_reads_its_words(ask, ana):
    poll = ask()
    vote(make_user(), poll, 0)
    actions.close_poll(ana, poll.id)
    actions.hide_post(SYSTEM, poll.post_id, make_agreement().rules[1])
    assert told(ana, poll).results is None
    assert told(ana, poll).outcome is None


def test_nothing_is_told_to_watchers_that_a_guest_may_not_see(app, ask, thread):
    from civicforum.live.registry import render_items

    poll, people = ask(), voters(5)
    for person in people:
        vote(person, poll, 1)
    with app.test_request_context():
        (item,) = render_items(thread.channel, [("post", poll.post_id)])
    assert (item["poll"]["voters"], item["poll"]["results"], item["poll"]["my_vote"]) == (5, None, None)
    assert "poll-counts" not in item["fragment"]
    assert "csrf" not in item["fragment"]


@pytest.mark.parametrize("number", [2, 12])
def test_polls_cost_the_same_queries_however_many(ask, count_queries, number):
    ben = make_user()
    polls = [ask() for _ in range(number)]
    for poll in polls:
        vote(ben, poll, 0)
    actions.close_poll(SYSTEM, polls[0].id)
    posts, reader = [poll.post for poll in polls], db.session.get_one(type(ben), ben.id)
    assert reader.memberships == []
    assert [len(post.thread.project.partners) for post in posts] == [0] * number
    db.session.expire_all()
    schemas.tell_polls(reader, posts)
    with count_queries() as n:
        schemas.tell_polls(reader, posts)
    assert n.total == 5


# --- the close, and what comes of it ---


def test_a_poll_closes_by_its_time_even_before_the_job_runs(ask):
    poll, ben = ask(), make_user()
    vote(ben, poll, 0)
    move(poll, days=7)
    assert counts(GUEST, poll) == [1, 0, 0]
    with pytest.raises(Conflict):
        vote(ben, poll, 1)


def test_the_house_closes_it_and_asks_its_author_and_nobody_else(app, ask, ana):
    poll, ben = ask(), make_user()
    vote(ben, poll, 0)
    actions.end_poll(SYSTEM, poll.id)
    assert told(GUEST, poll).is_closed is False
    poll = move(poll, days=7)
    for _twice in range(2):
        actions.end_poll(SYSTEM, poll.id)
    assert poll.closed_at == poll.closes_at
    with app.test_request_context():
        assert inbox(ana) == ["Your poll “What first?” is closed. Tell everyone what happens next."]
        assert inbox(ben) == []
    actions.end_poll(SYSTEM, 999)
    with pytest.raises(NotAllowed):
        actions.end_poll(ana, poll.id)


def test_a_poll_that_was_held_beyond_its_time_ends_without_a_word(ask, ana):
    list_word(SYSTEM, "badger", "hold")
    poll = move(ask(question="A badger?"), days=7)
    actions.end_poll(SYSTEM, poll.id)
    assert poll.closed_at is not None
    assert db.session.query(Notification).count() == 0


def test_the_author_and_organizers_close_it_early_and_others_do_not(ask, ana, project):
    organizer = project.memberships[0].user
    for closer in (ana, organizer):
        poll = ask()
        for person in (make_user(), make_user("moderator"), GUEST):
            with pytest.raises(NotAllowed):
                actions.close_poll(person, poll.id)
        for _twice in range(2):
            actions.close_poll(closer, poll.id)
        assert told(GUEST, poll).is_closed
    told_of = db.session.query(Notification.user_id, Notification.reason).all()
    assert told_of == [(ana.id, "poll_closed")]


def test_only_who_speaks_there_and_has_not_voted_is_reminded(app, ask, thread, ana):
    poll = ask()
    decided, undecided, silent, gone = voters(4)
    for person in (decided, undecided):
        make_post(thread, person)
    make_post(thread, gone, state="withdrawn")
    make_post(thread, make_user(suspended_until=now() + timedelta(days=1)))
    vote(decided, poll, 0)
    actions.remind_of_poll(SYSTEM, poll.id)
    with app.test_request_context():
        assert inbox(undecided)[0].startswith("“What first?” closes on")
        assert [inbox(person) for person in (ana, decided, silent, gone)] == [[], [], [], []]
        actions.close_poll(ana, poll.id)
        assert inbox(undecided) == ["The poll “What first?” is closed."]


def test_no_reminder_of_what_is_closed_or_gone(ask, thread, ana):
    poll = ask()
    make_post(thread, make_user())
    actions.close_poll(ana, poll.id)
    actions.remind_of_poll(SYSTEM, poll.id)
    actions.remind_of_poll(SYSTEM, 999)
    assert db.session.query(Notification).filter_by(reason="poll_closing").count() == 0
    with pytest.raises(NotAllowed):
        actions.remind_of_poll(ana, poll.id)


def test_a_poll_of_hours_sends_no_reminder(ask):
    poll = ask(days=0.5)
    keys = [key for (key,) in db.session.query(jobs.Job.unique_key) if key]
    assert keys == [f"poll:{poll.id}:end"]


def test_the_clocks_of_a_poll_ring_by_themselves(app, ask, thread):
    poll, ben = ask(), make_user()
    make_post(thread, ben)
    with transaction():
        db.session.query(jobs.Job).update({"run_at": now()})
    move(poll, days=7)
    jobs.run_due(app)
    assert db.session.get_one(Poll, poll.id).closed_at is not None


def test_an_outcome_stands_at_the_poll_and_those_who_voted_are_told_once(app, ask, ana):
    poll, ben = ask(), make_user()
    vote(ben, poll, 0)
    with pytest.raises(Conflict):
        actions.write_outcome(ana, poll.id, "Benches in May.")
    actions.close_poll(ana, poll.id)
    with pytest.raises(NotAllowed):
        actions.write_outcome(ben, poll.id, "Mine.")
    for _twice in range(2):
        actions.write_outcome(ana, poll.id, "Benches in May.")
    assert told(GUEST, poll).outcome["words"] == "Benches in May."
    with app.test_request_context():
        assert inbox(ben) == ["What comes of “What first?”, in which you voted."]
        assert inbox(ana) == []


def test_an_outcome_that_will_not_do_is_refused(ask, ana):
    list_word(SYSTEM, "badger", "hold")
    poll = ask()
    actions.close_poll(ana, poll.id)
    for words, review_on, field in (
        (" ", None, "words"),
        ("x" * 501, None, "words"),
        ("A badger.", None, "words"),
        ("Benches.", now().date(), "review_on"),
        ("Benches.", now().date() + timedelta(days=800), "review_on"),
    ):
        with pytest.raises(Invalid) as refused:
            actions.write_outcome(ana, poll.id, words, review_on)
        assert list(refused.value.errors) == [field]


def test_a_review_comes_back_on_its_day(app, ask, ana, project):
    poll, day = ask(), now().date() + timedelta(days=30)
    organizer = project.memberships[0].user
    actions.close_poll(ana, poll.id)
    actions.write_outcome(organizer, poll.id, "Benches in May.", day)
    (job,) = db.session.query(jobs.Job).filter_by(unique_key=f"poll:{poll.id}:review")
    assert job.run_at.date() == day
    actions.review_poll(SYSTEM, poll.id, organizer.id)
    with transaction():
        job.run_at = now()
        db.session.get_one(Poll, poll.id).review_on = now().date()
    jobs.run_due(app)
    with app.test_request_context():
        for person in (ana, organizer):
            assert inbox(person)[0] == "You wanted to look again at what came of “What first?”."
    actions.write_outcome(ana, poll.id, "Benches, no day.")
    actions.review_poll(SYSTEM, poll.id, None)
    actions.review_poll(SYSTEM, 999, None)
    assert db.session.query(jobs.Job).filter_by(unique_key=f"poll:{poll.id}:review").count() == 0
    with pytest.raises(NotAllowed):
        actions.review_poll(ana, poll.id, None)


def test_who_is_erased_leaves_running_polls_and_the_numbers_of_closed_ones(ask, ana):
    running, closed, ben = ask(), ask(), make_user()
    for poll in (running, closed):
        vote(ben, poll, 0)
    actions.close_poll(ana, closed.id)
    with pytest.raises(NotAllowed):
        actions.forget_votes(ana, ben.id)
    actions.forget_votes(SYSTEM, ben.id)
    assert told(GUEST, running).voters == 0
    assert counts(GUEST, closed) == [1, 0, 0]
    assert [ballot.user_id for ballot in db.session.query(Ballot)] == [None]


def test_a_poll_of_a_closed_project_is_not_there(ana):
    member = make_user()
    project = make_project(member, visibility="members")
    thread = make_thread(project, member)
    post = actions.post_reply(member, thread.id, "Among us.", poll=asked())
    poll = queries.find_poll(post.id)
    for deed in (
        lambda: queries.get_poll(ana, poll.id),
        lambda: vote(ana, poll, 0),
        lambda: actions.close_poll(ana, poll.id),
    ):
        with pytest.raises(NotFound):
            deed()
    with pytest.raises(NotFound):
        queries.get_poll(member, 999)
    assert queries.visible_polls(ana, [poll.id]) == {}
