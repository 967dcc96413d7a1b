"""What each measure does, whom it tells, when it ends, and how it is taken back."""

from datetime import timedelta
from mailbox import mails_to
from mailbox import words as read

import pytest
from factories import join, make_post, make_project, make_thread, make_user
from sqlalchemy import select

from civicforum.accounts.models import User
from civicforum.agreement.models import Limit
from civicforum.db import db, now, transaction
from civicforum.discussions import actions as discussions
from civicforum.discussions import tasks
from civicforum.discussions.actions import Shape
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.policies import can_read_words
from civicforum.discussions.queries import limits_of
from civicforum.errors import Conflict, Invalid, Limited, NotAllowed, NotFound, TooMany
from civicforum.jobs import Job
from civicforum.live.changes import changes_since
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import Flag, LogEntry, RecordReading
from civicforum.notifications.models import Notification


def act(place, action: str, target: str = "post", target_id: int | None = None, **facts):
    """The measure that was taken."""
    deed = Deed(action, 2, "Because of this hour.", **facts)
    case = actions.moderate(place.moderator, target, target_id or place.post.id, deed)
    return case.measures[-1]


def told(user) -> list[str]:
    return list(db.session.scalars(select(Notification.reason).where(Notification.user_id == user.id)))


def logged() -> list[str]:
    return list(db.session.scalars(select(LogEntry.action).order_by(LogEntry.number)))


def say(user, thread, words: str = "And another thing."):
    return discussions.post_reply(user, thread.id, words)


# --- people ---


@pytest.mark.parametrize(
    ("action", "words"), [("mute", "this thread"), ("silence", "this project"), ("suspend", "Your account")]
)
def test_who_is_limited_reads_until_when_and_by_which_rule(place, action, words):
    until = now() + timedelta(hours=72)
    measure = act(place, action, until=until)
    with pytest.raises(NotAllowed) as refused:
        say(place.author, place.thread)
    sentence = str(refused.value)
    assert words in sentence
    assert "rule 2, “Speak about what people do”" in sentence
    assert "how to contest it" in sentence
    assert (measure.until, told(place.author), logged()) == (until, [f"post_{action}"], [action])
    assert place.post.state == "visible"


def test_a_limit_binds_where_it_was_set_and_nowhere_else(place):
    beside, elsewhere = make_thread(place.project), make_thread(make_project())
    act(place, "mute")
    assert say(place.author, beside).is_visible
    act(place, "silence")
    for thread in (place.thread, beside):
        with pytest.raises(Limited):
            say(place.author, thread)
    with pytest.raises(Limited):
        discussions.start_thread(place.author, place.project.id, "Then here", "Words.")
    assert say(place.author, elsewhere).is_visible
    assert say(make_user(), place.thread).is_visible


def test_who_is_silenced_names_their_own_thread_no_other_way(place):
    own = discussions.start_thread(place.author, place.project.id, "Swings", "They squeak.")
    act(place, "silence")
    with pytest.raises(Limited):
        discussions.shape_thread(place.author, own.id, Shape(title="Slides"))


def test_who_is_muted_changes_nothing_and_may_take_back(place):
    act(place, "mute")
    with pytest.raises(Limited):
        discussions.edit_post(place.author, place.post.id, "Otherwise.", place.post.revision)
    assert discussions.withdraw_post(place.author, place.post.id).state == "withdrawn"


def test_own_pages_are_told_of_a_mute_and_nobody_elses(place):
    act(place, "mute")
    assert ("limits", place.author.id) in changes_since(f"reading:{place.author.id}", 0).objects
    assert not changes_since(place.thread.channel, 0).objects


def test_limits_end_by_themselves(place):
    for action in ("mute", "suspend", "slow", "lock"):
        act(place, action, until=now() + timedelta(minutes=5))
    with transaction():
        for limit in db.session.scalars(select(Limit)):
            limit.until = now() - timedelta(seconds=1)
        db.session.get_one(User, place.author.id).suspended_until = now() - timedelta(seconds=1)
    assert say(place.author, place.thread).is_visible


def test_a_pseudonyms_person_is_limited_and_not_named(place):
    project = make_project(allows_pseudonyms=True)
    thread = make_thread(project)
    name = discussions.take_pseudonym(place.author, project.id, "a secret of the town's own").name
    post = say(place.author, thread, "Animals.")
    case = actions.moderate(place.moderator, "post", post.id, Deed("silence", 2, "Because."))
    with pytest.raises(Limited):
        say(place.author, thread)
    assert case.target_author_id == place.author.id
    assert db.session.get_one(Post, post.id).author.name == name


