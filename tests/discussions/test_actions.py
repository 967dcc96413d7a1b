"""What happens in threads: places without holes, holds, edits, tombstones, and who is told."""

import threading
from datetime import timedelta

import pytest
from factories import make_agreement, make_post, make_project, make_thread, make_user
from sqlalchemy import select

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Guest
from civicforum.agreement.actions import list_word
from civicforum.agreement.models import Hold, Standing
from civicforum.agreement.queries import get_rule
from civicforum.db import db, now, transaction
from civicforum.discussions import actions, queries
from civicforum.discussions.models import Post, Reaction, Thread
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.live.changes import changes_since
from civicforum.notifications.models import Notification
from civicforum.voices.queries import voices_of


@pytest.fixture
def moderator(app):
    make_agreement()
    return make_user("moderator")


@pytest.fixture
def thread(ana):
    return actions.start_thread(ana, make_project().id, "The bus stop", "The first words.")


def told(channel: str, after: int = 0) -> set[tuple[str, int]]:
    return set(changes_since(channel, after).objects)


def notifications() -> list[tuple[int, str, str, int]]:
    rows = db.session.scalars(select(Notification).order_by(Notification.id))
    return [(row.user_id, row.reason, row.kind, row.object_id) for row in rows]


# --- speaking ---


def test_a_thread_begins_with_its_first_post(ana, thread):
    post = queries.list_posts(Guest(), thread)[0]
    assert (thread.title, thread.slug, thread.status, thread.last_seq) == (
        "The bus stop",
        "the-bus-stop",
        "open",
        1,
    )
    assert (post.seq, post.body, post.state, post.author) == (1, "The first words.", "visible", ana)
    assert post.html == "<p>The first words.</p>\n"
    assert voices_of("post", [post.id])[post.id].channel == thread.channel
    assert told(thread.channel) == {("post", post.id), ("thread", thread.id)}


def test_replies_get_the_next_place_and_are_told(ben, thread):
    before = changes_since(thread.channel).revision
    posts = [actions.post_reply(ben, thread.id, f"Reply {n}.") for n in range(3)]
    assert [post.seq for post in posts] == [2, 3, 4]
    assert (thread.last_seq, thread.last_post_at) == (4, posts[-1].published_at)
    assert told(thread.channel, before) == {*(("post", p.id) for p in posts), ("thread", thread.id)}


@pytest.mark.parametrize("body", ["", "   \n\t", "\u0000", "x" * 32_001])
def test_blank_and_endless_words_are_refused_with_a_sentence(ben, thread, body):
    with pytest.raises(Invalid) as refused:
        actions.post_reply(ben, thread.id, body)
    assert list(refused.value.errors) == ["body"]
    assert thread.last_seq == 1


@pytest.mark.parametrize("title", ["", "  ", "x" * 256])
def test_a_thread_needs_a_title_that_fits(ana, title):
    with pytest.raises(Invalid) as refused:
        actions.start_thread(ana, make_project().id, title, "Words.")
    assert list(refused.value.errors) == ["title"]


def test_who_may_not_speak_is_refused(thread):
    for nobody in (
        Guest(),
        make_user(email_confirmed_at=None),
        make_user(suspended_until=now() + timedelta(1)),
    ):
        with pytest.raises(NotAllowed):
            actions.post_reply(nobody, thread.id, "Words.")
    assert thread.last_seq == 1


def test_a_thread_one_may_not_see_is_not_there(ben, ana):
    hidden = make_thread(make_project(visibility="members"))
    with pytest.raises(NotFound):
        actions.post_reply(ben, hidden.id, "Words.")
    with pytest.raises(NotFound):
        actions.post_reply(ben, 987654, "Words.")
    with pytest.raises(NotFound):
        actions.start_thread(ben, hidden.project_id, "Title", "Words.")


def test_a_closed_thread_takes_no_replies_and_can_be_opened_again(ben, moderator, thread):
    actions.close_thread(moderator, thread.id, "It is settled.")
    with pytest.raises(Conflict):
        actions.post_reply(ben, thread.id, "Words.")
    actions.open_thread(moderator, thread.id)
    assert actions.post_reply(ben, thread.id, "Words.").seq == 2
    with pytest.raises(NotAllowed):
        actions.close_thread(ben, thread.id, "It is settled.")


