"""What was counted of everybody's voice, against a count of the posts themselves."""

from sqlalchemy import func, select

from civicforum.db import db
from civicforum.discussions.models import Post, VoiceCount


def count_faults() -> list[str]:
    """Where the counts say otherwise than the posts that are shown."""
    is_pseudonymous = Post.pseudonym_id.is_not(None)
    shown = db.session.execute(
        select(Post.thread_id, Post.author_id, is_pseudonymous, func.count(), func.min(Post.id))
        .where(Post.state == "visible", Post.seq.is_not(None), Post.author_id.is_not(None))
        .group_by(Post.thread_id, Post.author_id, is_pseudonymous)
    )
    counted = db.session.execute(
        select(
            VoiceCount.thread_id,
            VoiceCount.user_id,
            VoiceCount.is_pseudonymous,
            VoiceCount.posts,
            VoiceCount.first_post_id,
        )
    )
    wrong = set(map(tuple, shown)) ^ set(map(tuple, counted))
    return [f"thread {row[0]}, person {row[1]}: miscounted, see {row}" for row in sorted(wrong)]
