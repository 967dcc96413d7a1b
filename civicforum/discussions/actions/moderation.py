"""What moderators do with posts and threads. Cases, reasons and the public log are the moderation room's."""

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.agreement.models import Rule
from civicforum.db import db, transactional
from civicforum.discussions import policies
from civicforum.discussions.actions.publishing import (
    check_revision,
    forget_hold,
    lock_post,
    publish,
    show_state,
)
from civicforum.discussions.models import Post
from civicforum.errors import Conflict, require


@transactional
def hide_post(actor: Actor, post_id: int, rule: Rule, revision: int | None = None) -> Post:
    """Hide a post under a rule; its author may mend it. Its place and the rule stay in sight.

    Raises Conflict if it is not at ``revision`` any more (the decision was about other words), or not shown.
    """
    return _take_down(actor, post_id, rule, revision, "hidden")


@transactional
def remove_post(actor: Actor, post_id: int, rule: Rule, revision: int | None = None) -> Post:
    """Take a post down for good: as hiding, but there is nothing to mend. It can still be restored."""
    return _take_down(actor, post_id, rule, revision, "removed")


def _take_down(actor: Actor, post_id: int, rule: Rule, revision: int | None, state: str) -> Post:
    post = _lock_to_moderate(actor, post_id)
    check_revision(post, revision)
    if post.state == state or post.seq is None or post.state not in ("visible", "pending", "hidden"):
        raise Conflict(_("This comment is not shown any more. Look at it again, then decide."))
    _cite(post, rule)
    # A held edit that is taken down waits for nobody any more.
    forget_hold(post)
    _change_state(post, state)
    return post


@transactional
def restore_post(actor: Actor, post_id: int) -> Post:
    """Show a hidden or removed post again, at its place; or a declined one after all, at the next."""
    post = _lock_to_moderate(actor, post_id)
    if post.state not in ("hidden", "removed", "declined"):
        raise Conflict(_("This comment is not hidden (any more)."))
    put_back(post)
    return post


def put_back(post: Post) -> None:
    """Show what was taken down, or never published, at its place; inside a running action, which asked its
    policy and holds the thread and the post."""
    post.revision += 1
    publish(post.thread, post)


def keep_hidden(post: Post, rule: Rule) -> None:
    """Hide what was removed, as it was before that; inside a running action, as ``put_back``."""
    _cite(post, rule)
    _change_state(post, "hidden")


@transactional
def approve_post(actor: Actor, post_id: int) -> Post:
    """Publish a post that was held: it gets its place now. A held thread opens with its first post."""
    post = _lock_to_moderate(actor, post_id)
    if post.state != "pending":
        raise Conflict(_("This comment does not wait for a decision (any more)."))
    post.revision += 1
    publish(post.thread, post)
    return post


@transactional
def decline_post(actor: Actor, post_id: int, rule: Rule) -> Post:
    """Do not publish a held post. One that had a place already (a held edit) is hidden under the rule."""
    post = _lock_to_moderate(actor, post_id)
    if post.state != "pending":
        raise Conflict(_("This comment does not wait for a decision (any more)."))
    _cite(post, rule)
    _change_state(post, "declined" if post.seq is None else "hidden")
    return post


def _lock_to_moderate(actor: Actor, post_id: int) -> Post:
    post = lock_post(actor, post_id)
    require(
        policies.can_moderate_post(actor, post),
        _("Only a moderator of this project can do this, and nobody with their own comment."),
    )
    return post


def _cite(post: Post, rule: Rule) -> None:
    """Keep the rule as it reads now: rules change, decisions do not."""
    post.rule_number, post.rule_title = rule.number, rule.title


def _change_state(post: Post, state: str) -> None:
    post.state = state
    post.revision += 1
    show_state(post)
    db.session.flush()
