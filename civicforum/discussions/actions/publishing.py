"""What every deed with a post shares: locking in one order, giving a place, telling."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete

from civicforum import jobs
from civicforum.accounts.models import Actor, User
from civicforum.agreement.actions import drop_hold, hold_for_review
from civicforum.agreement.limits.models import DELAY, DELAY_SECONDS
from civicforum.agreement.queries import is_newcomer, mask_words
from civicforum.db import db, lock, now
from civicforum.discussions import policies, queries
from civicforum.discussions.actions.counting import count_voice
from civicforum.discussions.actions.linking import note_links
from civicforum.discussions.models import Draft, Post, PostVersion, Pseudonym, Thread, ThreadChange
from civicforum.discussions.words import Words
from civicforum.errors import Conflict, Invalid, NotFound
from civicforum.files.models import MAX_ALT_CHARACTERS
from civicforum.live.changes import touch
from civicforum.notifications.actions import notify
from civicforum.notifications.queries import has_followers
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import is_organizer, is_partner
from civicforum.search.index import refresh
from civicforum.text import mentions

# What stood for a day counts for a newcomer's standing.
STOOD_HOURS = 24


def lock_thread(actor: Actor, thread_id: int) -> Thread:
    """The thread, held; NotFound for who may not know of it."""
    thread = lock(Thread, thread_id)
    if not policies.can_see_thread(actor, thread):
        raise NotFound
    return thread


def lock_post(actor: Actor, post_id: int) -> Post:
    """The post, held together with its thread (which is always locked first); NotFound as ``get_post``."""
    found = db.session.get(Post, post_id)
    if found is None:
        raise NotFound
    thread = lock(Thread, found.thread_id)
    post = lock(Post, post_id)
    if not policies.can_see_post(actor, post):
        raise NotFound
    check_place(post, thread)
    return post


def check_place(post: Post, thread: Thread) -> None:
    """Raise Conflict if the post went to another thread while this one was waited for."""
    if post.thread_id != thread.id:
        raise Conflict(_("This comment was moved just now. Look at it again, then decide."))


def check_revision(post: Post, revision: int | None, yours: str | None = None) -> None:
    """Raise Conflict, with both texts, if the post is no longer what the actor decided on."""
    if revision is None or revision == post.revision:
        return
    extra = {"current": {"revision": post.revision, "body": post.body}}
    if yours is not None:
        extra["yours"] = {"revision": revision, "body": yours}
    raise Conflict(_("This comment was changed meanwhile. Look at it again, then decide."), **extra)


def keep_version(actor: Actor, post: Post, is_public: bool) -> None:
    """Write down how the post reads now, before its words are replaced."""
    db.session.add(
        PostVersion(
            post_id=post.id,
            revision=post.revision,
            body=post.body,
            files=queries.files_in_words(post) or None,
            is_public=is_public,
            replaced_at=now(),
            replaced_by_id=actor.id,
        )
    )


def set_words(post: Post, words: Words) -> None:
    post.body, post.html = words.body, words.html
    post.revision += 1


def words_to_check(post: Post, title: str = "") -> str:
    """All that is read: what stands under a title, and what is said of its pictures."""
    return "\n\n".join(part for part in (title, post.body, queries.files_in_words(post)) if part)


def mask_files(post: Post) -> None:
    """Masked words are masked as well where they name or describe what goes along."""
    for row in queries.files_of(post):
        row.alt_text, row.name = mask_words(row.alt_text)[:MAX_ALT_CHARACTERS], mask_words(row.name)


def publish(thread: Thread, post: Post) -> None:
    """Show the post to everybody, at the next place of its thread unless it has one. The thread is locked."""
    at = now()
    if post.seq is None:
        thread.last_seq += 1
        thread.last_post_at = at
        post.seq, post.published_at = thread.last_seq, at
        if thread.status == "pending":
            thread.status = "open"
            refresh("thread", thread.id)
            touch_pointing(thread)
        close_if_full(thread)
        touch(thread.channel, "thread", thread.id)
    post.state, post.rule_number, post.rule_title = "visible", None, None
    show_state(post)
    db.session.flush()
    note_links(post)
    tell_people(post)
    _let_it_stand(post)


def close_if_full(thread: Thread) -> None:
    """A thread that has reached its length takes no more; whoever speaks next begins its continuation."""
    if thread.is_full and thread.status == "open":
        thread.status, thread.closed_at = "closed", now()
        thread.revision += 1


def show_thread(thread: Thread) -> None:
    """Let watchers see that something about the whole thread has changed."""
    thread.revision += 1
    touch(thread.channel, "thread", thread.id)
    refresh("thread", thread.id)
    db.session.flush()


def touch_pointing(thread: Thread) -> None:
    """Threads that lead on to this one say so only where everybody may know of it."""
    for thread_id in queries.pointing_ids(thread.id):
        touch(f"thread:{thread_id}", "thread", thread_id)


def record_change(actor: Actor, thread: Thread, kind: str, **facts: Any) -> None:
    """Write down, for everybody to read, what was done with a thread.

    By name: it takes a role. What its author does as such is told as of who began it (``pseudonym``).
    """
    db.session.add(ThreadChange(thread_id=thread.id, kind=kind, actor_id=actor.id, **facts))


def show_state(post: Post) -> None:
    """Let watchers see that a post is shown, or no longer; its answers name its author only while it is.

    A search finds it, and its author counts among those who are heard, for as long as it is shown.
    """
    refresh("post", post.id)
    if post.seq is None:
        return
    count_voice(post)
    touch(post.thread.channel, "post", post.id)
    show_answers([post.id])


def show_answers(post_ids: Iterable[int]) -> None:
    """Let watchers see the answers to these posts, in whatever thread they are by now."""
    for thread_id, answer_id in queries.answer_places(post_ids):
        touch(f"thread:{thread_id}", "post", answer_id)


def hold(actor: Actor, post: Post, cause: str) -> None:
    """Keep the post back until a moderator has looked; a place it has already shows that one is looking.

    What only waits its seconds in a thread with a delay is shown by a job.
    """
    post.state = "pending"
    db.session.flush()
    facts = _delayed(post) if cause == DELAY else {"duty_ends_at": _duty_ends_at(actor, post)}
    hold_for_review(actor, "post", post.id, post.thread.project_id, cause, **facts)
    show_state(post)


def _duty_ends_at(actor: Actor, post: Post) -> datetime | None:
    return queries.on_duty_until(post.thread.project, actor)


def _delayed(post: Post) -> dict[str, datetime]:
    shown_at = now() + timedelta(seconds=DELAY_SECONDS)
    jobs.enqueue("discussions.show_delayed", unique_key=f"delay:{post.id}", run_at=shown_at, post_id=post.id)
    return {"shown_at": shown_at}


def forget_words(actor: Actor, place: str) -> None:
    """What was said is no draft any more."""
    db.session.execute(delete(Draft).where(Draft.user_id == actor.id, Draft.place == place))


def forget_hold(post: Post) -> None:
    drop_hold("post", post.id)


def tell_people(post: Post) -> None:
    """Tell whom it answers and whom it calls on, and let a job tell who follows; telling twice is once."""
    answered = _answered(post)
    called = [
        user.id
        for user in queries.find_called(mentions(post.body), post.thread)
        if user.id not in (post.author_id, answered)
    ]
    if answered is not None:
        tell([answered], "answer" if speaks_for_project(post) else "reply", post)
    tell(called, "mention", post)
    thread = post.thread
    if has_followers(thread.project_id, thread.id):
        jobs.enqueue("discussions.tell_followers", post_id=post.id, after=0)


def tell(people: list[int], reason: str, post: Post) -> None:
    """Put the post into these people's inboxes, with all else that happened in its thread, and mail it."""
    notify(
        people,
        reason,
        "post",
        post.id,
        actor_id=post.author_id,
        bundle=post.thread.channel,
        mailed_by="discussions.mail_posts",
    )


