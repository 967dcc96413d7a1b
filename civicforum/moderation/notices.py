"""What an inbox says of cases: always from the present state."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _

from civicforum.agreement import marks
from civicforum.discussions.policies import can_see_post
from civicforum.discussions.queries import find_posts
from civicforum.moderation.actions import show_listed
from civicforum.notifications import registry
from civicforum.notifications.registry import Notice


def _words(reason: str, thread: str) -> str:
    return {
        "post_hide": _(
            "Your comment in “%(thread)s” was hidden. Read why, and how to mend it.", thread=thread
        ),
        "post_leave": _(
            "A moderator looked again: your comment in “%(thread)s” stays hidden.", thread=thread
        ),
        "post_restore": _("Your comment in “%(thread)s” is shown again.", thread=thread),
        "post_decline": _("Your comment in “%(thread)s” was not published. Read why.", thread=thread),
        "post_held": _(
            "Your comment in “%(thread)s” waits until a moderator has read it. Nothing is lost.",
            thread=thread,
        ),
        "post_edit_asked": _(
            "Your comment in “%(thread)s” is published. A moderator asks you to change something.",
            thread=thread,
        ),
        "flag_mended": _(
            "A comment you flagged in “%(thread)s” was changed by its author, and is shown again.",
            thread=thread,
        ),
        "flag_hide": _("A comment you flagged in “%(thread)s” was hidden.", thread=thread),
        "flag_leave": _("A comment you flagged in “%(thread)s” stays: it breaks no rule.", thread=thread),
    }.get(reason, _("Something was decided about a comment in “%(thread)s”.", thread=thread))


def describe(viewer: Any, reason: str, ids: Sequence[int]) -> Mapping[int, Notice]:
    """Notices of decisions about comments that the viewer may still know of."""
    return {
        post.id: Notice(_words(reason, post.thread.title), _url(reason, post))
        for post in find_posts(ids)
        if can_see_post(viewer, post)
    }


def _url(reason: str, post: Any) -> str:
    if reason in ("post_hide", "post_decline", "post_leave"):
        return url_for("moderation.show_reasons", post_id=post.id)
    return url_for("discussions.show_thread", thread_id=post.thread_id, **{"from": post.seq})


def init_app(_app: Flask) -> None:
    registry.register("post_case", describe)
    marks.register(_look)


def _look(kind: str, object_id: int) -> None:
    """What is shown with a listed word comes before the moderators."""
    if kind == "post":
        show_listed(object_id)
