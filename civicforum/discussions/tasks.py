"""The clock's door to threads."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import lazy_gettext as _

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, User
from civicforum.accounts.queries import find_user
from civicforum.db import db
from civicforum.discussions import actions, queries
from civicforum.discussions.addresses import post_url
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.reply_tokens import address_with
from civicforum.discussions.schemas import name_of
from civicforum.errors import TooMany
from civicforum.links.addresses import PUBLIC_WEB, NotAsked
from civicforum.links.fetching import fetch
from civicforum.links.reading import Said, read
from civicforum.notifications.actions import gather_mail, note_mailed
from civicforum.notifications.mailing import in_language_of, mail_person
from civicforum.notifications.queries import Batch, level_of
from civicforum.notifications.stops import Stop
from civicforum.text import opening
from civicforum.web.aside import aside
from civicforum.web.limits import check_limit

# A lock is held for this many objects at most.
SHOWN_AT_ONCE = 50


@jobs.task("discussions.count_standing")
def count_standing(post_id: int) -> None:
    """A day after a newcomer's words were published: count them if they still stand."""
    actions.count_standing(SYSTEM, post_id)


@jobs.task("discussions.forget_old_draft")
def forget_old_draft(draft_id: int) -> None:
    """Half a year after a draft was begun: forget it, unless it was touched since."""
    actions.forget_old_draft(SYSTEM, draft_id)


@jobs.task("discussions.show_delayed")
def show_delayed(post_id: int) -> None:
    """A comment has waited its seconds: show it, with what else is due in its thread."""
    post = db.session.get(Post, post_id)
    if post is not None:
        actions.show_due(SYSTEM, post.thread_id)


@jobs.task_of_round("discussions.show_overdue", every=timedelta(minutes=5))
def show_overdue() -> None:
    """What should have been shown by now, for whatever reason it was not."""
    for thread_id in queries.overdue_threads():
        actions.show_due(SYSTEM, thread_id)


@jobs.task("discussions.show_person")
def show_person(user_id: int) -> None:
    """Somebody has another name or hat: whoever watches what they said sees it."""
    _show(queries.places_showing(user_id))


@jobs.task("discussions.show_thread")
def show_thread(thread_id: int) -> None:
    """A thread is another project's: the hats of those who speak in it, and what it offers, are others."""
    _show(queries.places_in(thread_id))


@jobs.task("discussions.show_readings")
def show_readings(thread_id: int) -> None:
    """Comments came here with what people had seen of them: their open pages are told."""
    _show(queries.places_read(thread_id))


def _show(places: Sequence[tuple[str, str, int]]) -> None:
    """In many short transactions."""
    for start in range(0, len(places), SHOWN_AT_ONCE):
        actions.show_again(SYSTEM, places[start : start + SHOWN_AT_ONCE])


@jobs.task("discussions.tell_followers")
def tell_followers(post_id: int, after: int) -> None:
    """Somebody wrote where people follow."""
    actions.tell_followers(SYSTEM, post_id, after)


# In this order: a mail about several reasons says the most personal one.
REASONS = ("answer", "reply", "mention", "subscription")
# A mail shows so many comments; the rest are a link away.
SHOWN_IN_A_MAIL = 10
SHOWN_OF_A_POST = 700  # characters


@jobs.task("discussions.mail_posts")
def mail_posts(user_id: int, bundle: str) -> None:
    """Mail somebody what waits for them of one thread, as it is now and as they may read it."""
    user = find_user(user_id)
    batch = gather_mail(SYSTEM, user_id, bundle, "discussions.mail_posts")
    if user is None or batch is None:
        return
    with in_language_of(user):
        was_sent = _send(user, batch)
    note_mailed(SYSTEM, user_id, batch.number, was_sent)


def _send(user: User, batch: Batch) -> bool:
    """A mail for each thread in which the comments stand by now: some may have gone to another one since."""
    reasons = {object_id: reason for reason, object_id in batch.told}
    visible = queries.visible_posts(user, reasons).values()
    threads = {post.thread_id: post.thread for post in visible}
    new = queries.new_to(user, threads.values())
    by_thread: dict[int, list[Post]] = defaultdict(list)
    for post in visible:
        if new[post.thread_id].holds(post.seq):
            by_thread[post.thread_id].append(post)
    heard = [id_ for id_ in sorted(by_thread) if not _is_ignored(user, threads[id_])]
    sent = [_send_of(user, threads[id_], by_thread[id_], reasons, batch.number) for id_ in heard]
    return any(sent)


def _is_ignored(user: User, thread: Thread) -> bool:
    return level_of(user, thread.project_id, thread.id) == "ignore"


