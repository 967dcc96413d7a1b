"""Keeping what is one's own: half-written words, and comments to come back to. Nobody else is told."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Actor
from civicforum.db import db, find_locked, lock, now, transactional
from civicforum.discussions import policies, queries
from civicforum.discussions.actions.publishing import forget_words
from civicforum.discussions.models import DRAFT_DAYS, MAX_DRAFTS, Bookmark, Draft, Post
from civicforum.errors import Conflict, Invalid, NotFound, require
from civicforum.partnerships.queries import get_project_by_id
from civicforum.text import MAX_POST_CHARACTERS, clean_text


@transactional
def keep_draft(
    actor: Actor, place: str, body: str, title: str = "", reply_to_id: int | None = None
) -> Draft | None:
    """Keep what the actor has begun to write in a place, for 180 days; blank words forget it.

    ``place`` is ``thread:7``, or ``project:3`` for a new thread; NotFound for one that they do not see.
    Raises Invalid for words longer than a comment may be, Conflict when there are too many drafts.
    """
    require(policies.can_keep_drafts(actor))
    _check_place(actor, place)
    words, line = clean_text(body), " ".join(clean_text(title).split())[:255]
    if len(words) > MAX_POST_CHARACTERS:
        raise Invalid(
            errors={"body": [_("A draft has at most %(max)s characters.", max=MAX_POST_CHARACTERS)]}
        )
    if not words.strip() and not line:
        forget_draft(actor, place)
        return None
    draft = _own_draft(actor, place)
    draft.title, draft.body, draft.saved_at = line, words, now()
    draft.reply_to_id = _known_post(actor, place, reply_to_id)
    db.session.flush()
    return draft


@transactional
def take_draft_along(actor: Actor, place: str, body: str, post_id: int) -> Post:
    """Keep words that were begun in ``place`` as an answer to this comment, in the thread where it is now.

    They go below what the actor had begun there, and nothing is left in ``place``. Locks the actor's own
    draft. Raises NotFound for a comment that they do not see, and what ``keep_draft`` raises.
    """
    require(policies.can_keep_drafts(actor))
    post = queries.get_post(actor, post_id)
    forget_words(actor, place)
    begun = queries.find_draft(actor, post.thread.channel)
    words = "\n\n".join(part for part in (begun.body if begun else "", body) if part.strip())
    keep_draft(actor, post.thread.channel, words, reply_to_id=post.id)
    return post


@transactional
def forget_draft(actor: Actor, place: str) -> None:
    """Throw the draft away that the actor has in this place, if there is one."""
    require(policies.can_keep_drafts(actor))
    forget_words(actor, place)


@transactional
def forget_old_draft(actor: Actor, draft_id: int) -> None:
    """Throw a draft away that nobody has touched for 180 days; done by the house, which asks again later."""
    require(actor is SYSTEM)
    draft = find_locked(Draft, draft_id)
    if draft is None:
        return
    if draft.saved_at + timedelta(days=DRAFT_DAYS) <= now():
        db.session.delete(draft)
    else:
        _look_again(draft)


def _own_draft(actor: Actor, place: str) -> Draft:
    """The draft of this place, held; made where there is none yet."""
    found = queries.find_draft(actor, place)
    if found is not None:
        return lock(Draft, found.id)
    if queries.count_drafts(actor) >= MAX_DRAFTS:
        raise Conflict(_("You have very many drafts. Throw some away, then this one can be kept."))
    draft = Draft(user_id=actor.id, place=place, body="", saved_at=now())
    db.session.add(draft)
    db.session.flush()
    _look_again(draft)
    return draft


def _look_again(draft: Draft) -> None:
    jobs.enqueue(
        "discussions.forget_old_draft",
        unique_key=f"draft:{draft.id}",
        run_at=draft.saved_at + timedelta(days=DRAFT_DAYS),
        draft_id=draft.id,
    )


def _check_place(actor: Actor, place: str) -> None:
    kind, _colon, number = place.partition(":")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise NotFound
    if kind == "thread":
        queries.get_thread(actor, int(number))
    elif kind == "project":
        get_project_by_id(actor, int(number))
    else:
        raise NotFound


def _known_post(actor: Actor, place: str, post_id: int | None) -> int | None:
    """The post that the draft answers, if it is in that thread; otherwise it answers none."""
    post = queries.visible_posts(actor, [post_id]).get(post_id) if post_id else None
    return post.id if post is not None and post.thread.channel == place else None


@transactional
def keep_bookmark(actor: Actor, post_id: int) -> Post:
    """Note a comment to find it again; twice changes nothing. NotFound for one that is not there."""
    post = queries.get_post(actor, post_id)
    require(policies.can_bookmark(actor, post))
    if queries.find_bookmark(actor, post_id) is None:
        db.session.add(Bookmark(user_id=actor.id, post_id=post.id))
        db.session.flush()
    return post


@transactional
def drop_bookmark(actor: Actor, post_id: int) -> None:
    """Forget that the comment was noted, also when it is not to be seen any more."""
    require(policies.can_keep_drafts(actor))
    db.session.execute(delete(Bookmark).where(Bookmark.user_id == actor.id, Bookmark.post_id == post_id))