def test_an_answer_names_a_post_of_the_same_thread(ben, ana, thread):
    first = queries.list_posts(ana, thread)[0]
    assert actions.post_reply(ben, thread.id, "Yes.", first.id).reply_to_id == first.id
    elsewhere = make_post(make_thread(thread.project))
    for wrong in (elsewhere.id, 987654):
        with pytest.raises(Invalid) as refused:
            actions.post_reply(ben, thread.id, "Yes.", wrong)
        assert list(refused.value.errors) == ["reply_to"]


def test_forty_at_once_get_forty_places_without_a_hole(app, thread):
    people = [make_user().id for _ in range(8)]
    thread_id = thread.id
    db.session.rollback()

    def speak(user_id: int) -> None:
        with app.app_context():
            from civicforum.accounts.queries import find_user

            for n in range(5):
                actions.post_reply(find_user(user_id), thread_id, f"{user_id} says {n}")

    runners = [threading.Thread(target=speak, args=(user_id,)) for user_id in people]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    db.session.expire_all()
    posts = queries.list_posts(SYSTEM, db.session.get_one(Thread, thread_id), limit=200)
    assert [post.seq for post in posts] == list(range(1, 42))
    changes = changes_since(f"thread:{thread_id}", 0)
    assert changes.revision == 41


# --- telling people ---


def test_who_is_answered_or_called_is_told_once_and_nobody_of_their_own(ana, ben, thread):
    first = queries.list_posts(ana, thread)[0]
    post = actions.post_reply(ben, thread.id, "@ana @ben @nobody-here, look: @ana", first.id)
    assert notifications() == [(ana.id, "reply", "post", post.id)]
    called = actions.post_reply(ana, thread.id, "@ben, yes.")
    assert notifications()[1:] == [(ben.id, "mention", "post", called.id)]


def test_who_may_not_see_the_thread_is_not_told(ana, ben):
    from factories import join

    project = make_project(visibility="members")
    join(project, ana)
    thread = actions.start_thread(ana, project.id, "Ours", "@ben cannot read this.")
    assert thread.last_seq == 1
    assert notifications() == []


# --- holds ---


def hold_a_word(word="badger"):
    list_word(SYSTEM, word, "hold")


def test_a_listed_word_is_held_and_nobody_else_knows(ben, ana, moderator, thread):
    hold_a_word()
    revision = changes_since(thread.channel).revision
    post = actions.post_reply(ben, thread.id, "That Badger again, @ana.")
    assert (post.state, post.seq) == ("pending", None)
    assert db.session.scalar(select(Hold)).cause == "list"
    assert changes_since(thread.channel).revision == revision
    assert notifications() == []
    assert queries.get_post(ben, post.id) is post
    assert queries.get_post(moderator, post.id) is post
    for other in (ana, Guest()):
        with pytest.raises(NotFound):
            queries.get_post(other, post.id)
    assert [p.id for p in queries.list_own_unpublished(ben, thread)] == [post.id]
    assert queries.list_own_unpublished(ana, thread) == []


def test_what_is_approved_gets_its_place_then_and_people_are_told_then(ben, ana, moderator, thread):
    hold_a_word()
    held = actions.post_reply(ben, thread.id, "The badger, @ana.")
    later = actions.post_reply(ana, thread.id, "Meanwhile.")
    approved = actions.approve_post(moderator, held.id)
    assert (later.seq, approved.seq, approved.state) == (2, 3, "visible")
    assert notifications() == [(ana.id, "mention", "post", held.id)]
    with pytest.raises(Conflict):
        actions.approve_post(moderator, held.id)


def test_what_is_declined_never_gets_a_place(ben, moderator, thread):
    hold_a_word()
    held = actions.post_reply(ben, thread.id, "The badger.")
    declined = actions.decline_post(moderator, held.id, get_rule(2))
    assert (declined.state, declined.seq, declined.rule_number) == ("declined", None, 2)
    assert thread.last_seq == 1
    with pytest.raises(Conflict):
        actions.approve_post(moderator, held.id)


def test_a_held_thread_opens_with_its_first_post(ana, ben, moderator):
    hold_a_word()
    thread = actions.start_thread(ana, make_project().id, "About the badger", "Words.")
    assert (thread.status, thread.last_seq) == ("pending", 0)
    with pytest.raises(NotFound):
        queries.get_thread(ben, thread.id)
    with pytest.raises(Conflict):
        actions.post_reply(ana, thread.id, "More.")
    actions.approve_post(moderator, queries.first_post_id(thread.id))
    assert (thread.status, thread.last_seq) == ("open", 1)
    assert queries.get_thread(ben, thread.id) is thread


