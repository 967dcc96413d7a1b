"""Threads that move, and comments between them: no address breaks, and no place has a hole."""

import pytest
from factories import make_agreement, make_post, make_project, make_thread, make_user
from sqlalchemy import select

from civicforum import jobs
from civicforum.accounts.models import Guest
from civicforum.agreement.actions import list_word
from civicforum.agreement.models import Hold
from civicforum.agreement.queries import get_rule
from civicforum.db import db, transaction
from civicforum.discussions import actions, queries, schemas
from civicforum.discussions.actions import moving
from civicforum.discussions.models import Post, Thread
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.live.changes import changes_since
from civicforum.notifications.actions import set_attention
from civicforum.notifications.models import Notification
from civicforum.notifications.queries import find_attention, level_of
from civicforum.voices.models import Voice


@pytest.fixture
def thread(ana, ben, project):
    """1 by Ana, 2 answers it, 3 answers 2, 4 stands alone."""
    thread = make_thread(project, ana)
    first = make_post(thread, ana, "First.")
    second = make_post(thread, ben, "Second.", reply_to_id=first.id)
    make_post(thread, ana, "Third.", reply_to_id=second.id)
    make_post(thread, ben, "Fourth.")
    return thread


def posts(thread) -> list[Post]:
    return queries.list_posts(Guest(), thread)


def places(thread) -> list[tuple[int | None, str, str]]:
    return [(post.seq, post.state, post.body) for post in posts(thread)]


def told_people(reason="moved") -> dict[int, int]:
    rows = db.session.scalars(select(Notification).where(Notification.reason == reason))
    return {row.user_id: row.object_id for row in rows}


# --- splitting ---


def test_comments_and_their_answers_go_and_leave_tombstones(ana, ben, organizer, thread):
    _first, second, third, _fourth = posts(thread)
    actions.react(ana, second.id, "support")
    actions.edit_post(ben, second.id, "Second, better.", 1)
    other = actions.split_thread(organizer, thread.id, [second.id], "Another matter", "It is apart.", True)
    assert (other.title, other.author, other.project_id) == ("Another matter", ben, thread.project_id)
    assert places(other) == [(1, "visible", "Second, better."), (2, "visible", "Third.")]
    assert places(thread) == [
        (1, "visible", "First."),
        (2, "moved", ""),
        (3, "moved", ""),
        (4, "visible", "Fourth."),
    ]
    assert [post.moved_to_id for post in posts(thread)] == [None, second.id, third.id, None]
    assert queries.count_reactions([second.id])[second.id]["support"] == 1
    assert len(queries.list_versions(Guest(), db.session.get_one(Post, second.id))) == 1
    voices = db.session.scalars(select(Voice).where(Voice.object_id.in_([second.id, third.id])))
    assert {voice.channel for voice in voices} == {other.channel}
    assert told_people() == {ben.id: second.id, ana.id: third.id}


def test_an_answer_says_that_what_it_answers_is_elsewhere(organizer, thread):
    first, second = posts(thread)[:2]
    actions.split_thread(organizer, thread.id, [first.id], "Another matter", "It is apart.")
    told = schemas.tell_posts(Guest(), [db.session.get_one(Post, second.id)])[0]
    assert (told.reply_to, told.reply_to_seq, told.reply_to_name) == (first.id, None, "Ana Ruiz")
    assert told.is_answer_to_moved


def test_comments_go_to_a_thread_that_is_there(organizer, project, thread):
    other = make_thread(project)
    make_post(other, body="Already here.")
    chosen = [posts(thread)[3].id, posts(thread)[0].id]
    actions.split_thread(organizer, thread.id, chosen, other.id, "It fits there.")
    assert [body for _seq, _state, body in places(other)] == ["Already here.", "First.", "Fourth."]
    assert [(row.kind, row.count, row.other_thread_id) for row in queries.list_changes(thread)] == [
        ("split", 2, other.id)
    ]
    assert queries.list_changes(other)[0].kind == "joined"


def test_what_moved_moves_on_and_the_first_tombstone_still_leads_to_it(organizer, thread):
    fourth = posts(thread)[3]
    other = actions.split_thread(organizer, thread.id, [fourth.id], "Second place", "Apart.")
    third = actions.split_thread(organizer, other.id, [fourth.id], "Third place", "Apart.")
    assert posts(thread)[3].moved_to_id == posts(other)[0].moved_to_id == fourth.id
    assert db.session.get_one(Post, fourth.id).thread_id == third.id


