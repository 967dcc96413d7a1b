"""Moving a whole thread, parting it in two, and joining two: every address goes on working.

A comment that goes keeps its row, and so its id, its number, its history, its reactions and its case. At its
former place a tombstone stays, which leads on, so that the places of a thread never have a hole.
"""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from civicforum import jobs
from civicforum.accounts.models import Actor
from civicforum.agreement.actions import rehome_holds
from civicforum.db import db, lock, now, transactional
from civicforum.discussions import policies, queries
from civicforum.discussions.actions.carrying import carry_readings
from civicforum.discussions.actions.counting import count_author
from civicforum.discussions.actions.publishing import (
    close_if_full,
    lock_thread,
    record_change,
    show_answers,
    show_thread,
    touch_pointing,
)
from civicforum.discussions.actions.shaping import find_tags
from civicforum.discussions.actions.threads import add_thread
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.words import prepare_reason, prepare_title
from civicforum.errors import Conflict, Invalid, NotFound, require
from civicforum.live.changes import touch
from civicforum.notifications.actions import carry_attention, notify
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_see_project
from civicforum.search.index import refresh
from civicforum.voices.actions import rehome_voices
from civicforum.web.numbers import LARGEST

# What one transaction holds: more would keep everybody else waiting.
MOST_MOVED = 500


@transactional
def move_thread(actor: Actor, thread_id: int, project_id: int, reason: str) -> Thread:
    """Give a thread to another project; its address stays.

    Locks the thread, then the project it goes to. For who works in both. A thread keeps its readers: Conflict
    unless everybody may read both projects. What looks different with it is shown by a job.
    """
    why = prepare_reason(reason)
    thread = _lock_to_move(actor, thread_id)
    project = lock(Project, project_id)
    if not can_see_project(actor, project):
        raise NotFound
    require(
        policies.can_move_to(actor, project),
        _("Only who is an organizer or a moderator of both projects moves a thread between them."),
    )
    _check_readers(thread, project)
    _rehome(thread, project)
    record_change(actor, thread, "moved", reason=why)
    show_thread(thread)
    touch_pointing(thread)
    for author_id, post_id in queries.first_words(thread.id).items():
        notify([author_id], "moved", "post", post_id, actor_id=actor.id)
    jobs.enqueue(
        "discussions.show_thread",
        unique_key=f"discussions:thread:{thread.id}:{thread.revision}",
        thread_id=thread.id,
    )
    return thread


def _check_readers(thread: Thread, project: Project) -> None:
    if project.id == thread.project_id:
        raise Conflict(_("This thread is in that project already."))
    if not (project.is_public and thread.project.is_public):
        raise Conflict(
            _("A thread keeps its readers: it moves only between projects that everybody can read.")
        )
    if not project.is_open:
        raise Conflict(_("That project is over: nothing is added to it."))
    if queries.has_pseudonyms(thread):
        raise Conflict(_("Some spoke here under a pseudonym, which holds in this project alone: it stays."))


def _rehome(thread: Thread, project: Project) -> None:
    known = {tag.slug for tag in queries.list_tags(project)}
    thread.tags = find_tags(project, [tag.slug for tag in thread.tags if tag.slug in known])
    thread.project, thread.pinned_at = project, None
    if thread.kind == "announcement":
        thread.kind = "discussion"
    rehome_holds("post", select(Post.id).where(Post.thread_id == thread.id), project.id)


@transactional
def split_thread(
    actor: Actor,
    thread_id: int,
    post_ids: Sequence[int],
    into: int | str,
    reason: str,
    with_replies: bool = False,
) -> Thread:
    """Take comments out of a thread into another one of its project, perhaps with all their answers.

    ``into`` is the other thread's id, or the title of a new one. Locks both threads in the order of their
    ids, then the comments, then what was read of them. Organizers and moderators; Invalid for comments that
    are not here, Conflict for more than one transaction should hold.
    """
    why = prepare_reason(reason)
    title = prepare_title(into) if isinstance(into, str) else None
    thread, other = _lock_both(actor, thread_id, into if isinstance(into, int) else None)
    posts = _chosen(thread, post_ids, with_replies)
    if other is None:
        # Of what is not shown nobody is told who wrote it.
        first = next((post for post in posts if post.is_visible), None)
        by = {"writer": first and first.writer, "pseudonym": first and first.pseudonym}
        facts = {**by, "max_posts": thread.max_posts}
        other = add_thread(lock(Project, thread.project_id), title or "", **facts)
    _carry(actor, posts, thread, other)
    record_change(actor, thread, "split", reason=why, count=len(posts), other_thread_id=other.id)
    record_change(actor, other, "joined", reason=why, count=len(posts), other_thread_id=thread.id)
    return other


def _chosen(thread: Thread, post_ids: Sequence[int], with_replies: bool) -> list[Post]:
    """The published comments of these ids, in their order, held."""
    wanted = set(post_ids)
    if with_replies:
        wanted = _with_replies(thread.id, wanted)
    _check_few(len(wanted))
    here = (Post.thread_id == thread.id, Post.seq.is_not(None), Post.state != "moved")
    chosen = _lock_posts(*here, Post.id.in_(wanted))
    if not wanted or not set(post_ids) <= {post.id for post in chosen}:
        raise Invalid(errors={"posts": [_("Choose comments that are in this thread.")]})
    _check_few(len(chosen))
    return chosen


