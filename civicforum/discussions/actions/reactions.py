"""Answering a post with one of the civic words: support, thanks, concern."""

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.db import db, lock, transactional
from civicforum.discussions import policies, queries
from civicforum.discussions.actions.publishing import by_name_now
from civicforum.discussions.models import REACTIONS, Post, Reaction
from civicforum.errors import Conflict, NotFound, require
from civicforum.live.changes import touch


@transactional
def react(actor: Actor, post_id: int, kind: str) -> Post:
    """Give the post this word; each person counts once, and giving it twice changes nothing."""
    post = _lock(actor, post_id, kind)
    require(
        policies.can_react(actor, post),
        _("Your account cannot do this just now, or the project is over."),
    )
    if not post.is_visible:
        raise Conflict(_("This comment is not shown (any more)."))
    if queries.find_reaction(actor.id or 0, post.id, kind) is None:
        if queries.would_be_unmasked(actor, post.thread.project):
            raise Conflict(by_name_now())
        known = queries.find_pseudonym(actor, post.thread.project)
        db.session.add(Reaction(post_id=post.id, user_id=actor.id, kind=kind, pseudonym=known))
        touch(post.thread.channel, "post", post.id)
    return post


@transactional
def unreact(actor: Actor, post_id: int, kind: str) -> Post:
    """Take the word back; taking back what was not given changes nothing."""
    post = _lock(actor, post_id, kind)
    require(policies.can_take_back_reaction(actor, post))
    reaction = queries.find_reaction(actor.id or 0, post.id, kind)
    if reaction is not None:
        db.session.delete(reaction)
        touch(post.thread.channel, "post", post.id)
    return post


def _lock(actor: Actor, post_id: int, kind: str) -> Post:
    if kind not in REACTIONS:
        raise NotFound
    # The post alone: a hall that supports a comment does not stop the thread.
    post = lock(Post, post_id)
    if not policies.can_see_post(actor, post):
        raise NotFound
    return post