def _send_of(user: User, thread: Thread, posts: list[Post], reasons: Mapping[int, str], number: int) -> bool:
    given = {reasons[post.id] for post in posts}
    what = tuple(name for name in REASONS if name in given)
    told = sorted(posts, key=lambda post: post.seq or 0)
    reply_to = _reply_address(user, thread, told)
    return mail_person(
        user,
        "discussions/mail/posts.md",
        key=f"posts:{user.id}:{number}:{thread.id}",
        because=_because(what[0], thread.title),
        stop=Stop(user.id, what, "thread", thread.id),
        reply_to=reply_to,
        can_reply=reply_to is not None,
        thread=thread,
        posts=[_written(post, reasons[post.id]) for post in told[:SHOWN_IN_A_MAIL]],
        more=len(told) - SHOWN_IN_A_MAIL,
        url=post_url(thread, told[0].id, told[0].seq, _external=True),
    )


def _reply_address(user: User, thread: Thread, told: list[Post]) -> str | None:
    """Where this mail may be answered, if it may: one post of it, or else the thread."""
    if current_app.config["REPLY_ADDRESS"] is None:
        return None
    post_id = told[0].id if len(told) == 1 else None
    return address_with(actions.open_reply_address(SYSTEM, user.id, thread.id, post_id))


@jobs.task_of_round("discussions.forget_reply_addresses", every=timedelta(days=1))
def forget_reply_addresses() -> None:
    actions.forget_reply_addresses(SYSTEM)


def _because(reason: str, title: str) -> Any:
    return {
        "answer": _(
            "You get this because a partner or an organizer answered you in “%(title)s”.", title=title
        ),
        "reply": _("You get this because somebody answered you in “%(title)s”.", title=title),
        "mention": _("You get this because somebody mentioned you in “%(title)s”.", title=title),
        "subscription": _("You get this because you follow “%(title)s”.", title=title),
    }[reason]


def _written(post: Post, reason: str) -> dict[str, Any]:
    answered = post.reply_to.author if post.reply_to and post.reply_to.is_visible else None
    return {
        "name": name_of(post.author),
        "hats": post.author.hats if post.author else [],
        "reason": reason,
        "answered": name_of(answered) if answered else None,
        "lines": opening(post.body, SHOWN_OF_A_POST),
    }


@jobs.task("discussions.end_room")
def end_room(thread_id: int) -> None:
    """The time for which room was made is over: the banner goes."""
    actions.tell_room_ended(SYSTEM, thread_id)


@jobs.task("discussions.end_limits")
def end_limits(thread_id: int) -> None:
    """A thread was slow or locked, and its time is over: the banner goes."""
    actions.tell_limits_ended(SYSTEM, thread_id)


@jobs.task("discussions.end_gate")
def end_gate(thread_id: int) -> None:
    """The time for which comments were read first is over: the banner goes."""
    actions.tell_gate_ended(SYSTEM, thread_id)


@jobs.task("discussions.end_poll")
def end_poll(poll_id: int) -> None:
    actions.end_poll(SYSTEM, poll_id)


@jobs.task("discussions.remind_of_poll")
def remind_of_poll(poll_id: int) -> None:
    """A day before the close, those who have not voted."""
    actions.remind_of_poll(SYSTEM, poll_id)


@jobs.task("discussions.review_poll")
def review_poll(poll_id: int, person_id: int | None) -> None:
    """On the day on which an outcome was to be looked at again."""
    actions.review_poll(SYSTEM, poll_id, person_id)


@jobs.task("discussions.ask_page")
def ask_page(preview_id: int) -> None:
    """Something public links to a page that was not asked this week: ask it what it is about."""
    url = queries.find_page_to_ask(preview_id)
    # Nothing is held in the database while somebody else is slow.
    db.session.rollback()
    if url is None:
        return
    try:
        check_limit("page", "all")
        check_limit("page-host", urlsplit(url).hostname or "")
    except TooMany:
        actions.ask_later(SYSTEM, preview_id)
        return
    actions.keep_answer(SYSTEM, preview_id, _ask(url))


@jobs.task_of_round("discussions.forget_previews", every=timedelta(days=1))
def forget_previews() -> None:
    """What pages said is not kept for ever."""
    while actions.forget_previews(SYSTEM) == actions.FORGOTTEN_AT_ONCE:
        pass


def _ask(url: str) -> Said | None:
    agent = f"CivicForum link preview (+{current_app.config['BASE_URL']})"
    reach = current_app.extensions.get("reach", PUBLIC_WEB)
    try:
        page = fetch(url, agent, reach)
    except NotAsked:
        return None
    said: Said | None = aside(read, page)
    return said
