"""Where things of a thread are on the site, and which deeds a post offers to whom."""

from typing import Any

from flask import current_app, url_for

from civicforum.accounts.models import Actor
from civicforum.discussions import policies
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.queries import PAGE_POSTS
from civicforum.discussions.schemas import ToldPoll, ToldPost

Addresses = dict[str, str]


def thread_url(thread: Thread, **values: Any) -> str:
    """The thread's page. ``start``: the seq it begins at; the rest as for ``url_for``.

    Without a start, a thread of several pages opens where its reader left off.
    """
    start = values.pop("start", None)
    if start is not None and (start > 1 or thread.last_seq > PAGE_POSTS):
        values["from"] = start
    return url_for("discussions.show_thread", thread_id=thread.id, slug=thread.slug, **values)


def page_start(seq: int) -> int:
    """The seq at which the page that shows this place begins."""
    return seq - (seq - 1) % PAGE_POSTS


def post_url(thread: Thread, post_id: int, seq: int | None, **values: Any) -> str:
    """The place of a post in its thread; further ``values`` as for ``url_for``."""
    if seq is None:
        return thread_url(thread, _anchor=f"post-held-{post_id}", **values)
    return thread_url(thread, start=page_start(seq), _anchor=f"post-{seq}", **values)


def public_addresses(post: ToldPost, thread: Thread) -> Addresses:
    """What everybody is offered at this post; the same on the page and over the socket."""
    if post.state == "visible":
        return _of_visible(post, thread)
    found = {"record": room_url("moderation.show_log")}
    if post.state == "moved" and post.moved_to is not None:
        found["moved"] = url_for("discussions.find_post", post_id=post.moved_to)
    return _known(found)


def _of_visible(post: ToldPost, thread: Thread) -> Addresses:
    found: dict[str, str | None] = {
        "permalink": post_url(thread, post.id, post.seq),
        "flag": room_url("moderation.flag_post", post_id=post.id),
        "mediate": room_url("mediation.ask", post_id=post.id),
        "bookmark": url_for("discussions.bookmark", post_id=post.id),
        "new_from": url_for("discussions.mark_new_from", post_id=post.id),
        "receipt": room_url("pages.receipt", number=post.voice.number) if post.voice else None,
    }
    if post.is_answer_to_moved:
        found["answered"] = url_for("discussions.find_post", post_id=post.reply_to)
    if post.edited_at or post.redacted_at:
        found["history"] = url_for("discussions.show_history", post_id=post.id)
    if post.poll and post.poll.takes_votes:
        found["sign_in_to_vote"] = url_for("accounts.sign_in", next=post_url(thread, post.id, post.seq))
    if any(post.reactions.values()):
        found["supporters"] = url_for("discussions.show_supporters", post_id=post.id)
    if thread.project.is_open:
        found["support"] = url_for("discussions.react", post_id=post.id, kind="support")
        found["thanks"] = url_for("discussions.react", post_id=post.id, kind="thanks")
        found["concern"] = url_for("discussions.react", post_id=post.id, kind="concern")
        if thread.is_open:
            found["reply"] = thread_url(thread, reply_to=post.id, _anchor="reply")
            found["quote"] = thread_url(thread, quote=post.id, _anchor="reply")
    return _known(found)


def own_addresses(viewer: Actor, told: ToldPost, post: Post) -> Addresses:
    """What this viewer is offered beside: to the author, to a moderator, and to whoever may vote."""
    found: dict[str, str | None] = {**_of_poll(told.poll)} if told.poll else {}
    if told.is_mine:
        found |= _of_author(viewer, told, post)
    elif policies.can_moderate_post(viewer, post):
        found["moderate"] = room_url("moderation.moderate_post", post_id=post.id)
        if told.state == "visible":
            found["hide"] = room_url("moderation.moderate_post", post_id=post.id, _anchor="hide")
    return _known(found)


def _of_poll(poll: ToldPoll) -> Addresses:
    found = {}
    if poll.may_vote:
        found["vote"] = url_for("discussions.vote", poll_id=poll.id)
        if poll.my_vote:
            found["take_back_vote"] = url_for("discussions.take_back_vote", poll_id=poll.id)
    if poll.may_close:
        deed = "write_outcome" if poll.is_closed else "close_poll"
        found[deed] = url_for(f"discussions.{deed}", poll_id=poll.id)
    return found


def _of_author(viewer: Actor, told: ToldPost, post: Post) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    if post.state in ("visible", "pending"):
        found["withdraw"] = url_for("discussions.withdraw", post_id=post.id)
        if policies.can_edit_post(viewer, post) and post.is_in_edit_window():
            found["edit"] = url_for("discussions.edit", post_id=post.id)
            if told.poll is None or told.poll.can_be_set:
                found["ask"] = url_for("discussions.set_poll", post_id=post.id)
    else:
        found["reasons"] = room_url("moderation.show_reasons", post_id=post.id)
        found["mend"] = found["reasons"]
    return found


def room_url(endpoint: str, **values: Any) -> str | None:
    """An address in a room above this one, which discussions do not know; None if that room is not there."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def _known(addresses: dict[str, str | None]) -> Addresses:
    return {name: url for name, url in addresses.items() if url}
