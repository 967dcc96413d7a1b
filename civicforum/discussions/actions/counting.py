"""Keeping count of who is heard in a thread, under its lock."""

from sqlalchemy import func, select

from civicforum.db import db
from civicforum.discussions.models import Post, VoiceCount


def count_voice(post: Post) -> None:
    """Count anew how many posts of this one's author are shown in its thread. The thread is locked."""
    if post.author_id is not None:
        count_author(post.thread_id, post.author_id)


def count_author(thread_id: int, user_id: int) -> None:
    """Count anew how many posts of this person are shown in the thread. The thread is locked.

    Read from the posts rather than added to, so that no way of showing or hiding one can put it out.
    """
    db.session.flush()
    posts, first_post_id = _shown(thread_id, user_id)
    row = db.session.get(VoiceCount, (thread_id, user_id))
    if first_post_id is None:
        if row is not None:
            db.session.delete(row)
    elif row is None:
        db.session.add(
            VoiceCount(thread_id=thread_id, user_id=user_id, posts=posts, first_post_id=first_post_id)
        )
    else:
        row.posts, row.first_post_id = posts, first_post_id
    db.session.flush()


def _shown(thread_id: int, user_id: int) -> tuple[int, int | None]:
    """How many posts of this person are shown in the thread, and the first of them."""
    row = db.session.execute(
        select(func.count(), func.min(Post.id)).where(
            Post.thread_id == thread_id,
            Post.author_id == user_id,
            Post.state == "visible",
            Post.seq.is_not(None),
        )
    ).one()
    return row[0], row[1]
