"""Reading posts: the viewer first, and only what they may know of."""

from collections.abc import Iterable

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from civicforum.accounts.models import Actor, User
from civicforum.db import db
from civicforum.discussions import policies
from civicforum.discussions.models import Post, PostVersion, Thread
from civicforum.errors import NotFound
from civicforum.files.models import Attachment
from civicforum.files.queries import attachments_of
from civicforum.files.schemas import ToldFile, tell_files
from civicforum.partnerships.models import Project
from civicforum.voices.models import Voice

PAGE_POSTS = 50


def get_post(viewer: Actor, post_id: int) -> Post:
    """The post, perhaps only as a tombstone; NotFound for who may not know that it is there."""
    post = db.session.scalar(whole_posts().where(Post.id == post_id))
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
    statement = whole_posts().where(Post.thread_id == thread.id, Post.seq.is_not(None))
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
            whole_posts()
            .where(
                Post.thread_id == thread.id,
                Post.seq.is_(None),
                Post.author_id == viewer.id,
                Post.state.in_(policies.UNPUBLISHED),
            )
            .order_by(Post.id)
        )
    )


def list_answered(thread: Thread, limit: int = 5) -> list[tuple[int, str]]:
    """(seq, state of the voice) of the first comments of a thread that somebody answered, and stand."""
    rows = db.session.execute(
        select(Post.seq, Voice.state)
        .select_from(Voice)
        .join(Post, (Voice.kind == "post") & (Voice.object_id == Post.id))
        .where(
            Voice.channel == thread.channel,
            Voice.state.in_(("answered", "promised", "kept")),
            Post.state == "visible",
        )
        .order_by(Voice.id)
        .limit(limit)
    )
    return sorted((row.seq, row.state) for row in rows)


def answer_places(post_ids: Iterable[int]) -> list[tuple[int, int]]:
    """(thread, post) of the published answers to these posts: what was moved is answered from elsewhere."""
    rows = db.session.execute(
        select(Post.thread_id, Post.id)
        .where(Post.reply_to_id.in_(list(post_ids)), Post.seq.is_not(None))
        .order_by(Post.id)
    )
    return [(row.thread_id, row.id) for row in rows]


def places_in(thread_id: int) -> list[tuple[str, str, int]]:
    """(channel, kind, id) of what looks different when a thread is another project's."""
    inside = select(Post.id).where(Post.thread_id == thread_id)
    rows = db.session.execute(
        select(Post.thread_id, Post.id)
        .where(Post.seq.is_not(None), or_(Post.thread_id == thread_id, Post.reply_to_id.in_(inside)))
        .order_by(Post.thread_id, Post.id)
    )
    return [(f"thread:{row.thread_id}", "post", row.id) for row in rows]


def first_words(thread_id: int) -> dict[int, int]:
    """The first published post of everybody who has spoken in the thread, by their id."""
    rows = db.session.execute(
        select(Post.author_id, func.min(Post.id).label("post_id"))
        .where(Post.thread_id == thread_id, Post.seq.is_not(None), Post.author_id.is_not(None))
        .group_by(Post.author_id)
    )
    return {row.author_id: row.post_id for row in rows}


def find_posts(ids: Iterable[int]) -> list[Post]:
    """These posts, whoever may see them: for what is told to all watchers of a channel."""
    return list(db.session.scalars(whole_posts().where(Post.id.in_(list(ids)))))


def visible_posts(viewer: Actor, ids: Iterable[int]) -> dict[int, Post]:
    """Those of these posts whose words ``viewer`` may read, by id."""
    return {post.id: post for post in find_posts(ids) if policies.can_read_words(viewer, post)}


def whole_posts() -> Select[Post]:
    """Posts with all that is told of them; the number of queries does not grow with the posts."""
    return select(Post).options(
        joinedload(Post.writer).options(
            selectinload(User.grants), selectinload(User.memberships), selectinload(User.seats_at)
        ),
        joinedload(Post.thread).joinedload(Thread.project).selectinload(Project.partners),
        joinedload(Post.reply_to).options(joinedload(Post.writer), joinedload(Post.pseudonym)),
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


def files_of(post: Post) -> list[Attachment]:
    """Its pictures and papers, in their order."""
    return attachments_of("post", [post.id])[post.id]


def files_in_words(post: Post) -> str:
    """What its pictures and papers are, one in a line."""
    return "\n".join(told.in_words for told in tell_files(files_of(post)))


def files_of_posts(posts: Iterable[Post]) -> dict[int, tuple[ToldFile, ...]]:
    """The files of each of these posts, as they are told to who may read the words; in one query."""
    ids = [post.id for post in posts]
    found = attachments_of("post", ids)
    return {post_id: tell_files(found[post_id]) for post_id in ids}


def can_read_files(viewer: Actor, post_id: int) -> bool:
    """Whether the files of this post are shown to the viewer: as its words are."""
    return post_id in visible_posts(viewer, [post_id])


def places_showing(user_id: int) -> list[tuple[str, str, int]]:
    """(channel, kind, id) of whatever shows this person's name: what they said and began, and the answers.

    Not what they said under a pseudonym: it would change in the same moment as they do.
    """
    is_theirs = and_(Post.author_id == user_id, Post.pseudonym_id.is_(None))
    theirs = select(Post.id).where(is_theirs)
    posts = db.session.execute(
        select(Post.thread_id, Post.id)
        .where(Post.seq.is_not(None), or_(is_theirs, Post.reply_to_id.in_(theirs)))
        .order_by(Post.thread_id, Post.id)
    )
    begun = and_(Thread.author_id == user_id, Thread.pseudonym_id.is_(None))
    threads = db.session.scalars(select(Thread.id).where(begun).order_by(Thread.id))
    return [
        *((f"thread:{thread_id}", "thread", thread_id) for thread_id in threads),
        *((f"thread:{row.thread_id}", "post", row.id) for row in posts),
    ]