@pytest.mark.parametrize("which", ["none", "a tombstone", "another's"])
def test_only_comments_of_the_thread_are_taken_out(organizer, project, thread, which):
    fourth = posts(thread)[3]
    actions.split_thread(organizer, thread.id, [fourth.id], "Elsewhere", "Apart.")
    grave = posts(thread)[3]
    chosen = {"none": [], "a tombstone": [grave.id], "another's": [make_post(make_thread(project)).id]}
    with pytest.raises(Invalid):
        actions.split_thread(organizer, thread.id, chosen[which], "Another", "Apart.")


def test_the_other_thread_has_to_be_another_of_the_project(ana, organizer, project, thread):
    chosen = [posts(thread)[0].id]
    for other_id in (thread.id, 2**40, make_thread(make_project(organizer)).id):
        with pytest.raises(Invalid):
            actions.split_thread(organizer, thread.id, chosen, other_id, "Apart.")
    with pytest.raises(NotFound):
        actions.split_thread(organizer, thread.id, chosen, 987654, "Apart.")
    with pytest.raises(NotFound):
        actions.split_thread(
            organizer, thread.id, chosen, make_thread(project, status="pending").id, "Apart."
        )
    with pytest.raises(NotAllowed):
        actions.split_thread(ana, thread.id, chosen, "Another", "Apart.")


def test_more_than_one_transaction_should_hold_is_refused(organizer, project, thread, monkeypatch):
    monkeypatch.setattr(moving, "MOST_MOVED", 3)
    with pytest.raises(Conflict):
        actions.split_thread(organizer, thread.id, [post.id for post in posts(thread)], "All", "Apart.")
    with pytest.raises(Conflict):
        actions.merge_threads(organizer, thread.id, make_thread(project).id, "The same.")


def test_a_thread_takes_no_more_than_it_holds(organizer, project, thread):
    other = make_thread(project, max_posts=3)
    with pytest.raises(Conflict):
        actions.merge_threads(organizer, thread.id, other.id, "The same.")
    assert [state for _seq, state, _body in places(thread)] == ["visible"] * 4


def test_threads_that_lead_on_in_a_circle_are_followed_for_a_while_only(project):
    one, other = make_thread(project), make_thread(project)
    with transaction():
        one, other = (db.session.get_one(Thread, thread.id) for thread in (one, other))
        one.status = other.status = "merged"
        one.merged_into_id, other.merged_into_id = other.id, one.id
    assert queries.present_thread_id(one.id) in (one.id, other.id)
    with transaction():
        one.status = other.status = "closed"
        one.max_posts = other.max_posts = 0
        one.continued_in_id, other.continued_in_id = other.id, one.id
    assert queries.thread_to_say_it_in(one).id in (one.id, other.id)


# --- joining ---


def test_all_comments_go_along_in_whatever_state_they_are(ana, ben, organizer, project, thread):
    make_agreement()
    moderator = make_user("moderator")
    list_word(moderator, "badger", "hold")
    held = actions.post_reply(ana, thread.id, "A badger.")
    hidden = posts(thread)[3]
    actions.hide_post(moderator, hidden.id, get_rule(2))
    other = make_thread(project)
    make_post(other, body="Here.")
    actions.merge_threads(organizer, thread.id, other.id, "They are the same.")
    assert [state for _seq, state, _body in places(other)] == ["visible"] * 4 + ["hidden"]
    assert [state for _seq, state, _body in places(thread)] == ["moved"] * 4
    assert (thread.status, thread.merged_into_id) == ("merged", other.id)
    assert actions.approve_post(moderator, held.id).seq == 6
    assert hidden.id not in told_people().values()
    for deed in (
        lambda: actions.post_reply(ben, thread.id, "Late."),
        lambda: actions.close_thread(organizer, thread.id, "Done."),
        lambda: actions.merge_threads(organizer, thread.id, other.id, "Again."),
    ):
        with pytest.raises(Conflict):
            deed()
    with pytest.raises(Conflict):
        actions.merge_threads(organizer, other.id, thread.id, "Back.")


def test_a_thread_that_is_being_checked_is_not_joined(ana, project):
    moderator = make_user("moderator")
    pending = make_thread(project, ana, status="pending")
    with pytest.raises(Conflict):
        actions.merge_threads(moderator, pending.id, make_thread(project).id, "The same.")


