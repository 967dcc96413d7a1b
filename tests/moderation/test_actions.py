"""Hiding, restoring, mending, flagging, holding: what happens, who is told, what stands in the log."""

import pytest
from factories import join, make_agreement, make_post, make_project, make_thread, make_user
from sqlalchemy import select, text

from civicforum.accounts.models import SYSTEM, Guest, User
from civicforum.agreement.actions import hold_for_review, install_shipped, list_word
from civicforum.agreement.queries import find_hold
from civicforum.db import db, transaction
from civicforum.discussions.actions import edit_post
from civicforum.discussions.models import Post, Thread
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.jobs import Job
from civicforum.live.changes import changes_since
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import Case, Flag, LogEntry
from civicforum.notifications.models import Notification

HIDE = Deed("hide", 2, "It is about what people are.")


@pytest.fixture
def scene(app):
    make_agreement()
    project = make_project()
    thread = make_thread(project)
    author = make_user()
    moderator = make_user("moderator")
    post = make_post(thread, author, "These people are animals.")
    return project, thread, author, moderator, post


def reasons_told(user):
    return list(db.session.scalars(select(Notification.reason).where(Notification.user_id == user.id)))


def test_hiding_tells_the_author_the_watchers_and_the_log(scene):
    _project, thread, author, moderator, post = scene
    case = actions.moderate(moderator, "post", post.id, HIDE)
    assert (post.state, post.rule_number, case.state) == ("hidden", 2, "decided")
    assert reasons_told(author) == ["post_hide"]
    assert ("post", post.id) in changes_since(thread.channel, 0).objects
    assert db.session.scalars(select(Job.task)).all() == ["moderation.tell_author"]
    line = db.session.scalars(select(LogEntry)).one()
    assert (line.action, line.rule, line.place) == (
        "hide",
        "2 Speak about what people do",
        f"thread:{thread.id}",
    )


def test_the_log_has_no_name_and_no_words(scene):
    *_rest, author, moderator, post = scene
    actions.moderate(moderator, "post", post.id, HIDE)
    line = db.session.execute(text("SELECT * FROM log_entry")).mappings().one()
    told = " ".join(str(value) for value in line.values())
    assert not any(word in told for word in ("animals", author.name, author.handle, moderator.name))


@pytest.mark.parametrize(
    ("deed", "field"),
    [
        (Deed("hide", None, "Because."), "rule"),
        (Deed("hide", 9, "Because."), "rule"),
        (Deed("hide", 2, "  "), "reason"),
        (Deed("hide", 2, "x" * 2001), "reason"),
        (Deed("burn", 2, "Because."), "action"),
    ],
)
def test_a_measure_without_rule_and_reason_is_refused(scene, deed, field):
    *_rest, moderator, post = scene
    with pytest.raises(Invalid) as refused:
        actions.moderate(moderator, "post", post.id, deed)
    assert list(refused.value.errors) == [field]
    assert (post.state, db.session.scalars(select(Case)).all()) == ("visible", [])


def test_two_moderators_never_both_act(scene):
    *_rest, moderator, post = scene
    other = make_user("moderator")
    case = actions.moderate(moderator, "post", post.id)
    actions.decide_case(other, case.id, HIDE, 1)
    with pytest.raises(Conflict):
        actions.decide_case(moderator, case.id, Deed("leave", None, "Fine."), 1)
    assert (post.state, case.version) == ("hidden", 2)


def test_a_closed_case_is_over(scene):
    *_rest, author, moderator, post = scene
    case = actions.moderate(moderator, "post", post.id, Deed("leave", None, "Sharp, but fair."))
    edit_post(author, post.id, "They really are.", post.revision)
    actions.flag_post(make_user(), post.id, 2, "And now?")
    with pytest.raises(Conflict):
        actions.decide_case(moderator, case.id, HIDE, case.version)
    assert (post.state, case.state, case.version) == ("visible", "closed", 2)
    assert [c.closed_at is None for c in db.session.scalars(select(Case).order_by(Case.id))] == [False, True]


