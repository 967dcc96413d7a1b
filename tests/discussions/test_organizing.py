"""What is done with whole threads: what they are, where they stand in the list, and how they end."""

from datetime import timedelta

import pytest
from factories import make_organization, make_post, make_project, make_thread, make_user
from sqlalchemy import update

from civicforum.accounts.models import SYSTEM, Guest
from civicforum.agreement.actions import list_word
from civicforum.db import db, now, transaction
from civicforum.discussions import actions, policies, queries
from civicforum.discussions.actions import Change, Shape
from civicforum.discussions.actions.publishing import check_place
from civicforum.discussions.models import MOST_PINNED, MOST_TAGS, Thread
from civicforum.discussions.queries import Wanted
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.live.changes import changes_since


@pytest.fixture
def thread(ana, project):
    return actions.start_thread(ana, project.id, "The bus stop", "The first words.")


def set_facts(thread, **facts) -> None:
    with transaction():
        db.session.execute(update(Thread).where(Thread.id == thread.id).values(**facts))


def changes(thread) -> list[tuple[str, str, str | None]]:
    return [(row.kind, row.reason, row.before) for row in queries.list_changes(thread)]


def titles(project, **wanted) -> list[str]:
    return [row.title for row in queries.list_threads(Guest(), project, wanted=Wanted(**wanted)).items]


# --- kinds and tags ---


def test_a_thread_has_a_kind_and_tags_of_its_project(ana, organizer, project):
    actions.set_tags(organizer, project.id, ["Lights", " Bus  stops ", ""])
    thread = actions.start_thread(ana, project.id, "When?", "Tell us.", kind="question", tags=["lights"])
    assert (thread.kind, [tag.name for tag in thread.tags]) == ("question", ["Lights"])
    assert [tag.slug for tag in queries.list_tags(project)] == ["bus-stops", "lights"]


@pytest.mark.parametrize(("kind", "tags"), [("rumour", []), ("question", ["unknown"])])
def test_an_unknown_kind_or_tag_is_refused(ana, project, kind, tags):
    with pytest.raises(Invalid):
        actions.start_thread(ana, project.id, "When?", "Tell us.", kind=kind, tags=tags)


def test_only_organizers_and_partners_announce(ana, organizer):
    partner = make_user()
    project = make_project(organizer, make_organization(partner))
    for person in (organizer, partner):
        thread = actions.start_thread(person, project.id, "News", "Words.", kind="announcement")
        assert thread.kind == "announcement"
    with pytest.raises(NotAllowed):
        actions.start_thread(ana, project.id, "News", "Words.", kind="announcement")
    assert not policies.can_start_kind(Guest(), project, "discussion")


def test_a_tag_that_is_taken_out_leaves_its_threads_and_another_name_is_told(ana, organizer, project, thread):
    actions.set_tags(organizer, project.id, ["Lights", "trees"])
    actions.shape_thread(ana, thread.id, Shape(tags=["lights", "trees"]))
    before = changes_since(thread.channel).revision
    actions.set_tags(organizer, project.id, ["Trees"])
    assert [tag.name for tag in db.session.get_one(Thread, thread.id).tags] == ["Trees"]
    assert changes_since(thread.channel, before).objects == (("thread", thread.id),)


@pytest.mark.parametrize(
    "names", [[f"Tag {n}" for n in range(MOST_TAGS + 1)], ["x" * 41]], ids=["too many", "too long"]
)
def test_too_many_and_too_long_tags_are_refused(organizer, project, names):
    with pytest.raises(Invalid):
        actions.set_tags(organizer, project.id, names)


def test_a_thread_has_five_tags_at_most(ana, organizer, project, thread):
    actions.set_tags(organizer, project.id, [f"Tag {n}" for n in range(6)])
    with pytest.raises(Invalid):
        actions.shape_thread(ana, thread.id, Shape(tags=[f"tag-{n}" for n in range(6)]))


def test_tags_are_the_organizers(ana, project):
    with pytest.raises(NotAllowed):
        actions.set_tags(ana, project.id, ["Mine"])
    with pytest.raises(NotFound):
        actions.set_tags(ana, make_project(visibility="members").id, ["Mine"])


# --- the list ---


def test_the_list_is_narrowed_and_leaves_out_what_was_put_away(ana, organizer, project, thread):
    actions.set_tags(organizer, project.id, ["Lights"])
    actions.start_thread(ana, project.id, "A lamp?", "Words.", kind="question", tags=["lights"])
    put_away = make_thread(project, title="Old")
    actions.archive_thread(organizer, put_away.id, True)
    actions.close_thread(organizer, thread.id, "It is settled.")
    assert titles(project) == ["A lamp?", "The bus stop"]
    assert titles(project, kind="question") == titles(project, tag="lights") == ["A lamp?"]
    assert titles(project, status="open") == ["A lamp?"]
    assert titles(project, status="closed") == ["The bus stop"]
    assert titles(project, status="archived") == ["Old"]


