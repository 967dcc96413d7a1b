"""Reading threads and posts: the viewer first, and only what they may know of."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from civicforum.accounts.models import Actor, User
from civicforum.db import db
from civicforum.discussions import policies
from civicforum.discussions.models import REACTIONS, Post, PostVersion, Reaction, Thread
from civicforum.errors import NotFound
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_moderate
from civicforum.web.pagination import Page, decode_cursor, page_of

PAGE_POSTS = 50
PAGE_THREADS = 30

# --- threads ---


def get_thread(viewer: Actor, thread_id: int) -> Thread:
    """The thread; NotFound for who may not know that it is there."""
    thread = db.session.scalar(_threads().where(Thread.id == thread_id))
    if thread is None or not policies.can_see_thread(viewer, thread):
        raise NotFound
    return thread


def list_threads(
    viewer: Actor, project: Project, cursor: str | None = None, limit: int = PAGE_THREADS
) -> Page[Thread]:
    """The project's threads that ``viewer`` may see, the one with the latest post first.

    The caller got ``project`` by a query that asked who may see it.
    """
    statement = (
        _threads()
        .where(Thread.project_id == project.id, _visible_threads(viewer, project))
        .order_by(Thread.last_post_at.desc(), Thread.id.desc())
    )
    before = decode_cursor(cursor, int)
    if before:
        last = db.session.get(Thread, before[0])
        if last is None or last.project_id != project.id:
            raise NotFound
        statement = statement.where(
            or_(
                Thread.last_post_at < last.last_post_at,
                (Thread.last_post_at == last.last_post_at) & (Thread.id < last.id),
            )
        )
    rows = db.session.scalars(statement.limit(limit + 1)).all()
    return page_of(rows, limit, lambda thread: [thread.id])


def find_threads(ids: Iterable[int]) -> list[Thread]:
    """These threads, whoever may see them: for what is told to all watchers of a channel."""
    return list(db.session.scalars(_threads().where(Thread.id.in_(list(ids)))))


def _threads() -> Select[Thread]:
    return select(Thread).options(
        joinedload(Thread.author), joinedload(Thread.project).selectinload(Project.partners)
    )


def _visible_threads(viewer: Actor, project: Project) -> ColumnElement[bool]:
    """``can_see_thread`` as a WHERE clause, within a project that the viewer may see."""
    if can_moderate(viewer, project):
        return true()
    return or_(Thread.status != "pending", Thread.author_id == (viewer.id or 0))


def thread_channels(project_id: int) -> list[str]:
    """The live channel of every thread of a project."""
    return [
        f"thread:{thread_id}"
        for thread_id in db.session.scalars(
            select(Thread.id).where(Thread.project_id == project_id).order_by(Thread.id)
        )
    ]


def places_showing(user_id: int) -> list[tuple[str, str, int]]:
    """(channel, kind, id) of whatever shows this person's name: what they said and began, and the answers."""
    theirs = select(Post.id).where(Post.author_id == user_id)
    # Answers are in the threads in which they spoke: a thread's posts are found quickly, answers are not.
    in_threads = select(Post.thread_id).where(Post.author_id == user_id)
    answers = (Post.thread_id.in_(in_threads)) & (Post.reply_to_id.in_(theirs))
    posts = db.session.execute(
        select(Post.thread_id, Post.id)
        .where(Post.seq.is_not(None), or_(Post.author_id == user_id, answers))
        .order_by(Post.thread_id, Post.id)
    )
    threads = db.session.scalars(select(Thread.id).where(Thread.author_id == user_id).order_by(Thread.id))
    return [
        *((f"thread:{thread_id}", "thread", thread_id) for thread_id in threads),
        *((f"thread:{row.thread_id}", "post", row.id) for row in posts),
    ]


def closed_channels() -> list[str]:
    """The live channels of threads that not everybody may see."""
    statement = select(Thread.id).join(Thread.project)
    is_open = (Project.visibility == "public") & (Project.status != "draft") & (Thread.status != "pending")
    return [f"thread:{thread_id}" for thread_id in db.session.scalars(statement.where(~is_open))]


def first_post_id(thread_id: int) -> int | None:
    """The post with which the thread was started."""
    return db.session.scalar(select(func.min(Post.id)).where(Post.thread_id == thread_id))


def opening_posts(thread_ids: Iterable[int]) -> dict[int, Post]:
    """The first published post of each thread, in one query."""
    rows = db.session.scalars(_posts().where(Post.thread_id.in_(list(thread_ids)), Post.seq == 1))
    return {post.thread_id: post for post in rows}


# --- posts ---


def get_post(viewer: Actor, post_id: int) -> Post:
    """The post, perhaps only as a tombstone; NotFound for who may not know that it is there."""
    post = db.session.scalar(_posts().where(Post.id == post_id))
    if post is None or not policies.can_see_post(viewer, post):
        raise NotFound
    return post


