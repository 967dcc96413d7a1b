"""Speaking in a thread, and changing or taking back what one said."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import update

from civicforum.accounts.models import SYSTEM, Actor
from civicforum.agreement.actions import count_stood
from civicforum.agreement.limits.models import EVERYWHERE
from civicforum.agreement.limits.queries import own_limit
from civicforum.agreement.limits.words import own_sentence
from civicforum.agreement.marks import mark_listed
from civicforum.db import db, find_locked, now, transactional
from civicforum.discussions import policies, queries
from civicforum.discussions.actions.gates import find_reason_to_wait
from civicforum.discussions.actions.limits import check_limits
from civicforum.discussions.actions.linking import note_links
from civicforum.discussions.actions.newcomers import check_newcomers_words
from civicforum.discussions.actions.publishing import (
    check_revision,
    forget_hold,
    forget_words,
    hold,
    keep_version,
    lock_post,
    lock_thread,
    mask_files,
    set_words,
    show_state,
    tell_people,
    words_to_check,
)
from civicforum.discussions.actions.room import check_room, nudge_if_loud
from civicforum.discussions.actions.saying import say
from civicforum.discussions.asking import Asked
from civicforum.discussions.models import EDIT_HOURS, MAX_EDITS, Post, PostVersion, Thread
from civicforum.discussions.queries import count_versions
from civicforum.discussions.words import Words, prepare_words
from civicforum.errors import Conflict, Invalid, require
from civicforum.files.actions import AS_THEY_ARE, Chosen, FileChanges, change_files
from civicforum.live.changes import touch
from civicforum.search.index import refresh
from civicforum.web.numbers import LARGEST


@transactional
def post_reply(
    actor: Actor,
    thread_id: int,
    body: str | Words,
    reply_to_id: int | None = None,
    files: Sequence[Chosen] = (),
    poll: Asked | None = None,
    forgets_draft: bool = False,
) -> Post:
    """Say something in a thread, perhaps in answer to a post, with uploaded files, or asking with a poll.

    The post gets its place at once, or is ``pending`` without one if a moderator has to look first. Doors
    give prepared ``Words``, because the thread is locked here. Raises NotAllowed for who may not speak,
    Conflict in a closed or locked thread, Invalid for words, files or a ``reply_to_id`` that will not do,
    TooMany for who wrote most while room is made for others, or a moment ago in a slow thread, Limited for
    who is muted or silenced.
    """
    words = prepare_words(body)
    thread = lock_thread(actor, thread_id)
    require(policies.can_reply(actor, thread), cannot_speak(actor))
    _check_open(thread)
    check_limits(actor, thread)
    check_room(actor, thread)
    post = say(actor, thread, words, files, poll, reply_to=_find_answered(thread, reply_to_id))
    if forgets_draft:
        forget_words(actor, thread.channel)
    if post.is_visible:
        nudge_if_loud(post)
    return post


def cannot_speak(actor: Actor) -> str | None:
    if not actor.is_authenticated:
        return None
    if actor.is_suspended():
        limit = own_limit(actor, [EVERYWHERE])
        if limit is not None:
            return own_sentence(limit)
        return _("Your account cannot write for now. Your settings say until when, and how to contest it.")
    if not actor.is_confirmed:
        return _("Please confirm your e-mail address first: the link is in your mail.")
    return _("This project is over, or only its members speak here.")


def _check_open(thread: Thread) -> None:
    if thread.status == "pending":
        raise Conflict(_("This thread is still being checked. You can add to it once it is published."))
    if thread.status == "merged":
        raise Conflict(_("This thread is part of another one now. Say it there: your words are not lost."))
    if thread.status == "closed" and thread.is_full:
        raise Conflict(
            _("This thread is full. Load the page again: your words stay, and begin the one that goes on.")
        )
    if not thread.is_open:
        raise Conflict(
            _("This thread is closed. Your words are not lost: copy them, and start a new thread with them.")
        )


def _find_answered(thread: Thread, post_id: int | None) -> Post | None:
    if post_id is None:
        return None
    post = db.session.get(Post, post_id) if 0 < post_id <= LARGEST else None
    if post is None or post.thread_id != thread.id or post.seq is None:
        raise Invalid(errors={"reply_to": [_("The comment you answer is not in this thread.")]})
    return post


@transactional
def edit_post(
    actor: Actor, post_id: int, body: str | Words, revision: int, files: FileChanges = AS_THEY_ARE
) -> Post:
    """Change one's own words within a day, or what is said of one's pictures; how it was before stays public.

    Raises Conflict, with both texts, if the post is no longer at ``revision``, and after the window; and as
    ``post_reply`` where a limit is in force.
    """
    words = prepare_words(body)
    post = lock_post(actor, post_id)
    require(
        policies.can_edit_post(actor, post),
        _("Only its author can change a comment, while the project is open."),
    )
    check_revision(post, revision, words.body)
    _check_editable(post)
    if words.body == post.body and not _changes_files(post, files):
        return post
    check_limits(actor, post.thread)
    _edit(actor, post, words, files)
    return post


def _check_editable(post: Post) -> None:
    if post.state == "hidden":
        raise Conflict(
            _("This comment is hidden. Mend it from the page that says why; then a moderator looks.")
        )
    if post.state not in ("visible", "pending"):
        raise Conflict(_("This comment was taken down, so there is nothing to change any more."))
    if count_versions(post.id) >= MAX_EDITS:
        raise Conflict(_("This comment was changed very often. Add what is new as a reply."))
    if not post.is_in_edit_window():
        raise Conflict(
            _(
                "Comments can be changed for %(hours)s hours. Add what is new as a reply.",
                hours=EDIT_HOURS,
            )
        )


def _changes_files(post: Post, files: FileChanges) -> bool:
    had = {row.key: row.alt_text for row in queries.files_of(post)}
    is_dropped = any(key in had for key in files.dropped)
    return is_dropped or any(had.get(key, alt) != alt for key, alt in files.alts.items())


def _edit(actor: Actor, post: Post, words: Words, files: FileChanges) -> None:
    check_newcomers_words(actor, words)
    was_visible = post.is_visible
    # What was never public does not become so through the history.
    keep_version(actor, post, is_public=was_visible)
    set_words(post, words)
    change_files(actor, "post", post.id, files.alts, files.dropped)
    mask_files(post)
    read = words_to_check(post)
    cause = find_reason_to_wait(actor, post, read, words.html)
    if post.seq is not None:
        post.edited_at = now()
    if cause:
        hold(actor, post, cause)
    elif was_visible:
        touch(post.thread.channel, "post", post.id)
        refresh("post", post.id)
        note_links(post)
        tell_people(post)
        mark_listed("post", post.id, read)
    db.session.flush()


@transactional
def withdraw_post(actor: Actor, post_id: int) -> Post:
    """Take one's own words back: a tombstone stays at their place, so that the answers keep theirs.

    What was never published vanishes for everybody else. Doing it twice changes nothing.
    """
    post = lock_post(actor, post_id)
    require(policies.can_withdraw_post(actor, post), _("Only its author can take a comment back."))
    if post.state == "withdrawn":
        return post
    if post.state not in ("visible", "pending"):
        raise Conflict(
            _("A moderator has taken this comment down. You can mend it, or ask for a second look.")
        )
    post.state = "withdrawn"
    post.revision += 1
    forget_hold(post)
    show_state(post)
    db.session.flush()
    return post


@transactional
def mend_post(actor: Actor, post_id: int, body: str | Words, files: FileChanges = AS_THEY_ARE) -> Post:
    """The author's new words for a hidden post; it stays hidden until a moderator restores it.

    The words that were hidden do not come back through the history. That one may mend once is up to the case.
    """
    words = prepare_words(body)
    post = lock_post(actor, post_id)
    require(policies.can_mend_post(actor, post), _("Only its author can mend a comment."))
    if post.state != "hidden":
        raise Conflict(_("This comment is not hidden (any more), so there is nothing to mend."))
    keep_version(actor, post, is_public=False)
    db.session.flush()
    db.session.execute(update(PostVersion).where(PostVersion.post_id == post.id).values(is_public=False))
    set_words(post, words)
    change_files(actor, "post", post.id, files.alts, files.dropped)
    mask_files(post)
    post.edited_at = now()
    touch(post.thread.channel, "post", post.id)
    db.session.flush()
    return post


@transactional
def amend_post(actor: Actor, post_id: int, body: str | Words, files: FileChanges = AS_THEY_ARE) -> Post:
    """The author's new words where a moderator asked for them, however long ago it was said.

    It stays in sight, and how it was before stays public, as with every change. Locks the thread and the
    post. Raises NotAllowed for everybody else, Conflict where it is not shown.
    """
    words = prepare_words(body)
    post = lock_post(actor, post_id)
    require(policies.can_edit_post(actor, post), _("Only its author can mend a comment."))
    if not post.is_visible:
        raise Conflict(_("This comment is not shown, so it cannot be changed this way."))
    _edit(actor, post, words, files)
    return post


@transactional
def count_standing(actor: Actor, post_id: int) -> None:
    """Count a newcomer's post that still stands, once; the house does it a day after it was published."""
    require(actor is SYSTEM)
    post = find_locked(Post, post_id)
    if post is None or not post.is_visible or post.counted_at is not None:
        return
    post.counted_at = now()
    count_stood(post.author_id)