# --- editing and taking back ---


def test_an_edit_keeps_how_it_read_and_is_told(ana, ben, thread):
    post = queries.list_posts(ana, thread)[0]
    before = changes_since(thread.channel).revision
    actions.edit_post(ana, post.id, "Better words.", 1)
    assert (post.body, post.html, post.revision) == ("Better words.", "<p>Better words.</p>\n", 2)
    assert post.edited_at is not None
    assert [(v.revision, v.body) for v in queries.list_versions(Guest(), post)] == [(1, "The first words.")]
    assert told(thread.channel, before) == {("post", post.id)}
    with pytest.raises(NotAllowed):
        actions.edit_post(ben, post.id, "Mine now.", 2)


def test_an_edit_of_something_older_is_a_conflict_with_both_texts(ana, thread):
    post = queries.list_posts(ana, thread)[0]
    actions.edit_post(ana, post.id, "From the phone.", 1)
    with pytest.raises(Conflict) as refused:
        actions.edit_post(ana, post.id, "From the desk.", 1)
    assert refused.value.extra == {
        "current": {"revision": 2, "body": "From the phone."},
        "yours": {"revision": 1, "body": "From the desk."},
    }
    assert post.body == "From the phone."


def test_words_can_be_changed_for_a_day(ana, thread):
    post = queries.list_posts(ana, thread)[0]
    with transaction():
        db.session.get_one(Post, post.id).published_at = now() - timedelta(hours=25)
    with pytest.raises(Conflict):
        actions.edit_post(ana, post.id, "Too late.", 1)


def test_an_edit_with_a_listed_word_waits_and_keeps_its_place(ana, ben, moderator, thread):
    hold_a_word()
    post = queries.list_posts(ana, thread)[0]
    actions.edit_post(ana, post.id, "The badger.", 1)
    assert (post.state, post.seq) == ("pending", 1)
    assert queries.visible_posts(ben, [post.id]) == {}
    actions.approve_post(moderator, post.id)
    assert (post.state, post.seq, post.body, thread.last_seq) == ("visible", 1, "The badger.", 1)


def test_what_was_never_public_does_not_become_so_through_the_history(ana, ben, moderator, thread):
    hold_a_word()
    held = actions.post_reply(ben, thread.id, "CANARY badger.")
    actions.edit_post(ben, held.id, "The animal.", 1)
    actions.approve_post(moderator, held.id)
    assert queries.list_versions(ana, held) == []
    assert [v.body for v in queries.list_versions(ben, held)] == ["CANARY badger."]


def test_taking_back_leaves_a_tombstone_and_keeps_the_places(ana, ben, thread):
    reply = actions.post_reply(ben, thread.id, "Oops.")
    after = actions.post_reply(ana, thread.id, "After it.", reply.id)
    actions.withdraw_post(ben, reply.id)
    actions.withdraw_post(ben, reply.id)
    assert [(p.seq, p.state) for p in queries.list_posts(Guest(), thread)] == [
        (1, "visible"),
        (2, "withdrawn"),
        (3, "visible"),
    ]
    assert after.reply_to_id == reply.id
    with pytest.raises(NotAllowed):
        actions.withdraw_post(ben, after.id)


def test_taking_back_what_waits_ends_its_review(ben, moderator, thread):
    hold_a_word()
    held = actions.post_reply(ben, thread.id, "The badger.")
    actions.withdraw_post(ben, held.id)
    assert db.session.scalar(select(Hold)) is None
    with pytest.raises(Conflict):
        actions.approve_post(moderator, held.id)


# --- moderation ---


def test_hiding_cites_the_rule_and_restoring_forgets_it(ana, ben, moderator, thread):
    post = actions.post_reply(ben, thread.id, "Unkind.")
    rule = get_rule(2)
    actions.hide_post(moderator, post.id, rule, revision=1)
    assert (post.state, post.rule_number, post.rule_title, post.revision) == ("hidden", 2, rule.title, 2)
    with pytest.raises(Conflict):
        actions.hide_post(moderator, post.id, rule)
    actions.restore_post(moderator, post.id)
    assert (post.state, post.rule_number, post.seq, post.revision) == ("visible", None, 2, 3)
    with pytest.raises(Conflict):
        actions.restore_post(moderator, post.id)


