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
    rows = db.session.scalars(
        select(VoiceCount).where(VoiceCount.thread_id == thread_id, VoiceCount.user_id == user_id)
    )
    known = {row.is_pseudonymous: row for row in rows}
    shown = _shown(thread_id, user_id)
    for is_pseudonymous in known.keys() - shown.keys():
        db.session.delete(known[is_pseudonymous])
    for is_pseudonymous, (posts, first_post_id) in shown.items():
        row = known.get(is_pseudonymous) or VoiceCount(
            thread_id=thread_id, user_id=user_id, is_pseudonymous=is_pseudonymous
        )
        row.posts, row.first_post_id = posts, first_post_id
        db.session.add(row)
    db.session.flush()


def _shown(thread_id: int, user_id: int) -> dict[bool, tuple[int, int]]:
    """How many posts of this person are shown in the thread, and the first of them: by whether they were
    said under a pseudonym."""
    is_pseudonymous = Post.pseudonym_id.is_not(None)
    rows = db.session.execute(
        select(is_pseudonymous, func.count(), func.min(Post.id))
        .where(
            Post.thread_id == thread_id,
            Post.author_id == user_id,
            Post.state == "visible",
            Post.seq.is_not(None),
        )
        .group_by(is_pseudonymous)
    )
    return {bool(row[0]): (row[1], row[2]) for row in rows}