@pytest.mark.parametrize("who", ["author", "resident", "guest", "organizer", "moderator_elsewhere"])
def test_only_moderators_of_the_place_act(scene, who):
    project, _thread, author, _moderator, post = scene
    elsewhere = make_user()
    join(make_project(), elsewhere, "moderator")
    organizer = make_user()
    join(project, organizer, "organizer")
    actor = {
        "author": author,
        "resident": make_user(),
        "guest": Guest(),
        "organizer": organizer,
        "moderator_elsewhere": elsewhere,
    }[who]
    with pytest.raises((NotAllowed, NotFound)):
        actions.moderate(actor, "post", post.id, HIDE)
    assert post.state == "visible"


def test_a_moderator_does_not_judge_own_words(scene):
    _project, thread, _author, moderator, _post = scene
    own = make_post(thread, moderator)
    with pytest.raises(NotAllowed):
        actions.moderate(moderator, "post", own.id, HIDE)


def test_a_site_moderator_finds_nothing_in_a_closed_project(scene):
    *_rest, moderator, _post = scene
    closed = make_post(make_thread(make_project(visibility="members")))
    with pytest.raises(NotFound):
        actions.moderate(moderator, "post", closed.id, HIDE)


def test_a_closed_projects_line_tells_no_place(scene):
    project = make_project(visibility="members")
    moderator = make_user()
    join(project, moderator, "moderator")
    post = make_post(make_thread(project), make_user())
    actions.moderate(moderator, "post", post.id, HIDE)
    line = db.session.scalars(select(LogEntry)).one()
    assert (line.target, line.place, line.actor_role) == ("post", "members-only project", "project moderator")


def test_the_author_mends_once_and_a_moderator_restores(scene):
    _project, _thread, author, moderator, post = scene
    case = actions.moderate(moderator, "post", post.id, HIDE)
    actions.mend_post(author, post.id, "These people are loud at night.")
    assert (post.state, case.state) == ("hidden", "second_look")
    with pytest.raises(Conflict):
        actions.mend_post(author, post.id, "Again.")
    actions.decide_case(moderator, case.id, Deed("restore", None, "Thank you."), case.version)
    assert (post.state, post.body, case.state) == ("visible", "These people are loud at night.", "closed")
    assert reasons_told(author) == ["post_hide", "post_restore"]


def test_nobody_mends_for_another(scene):
    *_rest, moderator, post = scene
    actions.moderate(moderator, "post", post.id, HIDE)
    with pytest.raises((NotAllowed, NotFound)):
        actions.mend_post(make_user(), post.id, "Kinder.")


def test_flags_of_several_people_are_one_case(scene):
    *_rest, post = scene
    first, second = make_user(), make_user()
    actions.flag_post(first, post.id, 2, "")
    actions.flag_post(second, post.id, 1, "Look.")
    actions.flag_post(second, post.id, 2, "Look again.")
    case = db.session.scalars(select(Case)).one()
    assert [(f.case_id, f.rule.number) for f in db.session.scalars(select(Flag))] == [
        (case.id, 2),
        (case.id, 2),
    ]


def test_those_who_flagged_learn_the_result(scene):
    *_rest, moderator, post = scene
    flagger = make_user()
    actions.flag_post(flagger, post.id, 2, "")
    case = queries.find_case_about("post", post.id)
    actions.decide_case(moderator, case.id, Deed("leave", None, "Sharp, but fair."), case.version)
    assert reasons_told(flagger) == ["flag_leave"]
    assert (post.state, case.state) == ("visible", "closed")


def test_a_flag_taken_back_closes_the_case(scene):
    *_rest, post = scene
    flagger = make_user()
    actions.flag_post(flagger, post.id, 2, "")
    actions.withdraw_flag(flagger, post.id)
    assert queries.find_case_about("post", post.id).state == "closed"