def test_suspensions_add_up_to_the_longest(place):
    long = now() + timedelta(days=7)
    act(place, "suspend", until=long)
    other = make_post(make_thread(place.project), place.author)
    measure = act(place, "suspend", target_id=other.id, until=now() + timedelta(hours=24))
    assert place.author.suspended_until == measure.until
    actions.lift_measure(place.moderator, measure.id, "Enough.")
    assert place.author.suspended_until is None
    assert told(place.author)[-1] == "post_lift"


def test_site_measures_are_for_moderators_of_the_site(place):
    of_project = make_user()
    join(place.project, of_project, "moderator")
    for action in ("suspend", "remove"):
        with pytest.raises(NotAllowed, match="whole site"):
            actions.moderate(of_project, "post", place.post.id, Deed(action, 2, "Because."))
    with pytest.raises(NotAllowed):
        actions.moderate(of_project, "person", place.author.id)
    actions.moderate(of_project, "post", place.post.id, Deed("silence", 2, "Because."))


def test_nobody_suspends_an_administrator(place):
    post = make_post(place.thread, make_user("administrator"))
    with pytest.raises(NotAllowed, match="administrator"):
        act(place, "suspend", target_id=post.id)


def test_who_has_no_account_any_more_is_not_limited(place):
    with transaction():
        db.session.get_one(Post, place.post.id).author_id = None
    with pytest.raises(Conflict, match="no account"):
        act(place, "mute")


def test_a_person_is_warned_and_suspended_apart_from_their_words(place):
    warned = act(place, "warn", "person", place.author.id)
    suspended = act(place, "suspend", "person", place.author.id)
    assert (warned.case.state, suspended.case.state) == ("closed", "closed")
    assert told(place.author) == ["post_warn", "post_suspend"]
    assert [(line.target, line.place) for line in db.session.scalars(select(LogEntry))] == [
        ("person", "site"),
        ("person", "site"),
    ]
    listed = queries.list_cases(place.moderator, None, 10).items
    assert {case.id for case in listed} == {warned.case_id, suspended.case_id}
    with pytest.raises(Invalid):
        act(place, "mute", "person", place.author.id)


# --- threads ---


def test_a_slow_thread_binds_organizers_and_edits_too(place):
    organizer = make_user("organizer")
    act(place, "slow", minutes=15)
    first = say(organizer, place.thread)
    with pytest.raises(TooMany) as refused:
        say(organizer, place.thread)
    assert "every 15 minutes" in str(refused.value)
    assert 850 < refused.value.retry_after <= 901
    with pytest.raises(TooMany):
        discussions.edit_post(organizer, first.id, "Otherwise.", first.revision)
    with transaction():
        db.session.get_one(Post, first.id).created_at = now() - timedelta(minutes=16)
    edited = discussions.edit_post(organizer, first.id, "Otherwise.", first.revision)
    with pytest.raises(TooMany):
        say(organizer, place.thread)
    assert edited.body == "Otherwise."
    assert say(make_user(), place.thread).is_visible


def test_a_locked_thread_takes_nothing_from_anybody(place):
    act(place, "lock", "thread", place.thread.id)
    with pytest.raises(Conflict, match="locked until"):
        say(make_user("organizer"), place.thread)
    assert ("thread", place.thread.id) in changes_since(place.thread.channel, 0).objects
    line = db.session.scalars(select(LogEntry)).one()
    assert (line.action, line.target) == ("lock", place.thread.channel)


def test_a_closed_thread_needs_no_calming(place):
    with transaction():
        db.session.get_one(Thread, place.thread.id).status = "closed"
    with pytest.raises(Conflict, match="nothing to calm"):
        act(place, "slow", "thread", place.thread.id)


def test_another_pace_replaces_the_first(place):
    act(place, "slow", "thread", place.thread.id, minutes=60)
    act(place, "slow", "thread", place.thread.id, minutes=1)
    assert [limit.minutes for limit in limits_of([place.thread])[place.thread.id]] == [1]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"action": "slow", "minutes": 7}, "minutes"),
        ({"action": "slow", "until": now() - timedelta(hours=1)}, "until"),
        ({"action": "mute", "until": now() + timedelta(days=32)}, "until"),
        ({"action": "redact"}, "passages"),
        ({"action": "redact", "passages": ("x",)}, "passages"),
        ({"action": "redact", "passages": ("animals",) * 21}, "passages"),
        ({"action": "redact", "passages": ("lions",)}, "passages"),
    ],
)
def test_what_a_measure_lacks_is_named(place, facts, field):
    with pytest.raises(Invalid) as refused:
        act(place, **facts)
    assert list(refused.value.errors) == [field]


# --- words ---