def _with_replies(thread_id: int, chosen: set[int]) -> set[int]:
    """These, and all that answers them: an answer is always younger than what it answers."""
    rows = db.session.execute(
        select(Post.id, Post.reply_to_id)
        .where(Post.thread_id == thread_id, Post.reply_to_id.is_not(None))
        .order_by(Post.id)
    )
    found = set(chosen)
    for row in rows:
        if row.reply_to_id in found:
            found.add(row.id)
    return found


@transactional
def merge_threads(actor: Actor, thread_id: int, into_id: int, reason: str) -> Thread:
    """Put all comments of a thread into another one of its project; what is left of it leads there.

    Who followed it follows the other one. Locks both threads in the order of their ids, then the comments,
    then what was read of them. Organizers and moderators; Conflict for more than one transaction should hold.
    """
    why = prepare_reason(reason)
    thread, other = _lock_both(actor, thread_id, into_id)
    assert other is not None
    _check_few(thread.last_seq)
    posts = _lock_posts(Post.thread_id == thread.id, Post.state != "moved")
    _carry(actor, posts, thread, other)
    thread.status, thread.closed_at = "merged", thread.closed_at or now()
    thread.merged_into, thread.pinned_at, thread.archived_at = other, None, None
    carry_attention("thread", thread.id, other.id, other.project_id)
    record_change(actor, thread, "merged", reason=why, count=len(posts), other_thread_id=other.id)
    record_change(actor, other, "joined", reason=why, count=len(posts), other_thread_id=thread.id)
    return other


# --- what they share ---


def _lock_to_move(actor: Actor, thread_id: int) -> Thread:
    thread = lock_thread(actor, thread_id)
    require(
        policies.can_close_thread(actor, thread),
        _("Only this project's organizers and moderators move, split and join its threads."),
    )
    if thread.status == "merged":
        raise Conflict(_("This thread is part of another one now."))
    if thread.status == "pending":
        raise Conflict(_("This thread is still being checked."))
    return thread


def _lock_both(actor: Actor, thread_id: int, other_id: int | None) -> tuple[Thread, Thread | None]:
    if other_id is None:
        return _lock_to_move(actor, thread_id), None
    if other_id == thread_id or not 0 < other_id <= LARGEST:
        raise Invalid(errors={"thread": [_("Choose another thread of this project.")]})
    for each_id in sorted((thread_id, other_id)):
        lock(Thread, each_id)
    thread, other = _lock_to_move(actor, thread_id), lock_thread(actor, other_id)
    if other.project_id != thread.project_id:
        raise Invalid(errors={"thread": [_("Choose another thread of this project.")]})
    return thread, _lock_to_move(actor, other_id)


def _lock_posts(*which: object) -> list[Post]:
    """Comments in the order of their places, what waits without one at the end; held."""
    statement = select(Post).where(*which).order_by(Post.seq.is_(None), Post.seq, Post.id)  # type: ignore[arg-type]
    held = statement.with_for_update(key_share=True, of=Post).execution_options(populate_existing=True)
    return list(db.session.scalars(held))


def _check_few(count: int) -> None:
    if count > MOST_MOVED:
        words = _(
            "At most %(most)s comments move at once. Choose fewer, or close this thread.", most=MOST_MOVED
        )
        raise Conflict(words)


def _carry(actor: Actor, posts: Sequence[Post], source: Thread, other: Thread) -> None:
    """Put the comments at the end of the other thread, and a tombstone at each place they leave."""
    placed = [post for post in posts if post.seq is not None]
    if other.last_seq + len(placed) > other.max_posts:
        raise Conflict(_("The other thread cannot hold so many comments."))
    graves = [_grave(post, source) for post in placed]
    left, first = [post.seq or 0 for post in placed], other.last_seq + 1
    for post in posts:
        post.thread = other
        post.revision += 1
    for post in placed:
        other.last_seq += 1
        post.seq = other.last_seq
    db.session.flush()
    db.session.add_all(graves)
    db.session.flush()
    carry_readings(source, other, left, first)
    other.last_post_at = max([other.last_post_at, *(post.published_at or now() for post in placed)])
    rehome_voices("post", [post.id for post in posts], other.channel)
    close_if_full(other)
    _tell(actor, placed, graves, source, other)


def _grave(post: Post, source: Thread) -> Post:
    return Post(
        thread=source,
        seq=post.seq,
        author_id=None,
        body="",
        html="",
        state="moved",
        moved_to_id=post.id,
        created_at=post.created_at,
        published_at=post.published_at,
    )


def _tell(actor: Actor, posts: Sequence[Post], graves: Sequence[Post], source: Thread, other: Thread) -> None:
    for grave in graves:
        touch(source.channel, "post", grave.id)
    for post in posts:
        touch(source.channel, "post", post.id)
        touch(other.channel, "post", post.id)
        refresh("post", post.id)
    show_answers([post.id for post in posts])
    show_thread(source)
    show_thread(other)
    first: dict[int | None, int] = {}
    for post in posts:
        first.setdefault(post.author_id, post.id)
    for author_id, post_id in first.items():
        if author_id is None:
            continue
        for thread in (source, other):
            count_author(thread.id, author_id)
        notify([author_id], "moved", "post", post_id, actor_id=actor.id)