def test_nobody_flags_own_words(scene):
    _project, _thread, author, _moderator, post = scene
    with pytest.raises(NotAllowed):
        actions.flag_post(author, post.id, 2, "")


def held(thread, author):
    post = make_post(thread, author, "Waiting.", state="pending")
    with transaction():
        row = db.session.get_one(Post, post.id)
        row.seq, row.published_at = None, None
        thread.last_seq -= 1
        hold = hold_for_review(author, "post", post.id, thread.project_id, "list")
    return post, hold


def test_an_approved_comment_gets_its_place(scene):
    _project, thread, author, moderator, _post = scene
    post, hold = held(thread, author)
    actions.decide_hold(moderator, hold.id, Deed("approve", None, ""))
    assert (post.state, post.seq) == ("visible", 2)
    with pytest.raises(Conflict):
        actions.decide_hold(moderator, hold.id, Deed("approve", None, ""))


def test_a_declined_comment_names_the_rule(scene):
    _project, thread, author, moderator, _post = scene
    post, hold = held(thread, author)
    with pytest.raises(Invalid):
        actions.decide_hold(moderator, hold.id, Deed("decline", None, "No."))
    actions.decide_hold(moderator, hold.id, Deed("decline", 2, "No."))
    assert (post.state, post.seq) == ("declined", None)
    assert reasons_told(author) == ["post_decline"]


def test_a_flag_is_answered_when_a_held_edit_is_declined(scene):
    _project, _thread, author, moderator, post = scene
    flagger = make_user()
    actions.flag_post(flagger, post.id, 2, "")
    list_word(moderator, "holdme", "hold")
    edit_post(author, post.id, "Holdme.", post.revision)
    hold = find_hold("post", post.id)
    actions.decide_hold(moderator, hold.id, Deed("decline", 2, "No."))
    assert db.session.scalars(select(Flag.state)).all() == ["agreed"]
    assert reasons_told(flagger) == ["flag_hide"]
    assert (post.state, queries.find_case_about("post", post.id).state) == ("hidden", "closed")


def test_the_queue_holds_what_waits_oldest_first(scene):
    _project, thread, author, moderator, post = scene
    actions.flag_post(make_user(), post.id, 2, "")
    waiting, _hold = held(thread, author)
    assert [(item.post.id, item.why) for item in queries.list_queue(moderator)] == [
        (post.id, "flag"),
        (waiting.id, "list"),
    ]
    assert queries.count_queue(moderator) == 2
    with pytest.raises(NotFound):
        queries.list_queue(author)


def test_the_queue_costs_the_same_with_many(scene, count_queries):
    _project, thread, _author, moderator, _post = scene
    actions.flag_post(make_user(), make_post(thread, make_user()).id, 2, "")
    moderator_id, thread_id = moderator.id, thread.id
    few = cost_of_queue(moderator_id, count_queries)
    thread = db.session.get_one(Thread, thread_id)
    for _ in range(10):
        actions.flag_post(make_user(), make_post(thread, make_user()).id, 2, "")
    assert cost_of_queue(moderator_id, count_queries) == few


def cost_of_queue(moderator_id, count_queries):
    db.session.expunge_all()
    moderator = db.session.get_one(User, moderator_id)
    with count_queries() as count:
        queries.list_queue(moderator)
    return count.total


def test_tampering_with_the_log_is_found(scene):
    _project, thread, author, moderator, _post = scene
    for _ in range(4):
        actions.moderate(moderator, "post", make_post(thread, author).id, HIDE)
    assert queries.verify_log() == (4, None)
    for broken, deed in [
        (2, "UPDATE log_entry SET rule = '1 Say what you saw' WHERE number = 2"),
        (3, "DELETE FROM log_entry WHERE number = 3"),
        (4, "DELETE FROM log_entry WHERE number = 4"),
    ]:
        with transaction():
            nested = db.session.begin_nested()
            db.session.execute(text(deed))
            assert queries.verify_log()[1] == broken
            nested.rollback()
    assert queries.verify_log() == (4, None)