def speaks_for_project(post: Post) -> bool:
    """Whether its author organizes the project, or speaks for one of its partners."""
    author, project = post.writer, post.thread.project
    if author is None or post.pseudonym_id is not None:
        return False
    return is_partner(author, project) or is_organizer(author, project)


def _answered(post: Post) -> int | None:
    """The author of the post that this one answers, if they may still see it."""
    parent = post.reply_to
    if parent is None or parent.writer is None or parent.author_id == post.author_id:
        return None
    return parent.author_id if policies.can_see_thread(parent.writer, post.thread) else None


def _let_it_stand(post: Post) -> None:
    """Newcomers' limits lift by what stood: look at it again in a day."""
    if post.writer is None or post.counted_at is not None or not is_newcomer(post.writer):
        return
    jobs.enqueue(
        "discussions.count_standing",
        unique_key=f"standing:{post.id}",
        run_at=now() + timedelta(hours=STOOD_HOURS),
        post_id=post.id,
    )


def author_of(actor: Actor) -> User | None:
    return actor if isinstance(actor, User) else None


def by_name_now() -> str:
    return _(
        "You have a role in this project now, so this would stand under your own name. Say first that you"
        " want that: the thread’s page asks you, where one writes."
    )


def byline(actor: Actor, project: Project) -> dict[str, User | Pseudonym | None]:
    """Who says it, and the pseudonym they say it under in this project, if any: columns of what is said.

    Raises Invalid for who would not know that it is their own name.
    """
    if queries.would_be_unmasked(actor, project):
        raise Invalid(errors={"body": [by_name_now()]})
    return {"writer": author_of(actor), "pseudonym": queries.find_pseudonym(actor, project)}