# --- to another project ---


@pytest.fixture
def elsewhere(organizer):
    return make_project(organizer, title="Elsewhere")


def test_a_thread_moves_with_what_waits_in_it_and_with_the_tags_known_there(
    app, ana, organizer, project, elsewhere, thread
):
    make_agreement()
    list_word(make_user("moderator"), "badger", "hold")
    actions.set_tags(organizer, project.id, ["Lights", "Here"])
    actions.set_tags(organizer, elsewhere.id, ["Lights"])
    actions.shape_thread(organizer, thread.id, actions.Shape(kind="announcement", tags=["lights", "here"]))
    actions.pin_thread(organizer, thread.id, True)
    held = actions.post_reply(ana, thread.id, "A badger.")
    moved = actions.move_thread(organizer, thread.id, elsewhere.id, "It is theirs.")
    assert (moved.project_id, moved.kind, moved.pinned_at) == (elsewhere.id, "discussion", None)
    assert [(tag.name, tag.project_id) for tag in moved.tags] == [("Lights", elsewhere.id)]
    hold = db.session.scalars(select(Hold).where(Hold.object_id == held.id)).one()
    assert hold.project_id == elsewhere.id
    assert len(told_people()) == 2
    before = changes_since(thread.channel).revision
    jobs.run_due(app)
    assert {kind for kind, _id in changes_since(thread.channel, before).objects} == {"post"}


def test_a_thread_keeps_its_kind_when_everybody_may_start_such(organizer, elsewhere, thread):
    actions.shape_thread(organizer, thread.id, actions.Shape(kind="question"))
    assert actions.move_thread(organizer, thread.id, elsewhere.id, "Theirs.").kind == "question"


def test_a_thread_keeps_its_readers(organizer, project, thread):
    closed = make_project(organizer, visibility="members")
    over = make_project(organizer, status="completed")
    for other in (closed, over, project):
        with pytest.raises(Conflict):
            actions.move_thread(organizer, thread.id, other.id, "Theirs.")
    with pytest.raises(Conflict):
        actions.move_thread(organizer, make_thread(closed).id, project.id, "Ours.")


def test_who_moves_a_thread_works_in_both_projects(ana, organizer, thread):
    with pytest.raises(NotAllowed):
        actions.move_thread(organizer, thread.id, make_project().id, "Theirs.")
    with pytest.raises(NotFound):
        actions.move_thread(organizer, thread.id, make_project(visibility="members").id, "Theirs.")
    with pytest.raises(NotAllowed):
        actions.move_thread(ana, thread.id, make_project(ana).id, "Mine.")


def test_a_reason_is_needed_and_short(organizer, elsewhere, thread):
    for reason in (" ", "x" * 501):
        with pytest.raises(Invalid):
            actions.move_thread(organizer, thread.id, elsewhere.id, reason)


def test_what_is_elsewhere_names_nobody(organizer, elsewhere, thread):
    first, second = posts(thread)[:2]
    other = actions.split_thread(organizer, thread.id, [first.id], "Another matter", "It is apart.")
    actions.move_thread(organizer, other.id, elsewhere.id, "Theirs.")
    told = schemas.tell_posts(Guest(), [db.session.get_one(Post, second.id)])[0]
    assert (told.reply_to_name, told.is_answer_to_moved) == (None, False)


# --- what people had read and followed goes along ---


def new(person, thread) -> tuple[int, bool]:
    """(how much is new to them, whether they have a place there), read afresh."""
    found = queries.new_in(person, queries.get_thread(person, thread.id))
    return found.count, found.is_opened


def unread(person, thread) -> list[str]:
    found = queries.new_in(person, queries.get_thread(person, thread.id))
    return [post.body for post in posts(thread) if found.holds(post.seq) and post.is_visible]


def test_what_was_read_of_comments_stays_read_where_they_go(organizer, thread):
    all_of_it, some, stranger = make_user(), make_user(), make_user()
    actions.mark_seen(all_of_it, thread.id)
    actions.mark_seen(some, thread.id, [(1, 2)])
    chosen = [post.id for post in posts(thread)[1:]]
    other = actions.split_thread(organizer, thread.id, chosen, "Another matter", "It is apart.")
    assert [new(person, other) for person in (all_of_it, some, stranger)] == [
        (0, True),
        (2, True),
        (3, False),
    ]
    assert unread(some, other) == ["Third.", "Fourth."]
    assert [new(person, thread) for person in (all_of_it, some, stranger)] == [
        (0, True),
        (0, True),
        (1, False),
    ]


