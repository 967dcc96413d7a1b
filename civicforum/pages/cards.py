"""What a card of ours says in somebody else's page: what guests may see, and nothing of whoever looks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from civicforum.accounts.models import Guest
from civicforum.discussions.addresses import post_url, thread_url
from civicforum.discussions.models import Post
from civicforum.discussions.queries import get_post, get_thread, opening_posts
from civicforum.discussions.schemas import name_of
from civicforum.errors import NotFound
from civicforum.pages import queries
from civicforum.partnerships.queries import get_project
from civicforum.text import excerpt, excerpt_of_html
from civicforum.townhalls.queries import get_town_hall
from civicforum.web.filters import localtime

GUEST = Guest()


@dataclass(frozen=True)
class Saying:
    """Words of somebody: the beginning, as plain text."""

    name: str
    at: datetime
    words: str


@dataclass(frozen=True)
class Card:
    """``place``: what it belongs to; ``facts``: short lines; ``first`` and ``latest``: what was said."""

    title: str
    url: str
    place: str = ""
    words: str = ""
    facts: tuple[str, ...] = ()
    first: Saying | None = None
    latest: Saying | None = None

    @property
    def author(self) -> str:
        return self.first.name if self.first else ""


def card_of(kind: str, key: int | str) -> Card:
    """The card of a thread, post or town_hall by its id, of a project by its slug.

    NotFound for what guests may not see, and for a comment that is not shown.
    """
    return _CARDS[kind](key)


def _thread(thread_id: Any) -> Card:
    thread = get_thread(GUEST, thread_id)
    opening = opening_posts([thread.id]).get(thread.id)
    latest = queries.list_thread_feed(GUEST, thread, limit=1)
    is_one = opening is not None and latest and latest[0].id == opening.id
    return Card(
        title=thread.title,
        url=_absolute(thread_url(thread)),
        place=thread.project.title,
        facts=(ngettext("%(num)s comment", "%(num)s comments", thread.last_seq),),
        first=_saying(opening, 280) if opening is not None and opening.is_visible else None,
        latest=_saying(latest[0], 140) if latest and not is_one else None,
    )


def _post(post_id: Any) -> Card:
    post = get_post(GUEST, post_id)
    if not post.is_visible:
        raise NotFound
    return Card(
        title=post.thread.title,
        url=_absolute(post_url(post.thread, post.id, post.seq)),
        place=post.thread.project.title,
        first=_saying(post, 420),
    )


def _project(slug: Any) -> Card:
    project = get_project(GUEST, slug)
    return Card(
        title=project.title,
        url=url_for("partnerships.show_project", slug=project.slug, _external=True),
        words=excerpt(project.summary or project.vision, 280),
        facts=(project.decides,) if project.decides else (),
    )


def _town_hall(town_hall_id: Any) -> Card:
    meeting = get_town_hall(GUEST, town_hall_id)
    state = (_("Cancelled"),) if meeting.is_cancelled else ()
    place = (meeting.location,) if meeting.location else ()
    return Card(
        title=meeting.title,
        url=url_for("townhalls.show_town_hall", town_hall_id=meeting.id, _external=True),
        place=meeting.project.title,
        words=excerpt(meeting.summary, 280),
        facts=(*state, localtime(meeting.starts_at, meeting.timezone), *place),
    )


def _saying(post: Post, length: int) -> Saying:
    return Saying(name_of(post.author), queries.said_at(post), excerpt_of_html(post.html, length))


def _absolute(path: str) -> str:
    return url_for("pages.home", _external=True).rstrip("/") + path


_CARDS: dict[str, Callable[[Any], Card]] = {
    "thread": _thread,
    "post": _post,
    "project": _project,
    "town_hall": _town_hall,
}
