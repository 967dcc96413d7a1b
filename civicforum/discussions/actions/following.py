"""Following a thread, and telling those who do."""

from civicforum import jobs
from civicforum.accounts.models import Actor
from civicforum.db import db, transactional
from civicforum.discussions import policies, queries
from civicforum.discussions.actions.publishing import tell
from civicforum.discussions.models import Post
from civicforum.errors import require
from civicforum.notifications.actions import set_attention
from civicforum.notifications.queries import followers_of, told_of

# So many people are told in one transaction: nobody waits long for it, however many follow.
TOLD_AT_ONCE = 50


@transactional
def follow_thread(actor: Actor, thread_id: int, level: str | None) -> None:
    """Follow a thread so closely (``notifications.models.LEVELS``); None: as its project.

    Locks nothing. Raises NotFound for who may not know of the thread, Invalid for a level there is not.
    """
    thread = queries.get_thread(actor, thread_id)
    set_attention(actor, "thread", thread.id, level)


@transactional
def tell_followers(actor: Actor, post_id: int, after: int) -> None:
    """Tell the next people who follow the thread of a post, those after this id; the rest by another job.

    Each is asked for whether they may read it now. Who was told already, because it answers them or calls on
    them, is not told again. Locks nothing.
    """
    require(policies.can_tell_followers(actor))
    post = db.session.scalar(queries.whole_posts().where(Post.id == post_id))
    if post is None or not post.is_visible:
        return
    people = followers_of(post.thread.project_id, post.thread_id, after, TOLD_AT_ONCE)
    told = told_of("post", post.id, [user.id for user in people])
    readers = [user.id for user in people if policies.can_read_words(user, post)]
    tell([user_id for user_id in readers if user_id not in told], "subscription", post)
    if len(people) == TOLD_AT_ONCE:
        jobs.enqueue("discussions.tell_followers", post_id=post_id, after=people[-1].id)