def test_pinned_threads_stand_at_the_top_and_are_few(organizer, project):
    threads = [make_thread(project) for _n in range(MOST_PINNED + 1)]
    for thread in threads[:MOST_PINNED]:
        actions.pin_thread(organizer, thread.id, True)
    with pytest.raises(Conflict):
        actions.pin_thread(organizer, threads[-1].id, True)
    assert len(queries.list_pinned(Guest(), project)) == MOST_PINNED
    assert titles(project, is_pinned=False) == [threads[-1].title]
    actions.pin_thread(organizer, threads[0].id, False)
    assert actions.pin_thread(organizer, threads[0].id, False).pinned_at is None


def test_what_was_put_away_takes_no_words_and_comes_back(ben, organizer, thread):
    actions.pin_thread(organizer, thread.id, True)
    actions.archive_thread(organizer, thread.id, True)
    again = actions.archive_thread(organizer, thread.id, True)
    assert (again.pinned_at, again.is_open) == (None, False)
    for deed in (
        lambda: actions.post_reply(ben, thread.id, "Late."),
        lambda: actions.pin_thread(organizer, thread.id, True),
        lambda: actions.shape_thread(organizer, thread.id, Shape(kind="question")),
    ):
        with pytest.raises(Conflict):
            deed()
    actions.archive_thread(organizer, thread.id, False)
    assert actions.post_reply(ben, thread.id, "In time.").seq == 2
    assert [kind for kind, _reason, _before in changes(thread)] == ["unarchived", "archived"]


def test_residents_pin_and_put_away_nothing(ana, thread):
    for deed in (actions.pin_thread, actions.archive_thread):
        with pytest.raises(NotAllowed):
            deed(ana, thread.id, True)


def test_a_thread_that_is_being_checked_is_not_put_away(ana, organizer, project):
    thread = make_thread(project, ana, status="pending")
    with pytest.raises(NotFound):
        actions.archive_thread(organizer, thread.id, True)
    with pytest.raises(Conflict):
        actions.archive_thread(make_user("moderator"), thread.id, True)


# --- titles ---


def test_an_author_corrects_the_title_for_a_day_and_the_address_stays(ana, thread):
    actions.shape_thread(ana, thread.id, Shape(title="The bus stop at Rosemont"))
    assert (thread.title, thread.slug) == ("The bus stop at Rosemont", "the-bus-stop")
    assert changes(thread) == [("titled", "", "The bus stop")]
    actions.shape_thread(ana, thread.id, Shape(title="The bus stop at Rosemont"))
    assert len(changes(thread)) == 1
    set_facts(thread, created_at=now() - timedelta(hours=25))
    with pytest.raises(Conflict):
        actions.shape_thread(ana, thread.id, Shape(title="Another"))


def test_somebody_elses_title_needs_a_reason(organizer, thread):
    with pytest.raises(Invalid):
        actions.shape_thread(organizer, thread.id, Shape(title="Stop"))
    with pytest.raises(Invalid):
        actions.shape_thread(organizer, thread.id, Shape(title="Stop", reason="x" * 501))
    actions.shape_thread(organizer, thread.id, Shape(title="Stop", reason="It is shorter."))
    assert changes(thread) == [("titled", "It is shorter.", "The bus stop")]


def test_a_title_with_a_listed_word_is_refused(ana, thread):
    list_word(make_user("moderator"), "badger", "hold")
    with pytest.raises(Invalid):
        actions.shape_thread(ana, thread.id, Shape(title="About the badger"))


def test_strangers_shape_nothing(ben, thread):
    with pytest.raises(NotAllowed):
        actions.shape_thread(ben, thread.id, Shape(kind="question"))


# --- ending ---


def test_a_conclusion_stands_until_the_thread_is_opened_again(organizer, thread):
    actions.close_thread(organizer, thread.id, "It *is* settled.")
    assert (thread.status, thread.conclusion, thread.concluded_by) == (
        "closed",
        "It *is* settled.",
        organizer,
    )
    assert "<em>is</em>" in thread.conclusion_html
    assert thread.closed_at is not None
    actions.close_thread(organizer, thread.id, "It is settled, and done.")
    actions.open_thread(organizer, thread.id)
    again = actions.open_thread(organizer, thread.id)
    assert (again.status, again.conclusion, again.closed_at) == ("open", None, None)
    assert changes(thread) == [
        ("opened", "", "It is settled, and done."),
        ("concluded", "", "It *is* settled."),
    ]