def list_posts(
    viewer: Actor,
    thread: Thread,
    after: int | None = None,
    before: int | None = None,
    limit: int = PAGE_POSTS,
) -> list[Post]:
    """At most ``limit`` published posts in order of seq: those after a seq, or the last ones before one.

    Every place is there, tombstones included; what they tell is up to the schema. NotFound as ``get_thread``.
    """
    if not policies.can_see_thread(viewer, thread):
        raise NotFound
    statement = _posts().where(Post.thread_id == thread.id, Post.seq.is_not(None))
    if before is not None:
        rows = statement.where(Post.seq < before).order_by(Post.seq.desc()).limit(limit)
        return list(reversed(db.session.scalars(rows).all()))
    rows = statement.where(Post.seq > (after or 0)).order_by(Post.seq).limit(limit)
    return list(db.session.scalars(rows))


def list_own_unpublished(viewer: Actor, thread: Thread) -> list[Post]:
    """What the viewer wrote here that has no place yet: it waits for a moderator, or was declined."""
    if not isinstance(viewer, User):
        return []
    return list(
        db.session.scalars(
            _posts()
            .where(
                Post.thread_id == thread.id,
                Post.seq.is_(None),
                Post.author_id == viewer.id,
                Post.state.in_(policies.UNPUBLISHED),
            )
            .order_by(Post.id)
        )
    )


def answer_ids(post: Post) -> list[int]:
    """The published answers to this post."""
    return list(
        db.session.scalars(
            select(Post.id).where(
                Post.thread_id == post.thread_id, Post.reply_to_id == post.id, Post.seq.is_not(None)
            )
        )
    )


def find_posts(ids: Iterable[int]) -> list[Post]:
    """These posts, whoever may see them: for what is told to all watchers of a channel."""
    return list(db.session.scalars(_posts().where(Post.id.in_(list(ids)))))


def visible_posts(viewer: Actor, ids: Iterable[int]) -> dict[int, Post]:
    """Those of these posts whose words ``viewer`` may read, by id."""
    return {post.id: post for post in find_posts(ids) if policies.can_read_words(viewer, post)}


def _posts() -> Select[Post]:
    """Posts with all that is told of them; the number of queries does not grow with the posts."""
    return select(Post).options(
        joinedload(Post.author).options(
            selectinload(User.grants), selectinload(User.memberships), selectinload(User.seats_at)
        ),
        joinedload(Post.thread).joinedload(Thread.project).selectinload(Project.partners),
        joinedload(Post.reply_to).joinedload(Post.author),
    )


def list_versions(viewer: Actor, post: Post) -> list[PostVersion]:
    """How the post read before each edit, oldest first; NotFound for who may not read its words."""
    if not policies.can_see_history(viewer, post):
        raise NotFound
    statement = select(PostVersion).where(PostVersion.post_id == post.id).order_by(PostVersion.revision)
    if not policies.can_see_hidden_versions(viewer, post):
        statement = statement.where(PostVersion.is_public)
    return list(db.session.scalars(statement))


def count_versions(post_id: int) -> int:
    """How often the words of this post were replaced."""
    return db.session.scalar(select(func.count()).where(PostVersion.post_id == post_id)) or 0


# --- reactions ---


def count_reactions(post_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """How often each civic word was given to each post, in one query; zeros included."""
    wanted = list(post_ids)
    counts = {post_id: dict.fromkeys(REACTIONS, 0) for post_id in wanted}
    rows = db.session.execute(
        select(Reaction.post_id, Reaction.kind, func.count())
        .where(Reaction.post_id.in_(wanted))
        .group_by(Reaction.post_id, Reaction.kind)
    )
    for post_id, kind, count in rows:
        counts[post_id][kind] = count
    return counts


def own_reactions(viewer: Actor, post_ids: Iterable[int], kind: str = "support") -> set[int]:
    """Which of these posts the viewer gave this word."""
    if not isinstance(viewer, User):
        return set()
    return set(
        db.session.scalars(
            select(Reaction.post_id).where(
                Reaction.user_id == viewer.id,
                Reaction.kind == kind,
                Reaction.post_id.in_(list(post_ids)),
            )
        )
    )


def find_reaction(user_id: int, post_id: int, kind: str) -> Reaction | None:
    return db.session.scalar(
        select(Reaction).where(
            Reaction.user_id == user_id, Reaction.post_id == post_id, Reaction.kind == kind
        )
    )


def list_reacting(viewer: Actor, post: Post, limit: int = 500) -> list[tuple[str, User]]:
    """(kind, person) of who gave the post which word, earliest first; NotFound for who may not read it."""
    if not policies.can_read_words(viewer, post):
        raise NotFound
    rows = db.session.execute(
        select(Reaction.kind, User)
        .join(User, User.id == Reaction.user_id)
        .where(Reaction.post_id == post.id, User.erased_at.is_(None))
        .order_by(Reaction.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


# --- whom to tell ---


def find_called(handles: Sequence[str], thread: Thread) -> list[User]:
    """The people of these handles who may see the thread."""
    if not handles:
        return []
    people = db.session.scalars(select(User).where(User.handle.in_(list(handles)), User.erased_at.is_(None)))
    return [user for user in people if policies.can_see_thread(user, thread)]