def test_a_decision_is_about_the_words_that_were_read(ben, moderator, thread):
    post = actions.post_reply(ben, thread.id, "Unkind.")
    actions.edit_post(ben, post.id, "Kind.", 1)
    with pytest.raises(Conflict):
        actions.hide_post(moderator, post.id, get_rule(2), revision=1)
    assert post.state == "visible"


def test_residents_hide_nothing_and_moderators_not_their_own(ben, ana, moderator, thread):
    post = actions.post_reply(moderator, thread.id, "Mine.")
    for actor in (ben, ana, moderator, Guest()):
        with pytest.raises(NotAllowed):
            actions.hide_post(actor, post.id, get_rule(2))
    assert post.state == "visible"


def test_a_mended_post_stays_hidden_and_its_old_words_never_come_back(ana, ben, moderator, thread):
    post = actions.post_reply(ben, thread.id, "CANARY one.")
    actions.edit_post(ben, post.id, "CANARY two.", 1)
    actions.hide_post(moderator, post.id, get_rule(2))
    with pytest.raises(Conflict):
        actions.edit_post(ben, post.id, "By the back door.", post.revision)
    actions.mend_post(ben, post.id, "Kind words.")
    assert (post.state, post.body) == ("hidden", "Kind words.")
    actions.restore_post(moderator, post.id)
    assert queries.list_versions(ana, post) == []
    assert [v.body for v in queries.list_versions(ben, post)] == ["CANARY one.", "CANARY two."]
    with pytest.raises(Conflict):
        actions.mend_post(ben, post.id, "Again.")


# --- reactions ---


def test_everybody_counts_once(ana, ben, thread):
    post = queries.list_posts(ana, thread)[0]
    for _twice in range(2):
        actions.react(ben, post.id, "support")
    actions.react(ben, post.id, "thanks")
    assert queries.count_reactions([post.id]) == {post.id: {"support": 1, "thanks": 1, "concern": 0}}
    for _twice in range(2):
        actions.unreact(ben, post.id, "support")
    assert queries.count_reactions([post.id])[post.id]["support"] == 0
    assert post.revision == 1


def test_only_civic_words_only_by_people_only_for_what_is_shown(ana, ben, thread):
    post = actions.post_reply(ben, thread.id, "Words.")
    with pytest.raises(NotFound):
        actions.react(ana, post.id, "haha")
    with pytest.raises(NotAllowed):
        actions.react(Guest(), post.id, "support")
    actions.withdraw_post(ben, post.id)
    with pytest.raises(Conflict):
        actions.react(ana, post.id, "support")
    assert db.session.scalars(select(Reaction)).all() == []


# --- standing ---


def test_what_stood_for_a_day_counts_once_for_a_newcomer(app, thread):
    nia = make_user(newcomer=True)
    stood = actions.post_reply(nia, thread.id, "Hello.")
    gone = actions.post_reply(nia, thread.id, "Oops.")
    actions.withdraw_post(nia, gone.id)
    with transaction():
        for job in db.session.scalars(select(jobs.Job).where(jobs.Job.task == "discussions.count_standing")):
            job.run_at = now()
    jobs.run_due(app)
    actions.count_standing(SYSTEM, stood.id)
    db.session.expire_all()
    assert db.session.get_one(Standing, nia.id).words_that_stood == 1


# --- what is refused, and what changes nothing ---


def test_a_post_that_there_is_not_is_not_found(ben, moderator, thread):
    deeds = (
        lambda: actions.edit_post(ben, 999, "Words.", 1),
        lambda: actions.withdraw_post(ben, 999),
        lambda: actions.restore_post(moderator, 999),
        lambda: actions.react(ben, 999, "support"),
    )
    for deed in deeds:
        with pytest.raises(NotFound):
            deed()


def test_saving_the_same_words_is_no_edit(ana, thread):
    post = queries.list_posts(ana, thread)[0]
    before = changes_since(thread.channel).revision
    actions.edit_post(ana, post.id, post.body, 1)
    assert (post.revision, post.edited_at, queries.count_versions(post.id)) == (1, None, 0)
    assert changes_since(thread.channel).revision == before


