"""Reading what was removed for law: by few, with a reason that is kept, and a line in the public log."""

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.db import db, transactional
from civicforum.discussions.models import Post
from civicforum.errors import Invalid, NotFound
from civicforum.moderation import policies, queries
from civicforum.moderation.actions.cases import lock_place
from civicforum.moderation.actions.recording import record_of
from civicforum.moderation.models import MAX_REASON, RecordReading


@transactional
def read_record(actor: Actor, post_id: int, reason: str) -> Post:
    """The removed comment with its words, once the reason is kept. Locks the thread.

    NotFound for all but moderators of the site, and where nothing was removed; Invalid without a reason.
    """
    post = lock_place(actor, "post", post_id)
    if post.state != "removed" or not policies.can_read_record(actor, post):
        raise NotFound
    if not 0 < len(reason.strip()) <= MAX_REASON:
        raise Invalid(errors={"reason": [_("Say what you need the words for: it is kept with them.")]})
    db.session.add(RecordReading(post_id=post.id, reader_id=actor.id, reason=reason.strip()))
    case = queries.find_case_about("post", post.id)
    if case is not None:
        record_of(actor, case, "read_removed", None, post)
    db.session.flush()
    return post