def test_nobody_closes_without_a_word(organizer, thread):
    with pytest.raises(Invalid):
        actions.close_thread(organizer, thread.id, " ")
    assert thread.status == "open"


def test_all_changes_of_a_thread_happen_or_none(organizer, thread):
    actions.archive_thread(organizer, thread.id, True)
    back = Change(
        Shape(kind="question"), is_archived=False, is_pinned=True, status="closed", conclusion="Done."
    )
    done = actions.change_thread(organizer, thread.id, back)
    assert (done.kind, done.archived_at, done.status) == ("question", None, "closed")
    with pytest.raises(Invalid):
        actions.change_thread(organizer, thread.id, Change(is_archived=True, status="closed"))
    assert done.archived_at is None
    done = actions.change_thread(organizer, thread.id, Change(is_archived=True, status="open"))
    assert (done.status, done.archived_at is None) == ("open", False)


# --- length ---


@pytest.fixture
def full(ana, organizer, thread):
    """A thread that its second post filled."""
    set_facts(thread, max_posts=2)
    actions.post_reply(ana, thread.id, "The last words.")
    return db.session.get_one(Thread, thread.id)


def test_a_full_thread_closes_by_itself_and_says_so(ana, organizer, full):
    assert (full.status, full.last_seq, full.conclusion) == ("closed", 2, None)
    assert full.closed_at is not None
    with pytest.raises(Conflict, match="full"):
        actions.post_reply(ana, full.id, "One more.")
    with pytest.raises(Conflict):
        actions.open_thread(organizer, full.id)


def test_whoever_speaks_next_begins_the_continuation(ana, ben, full):
    first = actions.continue_thread(ben, full.id, "And another thing.")
    following = full.continued_in
    assert (first.thread_id, first.seq) == (following.id, 1)
    assert (following.title, following.author, following.max_posts) == ("The bus stop (2)", ben, 2)
    assert actions.continue_thread(ana, full.id, "Me, too.").thread_id == following.id
    third = actions.continue_thread(ana, following.id, "On.")
    assert third.thread.title == "The bus stop (3)"
    assert queries.pointing_ids(following.id) == [full.id]


def test_words_that_came_to_nothing_do_not_end_a_full_thread(ana, ben, full):
    list_word(SYSTEM, "holdme", "hold")
    held = actions.continue_thread(ben, full.id, "Please holdme.")
    assert queries.goes_on_in(full).id == held.thread_id
    with pytest.raises(Conflict, match="still being checked"):
        actions.continue_thread(ana, full.id, "Me, too.")
    actions.withdraw_post(ben, held.id)
    assert queries.goes_on_in(full) is None
    begun = actions.continue_thread(ana, full.id, "Me, too.")
    assert queries.goes_on_in(full).id == begun.thread_id != held.thread_id


def test_a_continued_announcement_is_a_discussion_unless_an_organizer_goes_on(ben, organizer, full):
    set_facts(full, kind="announcement")
    assert actions.continue_thread(ben, full.id, "And?").thread.kind == "discussion"
    set_facts(full, continued_in_id=None)
    assert actions.continue_thread(organizer, full.id, "News.").thread.kind == "announcement"


def test_what_is_said_in_the_continuation_is_no_draft_of_the_full_thread(ben, full):
    actions.keep_draft(ben, full.channel, "And another")
    actions.continue_thread(ben, full.id, "And another thing.")
    assert queries.find_draft(ben, full.channel) is None


def test_a_thread_with_room_is_not_continued(ben, thread):
    with pytest.raises(Conflict):
        actions.continue_thread(ben, thread.id, "Elsewhere.")
    with pytest.raises(NotAllowed):
        actions.continue_thread(Guest(), thread.id, "Elsewhere.")


def test_organizers_say_how_long_a_thread_may_become(ana, organizer, thread, full):
    other = make_thread(full.project, ana)
    actions.shape_thread(organizer, other.id, Shape(max_posts=20))
    assert actions.shape_thread(organizer, other.id, Shape(max_posts=20)).max_posts == 20
    for most in (1, 10_001):
        with pytest.raises(Invalid):
            actions.shape_thread(organizer, other.id, Shape(max_posts=most))
    with pytest.raises(Invalid):
        actions.shape_thread(organizer, full.id, Shape(max_posts=50))
    with pytest.raises(NotAllowed):
        actions.shape_thread(ana, other.id, Shape(max_posts=30))


def test_a_thread_knows_for_how_long_it_was_quiet(thread):
    set_facts(thread, last_post_at=now() - timedelta(days=181, hours=1))
    assert db.session.get_one(Thread, thread.id).quiet_days == 181


def test_a_comment_that_went_elsewhere_meanwhile_is_looked_at_again(project, thread):
    post = make_post(thread)
    with pytest.raises(Conflict):
        check_place(post, make_thread(project))
