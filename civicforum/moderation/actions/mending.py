"""The author's way back."""

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.db import now, transactional
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Post
from civicforum.errors import Conflict
from civicforum.files.actions import AS_THEY_ARE, FileChanges
from civicforum.moderation import queries
from civicforum.moderation.actions.cases import lock_case_about, lock_place


@transactional
def mend_post(actor: Actor, post_id: int, body: str, files: FileChanges = AS_THEY_ARE) -> Post:
    """The author's one fix: a hidden comment stays hidden until a moderator has looked again; one that its
    author was only asked to change is shown with its new words meanwhile.

    Locks the thread, the case, the post. Conflict where nobody asked, or it was mended before.
    """
    post = lock_place(actor, "post", post_id)
    case = lock_case_about(post.id)
    if case is None or case.state != "decided":
        raise Conflict(_("This comment is not waiting to be mended."))
    if queries.was_mended(post.id):
        raise Conflict(_("A comment can be mended once; yours is being looked at, or was already."))
    if post.is_visible:
        post = discussions.amend_post(actor, post_id, body, files)
    else:
        post = discussions.mend_post(actor, post_id, body, files)
    case.mended_at = now()
    case.state = "second_look"
    case.version += 1
    return post