def test_who_is_asked_for_other_words_mends_in_sight(place):
    with transaction():
        db.session.get_one(Post, place.post.id).published_at = now() - timedelta(days=3)
    case = act(place, "request_edit").case
    assert (place.post.state, told(place.author)) == ("visible", ["post_request_edit"])
    assert queries.can_mend(place.post, case)
    actions.mend_post(place.author, place.post.id, "They did harm.")
    assert (place.post.state, place.post.body, case.state) == ("visible", "They did harm.", "second_look")
    assert not queries.can_mend(place.post, case)
    assert [item.post.id for item in queries.list_queue(place.moderator)] == [place.post.id]


def test_only_what_is_shown_is_asked_to_be_changed(place):
    post, _hold = place.hold()
    with pytest.raises(Conflict, match="nothing to ask"):
        act(place, "request_edit", target_id=post.id)


def test_only_the_author_changes_a_comment_in_sight(place):
    act(place, "request_edit")
    with pytest.raises(NotAllowed):
        discussions.amend_post(place.flagger, place.post.id, "Mine.")
    discussions.withdraw_post(place.author, place.post.id)
    with pytest.raises(Conflict):
        discussions.amend_post(place.author, place.post.id, "Mine.")


def test_removed_words_are_read_by_few_with_a_reason_that_is_kept(place):
    act(place, "remove")
    post = db.session.get_one(Post, place.post.id)
    assert post.state == "removed"
    assert [can_read_words(who, post) for who in (place.moderator, place.flagger, place.author)] == [
        False,
        False,
        True,
    ]
    with pytest.raises(Invalid):
        actions.read_record(place.moderator, post.id, " ")
    assert "animals" in actions.read_record(place.moderator, post.id, "The police asked.").body
    reading = db.session.scalars(select(RecordReading)).one()
    assert (reading.reader_id, reading.reason) == (place.moderator.id, "The police asked.")
    assert logged() == ["remove", "read_removed"]
    with pytest.raises(NotFound):
        actions.read_record(make_user("administrator"), post.id, "I am curious.")


def test_the_record_is_of_what_was_removed_alone(place):
    with pytest.raises(NotFound):
        actions.read_record(place.moderator, place.post.id, "The police asked.")
    discussions.remove_post(place.moderator, place.post.id, queries.list_rules()[1])
    assert actions.read_record(place.moderator, place.post.id, "The police asked.")


def test_what_was_removed_comes_back_by_the_site_alone(place):
    act(place, "remove")
    of_project = make_user()
    join(place.project, of_project, "moderator")
    with pytest.raises(NotAllowed, match="whole site"):
        actions.moderate(of_project, "post", place.post.id, Deed("restore", None, "Fine."))
    actions.moderate(place.moderator, "post", place.post.id, Deed("restore", None, "Fine."))
    assert place.post.state == "visible"


def test_those_who_flagged_are_told_what_was_done(place):
    actions.flag_post(place.flagger, place.post.id, 2, "Look.")
    act(place, "warn")
    assert told(place.flagger) == ["flag_acted"]
    assert db.session.scalars(select(Flag.state)).all() == ["agreed"]


# --- taking back ---


@pytest.mark.parametrize("action", ["hide", "remove", "warn", "request_edit", "redact"])
def test_overturning_shows_the_words_again_and_unsettles_the_flags(place, action):
    actions.flag_post(place.flagger, place.post.id, 2, "Look.")
    measure = act(place, action, passages=("animals",))
    with transaction():
        actions.undo_measure(make_user(), measure, "It was fair.")
    assert (place.post.state, measure.case.state) == ("visible", "closed")
    assert measure.overturned_at is not None
    assert db.session.scalars(select(Flag.state)).all() == ["disagreed"]
    assert logged() == [action, "overturned"]
    with transaction():
        actions.undo_measure(make_user(), measure, "It was fair.")
    assert logged() == [action, "overturned"]


@pytest.mark.parametrize("action", ["mute", "silence", "suspend", "slow", "lock"])
def test_overturning_ends_a_limit(place, action):
    measure = act(place, action, target_id=place.post.id)
    with transaction():
        actions.undo_measure(make_user(), measure, "It was fair.")
    assert say(db.session.get_one(User, place.author.id), place.thread).is_visible
    with transaction():
        measure.overturned_at = None
        actions.undo_measure(make_user(), measure, "Once more.")


def test_overturning_a_lock_opens_the_thread_for_watchers(place):
    measure = act(place, "lock", "thread", place.thread.id)
    before = changes_since(place.thread.channel, 0).revision
    with transaction():
        actions.undo_measure(make_user(), measure, "It was fair.")
    assert ("thread", place.thread.id) in changes_since(place.thread.channel, before).objects
    assert db.session.scalars(select(LogEntry.target)).all() == [place.thread.channel] * 2