def test_what_was_removed_leaves_nothing_to_mend_and_can_be_restored(ana, ben, moderator, thread):
    post = actions.post_reply(ben, thread.id, "Worse words.")
    removed = actions.remove_post(moderator, post.id, get_rule(2))
    assert (removed.state, removed.rule_number, removed.seq) == ("removed", 2, 2)
    assert queries.visible_posts(ana, [post.id]) == {}
    refused = (
        lambda: actions.edit_post(ben, post.id, "Better words.", post.revision),
        lambda: actions.mend_post(ben, post.id, "Better words."),
        lambda: actions.withdraw_post(ben, post.id),
        lambda: actions.remove_post(moderator, post.id, get_rule(2)),
        lambda: actions.hide_post(moderator, post.id, get_rule(2)),
    )
    for deed in refused:
        with pytest.raises(Conflict):
            deed()
    actions.restore_post(moderator, post.id)
    assert queries.visible_posts(ana, [post.id])[post.id].body == "Worse words."


def test_what_was_hidden_is_neither_edited_nor_taken_back(ben, moderator, thread):
    post = actions.post_reply(ben, thread.id, "Worse words.")
    actions.hide_post(moderator, post.id, get_rule(2))
    with pytest.raises(Conflict):
        actions.edit_post(ben, post.id, "Better words.", post.revision)
    with pytest.raises(Conflict):
        actions.withdraw_post(ben, post.id)
    assert (post.state, post.body) == ("hidden", "Worse words.")


def test_only_what_waits_can_be_declined(ben, moderator, thread):
    post = actions.post_reply(ben, thread.id, "Words.")
    with pytest.raises(Conflict):
        actions.decline_post(moderator, post.id, get_rule(2))
    assert (post.state, post.rule_number) == ("visible", None)


def test_a_held_edit_that_is_declined_is_hidden_at_its_place(ben, moderator, thread):
    hold_a_word()
    post = actions.post_reply(ben, thread.id, "Words.")
    actions.edit_post(ben, post.id, "The badger.", post.revision)
    actions.decline_post(moderator, post.id, get_rule(2))
    assert (post.state, post.seq, post.rule_number) == ("hidden", 2, 2)


def test_closing_a_closed_thread_changes_nothing(moderator, thread):
    actions.close_thread(moderator, thread.id, "It is settled.")
    before = (thread.revision, changes_since(thread.channel).revision)
    assert actions.close_thread(moderator, thread.id, "It is settled.").status == "closed"
    assert (thread.revision, changes_since(thread.channel).revision) == before


def test_a_thread_that_is_being_checked_is_neither_closed_nor_opened(ana, moderator):
    hold_a_word()
    thread = actions.start_thread(ana, make_project().id, "About the badger", "Words.")
    with pytest.raises(Conflict):
        actions.close_thread(moderator, thread.id, "It is settled.")
    with pytest.raises(Conflict):
        actions.open_thread(moderator, thread.id)
    assert thread.status == "pending"


def test_taking_back_a_word_tells_watchers_and_twice_changes_nothing(ben, thread):
    post_id = queries.first_post_id(thread.id)
    actions.react(ben, post_id, "support")
    before = changes_since(thread.channel).revision
    actions.unreact(ben, post_id, "support")
    assert told(thread.channel, before) == {("post", post_id)}
    assert queries.count_reactions([post_id])[post_id]["support"] == 0
    before = changes_since(thread.channel).revision
    actions.unreact(ben, post_id, "support")
    assert changes_since(thread.channel).revision == before


@pytest.mark.parametrize(
    "deed",
    [
        lambda person, post: actions.edit_post(person, post.id, "Mine now.", 1),
        lambda person, post: actions.withdraw_post(person, post.id),
        lambda person, post: actions.react(person, post.id, "support"),
        lambda person, post: actions.unreact(person, post.id, "support"),
    ],
)
def test_what_is_said_in_a_closed_project_is_not_there_for_a_stranger(app, deed):
    post = make_post(make_thread(make_project(visibility="members")), make_user(), "Among members.")
    with pytest.raises(NotFound):
        deed(make_user(), post)
    assert (post.body, post.state, db.session.scalars(select(Reaction)).all()) == (
        "Among members.",
        "visible",
        [],
    )
