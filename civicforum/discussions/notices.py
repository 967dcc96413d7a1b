"""What an inbox row says about a post, or about its poll."""

from collections.abc import Mapping, Sequence

from flask import Flask, url_for
from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.discussions import policies, queries
from civicforum.discussions.addresses import post_url, thread_url
from civicforum.discussions.models import Poll, Post
from civicforum.discussions.policies import can_see_thread
from civicforum.discussions.schemas import name_of
from civicforum.notifications.registry import Notice, register, register_successor
from civicforum.web.filters import localtime


def init_app(_app: Flask) -> None:
    register("post", describe)
    register("thread", describe_threads)
    register("nudge", describe_nudges)
    register("poll", describe_polls)
    register_successor("thread", queries.present_thread_id)


def describe(viewer: Actor, reason: str, ids: Sequence[int]) -> Mapping[int, Notice]:
    """Who answered or called on the viewer, and where; posts that cannot be read (any more) are left out."""
    posts = queries.visible_posts(viewer, ids)
    return {
        post.id: Notice(_sentence(reason, post), post_url(post.thread, post.id, post.seq))
        for post in posts.values()
    }


def describe_threads(viewer: Actor, _reason: str, ids: Sequence[int]) -> Mapping[int, Notice]:
    """Threads by their titles, those that the viewer may see."""
    return {
        thread.id: Notice(thread.title, thread_url(thread))
        for thread in queries.find_threads(ids)
        if can_see_thread(viewer, thread)
    }


def _sentence(reason: str, post: Post) -> str:
    names = {"name": name_of(post.author), "title": post.thread.title}
    if reason == "reply":
        return _("%(name)s answered you in “%(title)s”.", **names)
    if reason == "answer":
        return _("%(name)s, for the project, answered you in “%(title)s”.", **names)
    if reason == "subscription":
        return _("%(name)s wrote in “%(title)s”, which you follow.", **names)
    if reason == "mention":
        return _("%(name)s mentioned you in “%(title)s”.", **names)
    if reason == "post_approved":
        return _("Your comment in “%(title)s” was checked and is published.", **names)
    if reason == "moved":
        return _("Your comment is in another place now: “%(title)s”. Its address goes on working.", **names)
    return _("There is something new about a comment in “%(title)s”.", **names)


def describe_nudges(viewer: Actor, _reason: str, ids: Sequence[int]) -> Mapping[int, Notice]:
    """The quiet word with whoever wrote much of a thread."""
    return {
        thread.id: Notice(
            _("You wrote a good part of “%(title)s”. Others may have more to say.", title=thread.title),
            thread_url(thread, _anchor="reply"),
        )
        for thread in queries.list_nudged(viewer, ids)
    }


def describe_polls(viewer: Actor, reason: str, ids: Sequence[int]) -> Mapping[int, Notice]:
    """What is to be done about a poll, as it is now; polls that cannot be seen (any more) are left out."""
    polls = queries.visible_polls(viewer, ids)
    return {
        poll.id: Notice(_about_poll(reason, poll), _poll_url(viewer, reason, poll)) for poll in polls.values()
    }


def _about_poll(reason: str, poll: Poll) -> str:
    words = {"question": poll.question, "when": localtime(poll.closes_at)}
    if reason == "poll_closing" and not poll.is_closed():
        return _("“%(question)s” closes on %(when)s. You can still vote.", **words)
    if reason == "poll_closed" and poll.outcome is None:
        return _("Your poll “%(question)s” is closed. Tell everyone what happens next.", **words)
    if reason == "poll_outcome":
        return _("What comes of “%(question)s”, in which you voted.", **words)
    if reason == "poll_review":
        return _("You wanted to look again at what came of “%(question)s”.", **words)
    return _("The poll “%(question)s” is closed.", **words)


def _poll_url(viewer: Actor, reason: str, poll: Poll) -> str:
    is_asked = reason in ("poll_closed", "poll_review") and policies.can_write_outcome(viewer, poll.post)
    if is_asked and poll.post.is_visible:
        return url_for("discussions.write_outcome", poll_id=poll.id)
    return post_url(poll.post.thread, poll.post_id, poll.post.seq)
