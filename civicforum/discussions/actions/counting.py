"""Keeping count of who is heard in a thread, under its lock."""

from sqlalchemy import func, select

from civicforum.db import db
from civicforum.discussions.models import Post, VoiceCount


def count_voice(post: Post) -> None:
    """Count anew how many posts of this one's author are shown in its thread. The thread is locked.

    Read from the posts rather than added to, so that no way of showing or hiding one can put it out.
    """
    db.session.flush()
    if post.author_id is None:
        return
    posts, first_post_id = _shown(post.thread_id, post.author_id)
    row = db.session.get(VoiceCount, (post.thread_id, post.author_id))
    if first_post_id is None:
        if row is not None:
            db.session.delete(row)
    elif row is None:
        db.session.add(
            VoiceCount(
                thread_id=post.thread_id, user_id=post.author_id, posts=posts, first_post_id=first_post_id
            )
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
