"""A post on a page: as told to this viewer, with what it offers them."""

from collections.abc import Set
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.accounts.policies import same_person
from civicforum.agreement.limits.words import delay_sentence
from civicforum.agreement.models import Hold
from civicforum.agreement.queries import find_hold
from civicforum.clock import now
from civicforum.discussions import queries, schemas
from civicforum.discussions.addresses import (
    Addresses,
    own_addresses,
    public_addresses,
)
from civicforum.discussions.models import Post
from civicforum.discussions.queries import NewToYou
from civicforum.web.filters import localtime


@dataclass(frozen=True)
class Card:
    """A post on a page: as told to this viewer, with what it offers them."""

    post: schemas.ToldPost
    urls: Addresses
    is_mine: bool = False
    given: Set[str] = frozenset()
    is_bookmarked: bool = False
    is_new: bool = False
    is_first_new: bool = False


def make_cards(
    person: Actor, posts: list[Post], new: NewToYou | None = None, first_new: int | None = None
) -> list[Card]:
    """Posts of one thread as this person sees them, with what each offers; a fixed number of queries.

    ``new`` says which of them are new to this person, ``first_new`` the seq at which that begins.
    """
    if not posts:
        return []
    ids = [post.id for post in posts]
    given, bookmarked = queries.own_reactions(person, ids), queries.bookmarked(person, ids)
    asked = queries.asked_edits([post for post in posts if same_person(person, post.author_id)])
    return [
        Card(
            post=_with_notes(told, post, asked.get(post.id)) if told.is_mine else told,
            urls=public_addresses(told, post.thread) | own_addresses(person, told, post),
            is_mine=told.is_mine,
            given=given.get(post.id, frozenset()),
            is_bookmarked=post.id in bookmarked,
            is_new=_is_new(told, new),
            is_first_new=first_new is not None and post.seq == first_new,
        )
        for post, told in zip(posts, schemas.tell_posts(person, posts), strict=True)
    ]


def _is_new(post: schemas.ToldPost, new: NewToYou | None) -> bool:
    return new is not None and post.state == "visible" and not post.is_mine and new.holds(post.seq)


def _with_notes(told: schemas.ToldPost, post: Post, asked: str | None) -> schemas.ToldPost:
    """With what its author alone is told: who reads it first, or what a moderator asks them to change."""
    note = delay_sentence(told.held_until) if told.held_until else _held_note(post)
    return replace(told, held_note=note, edit_asked=asked)


def _held_note(post: Post) -> str | None:
    """Who checks it, why and by when; a few own posts at most wait at once."""
    if post.state != "pending":
        return None
    held = find_hold("post", post.id)
    if held is None:
        return None
    return f"{_why_held(held.cause)} {_who_reads(held)}"


def _who_reads(held: Hold) -> str:
    """By role, never by name."""
    by = localtime(held.due_at)
    if held.due_at < now():
        return _("It should have been read by %(time)s. It is first in line.", time=by)
    if held.is_on_duty:
        return _("The moderator on duty reads it by %(time)s.", time=by)
    return _("A moderator of this project reads it by %(time)s.", time=by)


def _why_held(cause: str) -> str:
    return {
        "links": _("It has several links, so it is read first."),
        "newcomer": _(
            "Your first two comments are read first, like everybody’s while a moderator is on duty."
        ),
        "thread": _("Comments in this thread are read first just now."),
    }.get(cause, _("It has a word on our list, so it is read first."))