def test_a_merge_makes_nothing_new_and_leaves_nothing_unread(ana, ben, organizer, project, thread):
    other = make_thread(project)
    for body in ("Here.", "Also here."):
        make_post(other, organizer, body)
    here, there, both, in_parts = (make_user() for _n in range(4))
    for person, where in ((here, thread), (there, other), (both, thread), (both, other)):
        actions.mark_seen(person, where.id)
    actions.mark_seen(in_parts, thread.id, [(2, 2), (4, 4)])
    actions.mark_seen(in_parts, other.id, [(2, 2)])
    actions.withdraw_post(ben, posts(thread)[3].id)
    actions.merge_threads(organizer, thread.id, other.id, "They are the same.")
    assert unread(here, other) == ["Here.", "Also here."]
    assert unread(there, other) == ["First.", "Second.", "Third."]
    assert unread(both, other) == []
    assert unread(in_parts, other) == ["Here.", "First.", "Third."]
    assert [new(person, thread)[0] for person in (here, there, both, in_parts)] == [0, 0, 0, 0]


def test_what_is_read_goes_along_as_often_as_a_comment_moves(organizer, thread):
    reader = make_user()
    actions.mark_seen(reader, thread.id, [(1, 1), (4, 4)])
    ids = [post.id for post in posts(thread)]
    other = actions.split_thread(organizer, thread.id, ids[2:], "Another matter", "Apart.")
    late = make_user()
    actions.mark_seen(late, other.id, [(1, 1)])
    actions.mark_seen(late, thread.id, [(1, 1)])
    actions.split_thread(organizer, other.id, ids[3:], thread.id, "Back again.")
    assert unread(late, thread) == ["Second.", "Fourth."]
    assert unread(reader, thread) == ["Second."]
    assert unread(reader, other) == ["Third."]


def test_open_pages_of_who_had_read_are_told(app, organizer, thread):
    reader = make_user()
    actions.mark_seen(reader, thread.id)
    before = changes_since(f"reading:{reader.id}").revision
    other = actions.split_thread(organizer, thread.id, [posts(thread)[0].id], "Another matter", "Apart.")
    jobs.run_due(app)
    ((kind, reading),) = changes_since(f"reading:{reader.id}", before).objects
    assert (kind, reading) == ("reading", queries.reading_id(reader, other.id))


def test_a_merge_costs_the_same_however_many_read_and_follow(ana, organizer, project, count_queries):
    costs = []
    for readers in (2, 20):
        thread, other = make_thread(project), make_thread(project)
        make_post(thread, ana)
        make_post(other, organizer)
        for n in range(readers):
            reader = make_user()
            actions.mark_seen(reader, thread.id)
            actions.follow_thread(reader, thread.id, "subscribed")
            if n % 2:
                actions.mark_seen(reader, other.id)
        db.session.rollback()
        with count_queries() as n:
            actions.merge_threads(organizer, thread.id, other.id, "They are the same.")
        costs.append(n.total)
    assert costs[0] == costs[1]


@pytest.mark.parametrize(
    ("of_project", "here", "there", "after"),
    [
        (None, "subscribed", None, "subscribed"),
        (None, "subscribed", "normal", "normal"),
        (None, "subscribed", "ignore", "ignore"),
        (None, "ignore", None, "normal"),
        (None, "ignore", "subscribed", "subscribed"),
        ("ignore", "normal", None, "normal"),
        ("ignore", "ignore", None, "ignore"),
        ("subscribed", "normal", None, "subscribed"),
        ("subscribed", "ignore", "ignore", "ignore"),
        ("subscribed", None, "normal", "normal"),
    ],
)
def test_a_merge_keeps_the_closer_level_and_what_was_chosen(
    organizer, project, thread, of_project, here, there, after
):
    reader, other = make_user(), make_thread(project)
    for kind, object_id, level in (
        ("project", project.id, of_project),
        ("thread", thread.id, here),
        ("thread", other.id, there),
    ):
        set_attention(reader, kind, object_id, level)
    actions.merge_threads(organizer, thread.id, other.id, "They are the same.")
    assert level_of(reader, project.id, other.id) == after
    assert find_attention(reader, "thread", thread.id) is None