def test_the_shipped_rules_can_be_cited(app):
    install_shipped(SYSTEM)
    assert [rule.number for rule in queries.list_rules()] == [1, 2, 3, 4, 5, 6]


def test_a_case_or_a_hold_that_there_is_not_is_not_found(scene):
    *_rest, moderator, _post = scene
    with pytest.raises(NotFound):
        actions.decide_case(moderator, 999, HIDE, 1)
    with pytest.raises(NotFound):
        actions.decide_hold(moderator, 999, Deed("approve", None, ""))


def test_what_the_house_hides_stands_in_the_log_as_automatic(scene):
    *_rest, author, _moderator, post = scene
    actions.moderate(SYSTEM, "post", post.id, HIDE)
    assert (post.state, reasons_told(author)) == ("hidden", ["post_hide"])
    assert db.session.scalars(select(LogEntry.actor_role)).all() == ["automatic"]


def test_what_was_mended_and_is_hidden_again_is_not_mended_a_second_time(scene):
    *_rest, author, moderator, post = scene
    case = actions.moderate(moderator, "post", post.id, HIDE)
    actions.mend_post(author, post.id, "These people disagree with me.")
    actions.decide_case(moderator, case.id, Deed("restore", None, "Thank you."), case.version)
    again = actions.moderate(moderator, "post", post.id, HIDE)
    with pytest.raises(Conflict):
        actions.mend_post(author, post.id, "Third words.")
    assert (again.id != case.id, again.mended_at) == (True, None)
    assert (post.state, post.body) == ("hidden", "These people disagree with me.")


def test_a_flag_after_a_case_was_closed_opens_another(scene):
    *_rest, author, moderator, post = scene
    first = actions.moderate(moderator, "post", post.id, Deed("leave", 2, "It is an opinion."))
    edit_post(author, post.id, "It is my opinion.", post.revision)
    flag = actions.flag_post(make_user(), post.id, 2, "Look again.")
    second = db.session.get_one(Case, flag.case_id)
    assert (first.state, second.state, second.source, second.id != first.id) == (
        "closed",
        "open",
        "flag",
        True,
    )


def test_a_flag_is_ones_own_alone(scene):
    *_rest, post = scene
    neighbour = make_user()
    flag = actions.flag_post(neighbour, post.id, 2, "")
    assert queries.get_own_flag(neighbour, post.id) == flag
    for other in (make_user(), make_user("moderator"), Guest()):
        with pytest.raises(NotFound):
            queries.get_own_flag(other, post.id)


def test_the_house_sees_every_queue(scene):
    *_rest, post = scene
    closed = make_project(visibility="members")
    hidden_away = make_post(make_thread(closed), make_user(), "A secret.")
    member = make_user()
    join(closed, member)
    for person, target in ((make_user(), post), (member, hidden_away)):
        actions.flag_post(person, target.id, 2, "")
    assert [entry.post.id for entry in queries.list_queue(SYSTEM)] == [post.id, hidden_away.id]


def test_a_case_stays_open_while_somebody_else_asks_for_it(scene):
    *_rest, post = scene
    one, other = make_user(), make_user()
    case = db.session.get_one(Case, actions.flag_post(one, post.id, 2, "").case_id)
    actions.flag_post(other, post.id, 2, "")
    actions.withdraw_flag(one, post.id)
    assert case.state == "open"
    for _twice in range(2):
        actions.withdraw_flag(other, post.id)
    assert case.state == "closed"


def test_a_case_in_which_nothing_was_done_has_no_reasons_to_read(scene):
    *_rest, moderator, post = scene
    actions.flag_post(make_user(), post.id, 2, "")
    with pytest.raises(NotFound):
        queries.get_reasons(moderator, post.id)