def test_overturning_a_warning_of_a_person_touches_nothing_else(place):
    measure = act(place, "warn", "person", place.author.id)
    with transaction():
        actions.undo_measure(make_user(), measure, "It was fair.")
    assert logged() == ["warn", "overturned"]


def test_what_a_later_measure_hid_stays_hidden(place):
    first = act(place, "hide")
    actions.decide_case(place.moderator, first.case_id, Deed("restore", None, "Fine."), first.case.version)
    act(place, "hide")
    with transaction():
        actions.undo_measure(make_user(), first, "It was fair.")
    assert place.post.state == "hidden"


def test_what_its_author_took_back_does_not_return(place):
    measure = act(place, "warn")
    discussions.withdraw_post(place.author, place.post.id)
    with transaction():
        measure.action = "hide"
        actions.undo_measure(make_user(), measure, "It was fair.")
    assert place.post.state == "withdrawn"


def test_a_declined_comment_gets_its_place_when_that_is_overturned(place):
    post, hold = place.hold()
    actions.decide_hold(place.moderator, hold.id, Deed("decline", 2, "No."))
    measure = queries.find_case_about("post", post.id).measures[-1]
    with transaction():
        actions.undo_measure(make_user(), measure, "It was fair.")
    post = db.session.get_one(Post, post.id)
    assert (post.state, post.seq) == ("visible", 2)


def test_a_limit_is_ended_early_with_a_reason_by_who_has_no_part_in_it(place):
    measure = act(place, "mute")
    for person, refusal in (
        (make_user(), NotFound),
        (place.author, NotFound),
        (place.moderator, Invalid),
    ):
        with pytest.raises(refusal):
            actions.lift_measure(person, measure.id, " ")
    actions.lift_measure(place.moderator, measure.id, "You may go on.")
    assert say(place.author, place.thread).is_visible
    assert logged() == ["mute", "lift"]
    with pytest.raises(Conflict, match="over already"):
        actions.lift_measure(place.moderator, measure.id, "Again.")


def test_a_thread_is_opened_early(place):
    measure = act(place, "lock", "thread", place.thread.id)
    actions.lift_measure(place.moderator, measure.id, "It is calm.")
    assert say(place.author, place.thread).is_visible
    assert told(place.author) == []
    with pytest.raises(NotFound):
        actions.lift_measure(place.moderator, act(place, "warn").id, "No limit in it.")


# --- what is told ---


def test_watchers_are_told_when_the_time_of_a_limit_is_over(place):
    act(place, "lock", "thread", place.thread.id)
    assert "discussions.end_limits" in db.session.scalars(select(Job.task)).all()
    before = changes_since(place.thread.channel, 0).revision
    tasks.end_limits(place.thread.id)
    tasks.end_limits(987654)
    assert ("thread", place.thread.id) in changes_since(place.thread.channel, before).objects


def test_whom_it_is_about_reads_it_in_the_inbox(place, sign_in):
    act(place, "mute")
    act(place, "warn", "person", place.author.id)
    page = sign_in(place.author).get("/inbox").text
    assert "You cannot write in “The playground” for a time." in page
    assert "A moderator warned you. Read why." in page


@pytest.mark.parametrize(
    ("action", "target", "words"),
    [
        ("mute", "post", "You cannot write in this discussion for a while."),
        ("silence", "post", "You cannot write in this project for a while."),
        ("suspend", "person", "Your account cannot write for a while."),
        ("warn", "person", "You were warned. Nothing else changes."),
        ("remove", "post", "was taken down. It is kept for the record"),
        ("redact", "post", "Personal details were blacked out"),
        ("request_edit", "post", "It is still shown."),
    ],
)
def test_whom_it_is_about_is_mailed_what_was_done_and_why(place, app, action, target, words):
    about = place.author.id if target == "person" else place.post.id
    act(place, action, target, about, passages=("animals",))
    (mail,) = mails_to(app, place.author.email)
    told = " ".join(read(mail).split())
    assert [part for part in (words, "Because of this hour.", "2. Speak about") if part not in told] == []


def test_only_what_is_there_is_moderated(place):
    with pytest.raises(Invalid):
        actions.moderate(place.moderator, "question", 1)
    case = actions.moderate(place.moderator, "post", place.post.id)
    with pytest.raises(NotFound):
        actions.decide_case(make_user("organizer"), case.id, Deed("hide", 2, "Because."), 1)
    with pytest.raises(NotFound):
        actions.decide_case(place.moderator, 987654, Deed("hide", 2, "Because."), 1)
