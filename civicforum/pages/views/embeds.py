"""Cards of ours in other people's pages: a frame of its own for each, and oEmbed, which says where it is."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, abort, current_app, make_response, render_template, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from civicforum.errors import NotFound
from civicforum.pages.cards import Card, card_of
from civicforum.pages.views.blueprint import bp
from civicforum.pages.views.everybody import FRESH_SECONDS, for_everybody
from civicforum.web.numbers import whole_number
from civicforum.web.site import get_site

WIDTH, HEIGHT = 600, 340
# A card of fewer pixels is no card any more: then oEmbed tells of a link.
NARROWEST, LOWEST = 300, 200
# Nothing but our own look; and, here alone, any page may hold it in a frame.
POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)
# The pages that have a card, and where it is.
FRAMES = {
    "discussions.show_thread": "pages.embed_thread",
    "discussions.find_post": "pages.embed_post",
    "partnerships.show_project": "pages.embed_project",
    "townhalls.show_town_hall": "pages.embed_town_hall",
}


@bp.get("/embed/threads/<int:thread_id>")
@for_everybody
def embed_thread(thread_id: int) -> Response:
    return _frame("thread", thread_id)


@bp.get("/embed/posts/<int:post_id>")
@for_everybody
def embed_post(post_id: int) -> Response:
    return _frame("post", post_id)


@bp.get("/embed/projects/<slug>")
@for_everybody
def embed_project(slug: str) -> Response:
    return _frame("project", slug)


@bp.get("/embed/town-halls/<int:town_hall_id>")
@for_everybody
def embed_town_hall(town_hall_id: int) -> Response:
    return _frame("town_hall", town_hall_id)


def _frame(kind: str, key: int | str) -> Response:
    answer = make_response(render_template("pages/embed.html", card=card_of(kind, key)))
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


@bp.get("/oembed")
@for_everybody
def oembed() -> Any:
    """oEmbed 1.0 for the address of a public thread, comment, project or meeting of this site."""
    if request.args.get("format", "json") != "json":
        abort(501)
    endpoint, values = _page_at(request.args.get("url", ""))
    frame = FRAMES[endpoint]
    key = next(iter(values.values()))
    card = card_of(frame.partition("embed_")[2], key)
    return _told(card, url_for(frame, **values, _external=True))


def _page_at(address: str) -> tuple[str, dict[str, Any]]:
    """(endpoint, what names the thing) of one of our own pages; NotFound for any other address."""
    adapter = current_app.create_url_adapter(request)
    try:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or parts.netloc != request.host or adapter is None:
            raise NotFound
        endpoint, values = adapter.match(parts.path, method="GET")
    except (HTTPException, ValueError) as error:
        raise NotFound from error
    if endpoint not in FRAMES:
        raise NotFound
    return endpoint, {name: value for name, value in values.items() if not _is_decoration(endpoint, name)}


def _is_decoration(endpoint: str, name: str) -> bool:
    """A thread's address says its title, too; the number alone tells which it is."""
    return endpoint == "discussions.show_thread" and name == "slug"


def _told(card: Card, frame_url: str) -> dict[str, Any]:
    site = get_site()
    told = {
        "version": "1.0",
        "type": "link",
        "title": card.title,
        "provider_name": site.name,
        "provider_url": url_for("pages.home", _external=True),
        "cache_age": FRESH_SECONDS,
    }
    if card.author:
        told["author_name"] = card.author
    width, height = _at_most("maxwidth", WIDTH), _at_most("maxheight", HEIGHT)
    if width < NARROWEST or height < LOWEST:
        return told
    frame = Markup(
        '<iframe src="{}" title="{}" width="{}" height="{}" frameborder="0" loading="lazy"></iframe>'
    ).format(frame_url, card.title, width, height)
    return {**told, "type": "rich", "html": str(frame), "width": width, "height": height}


def _at_most(name: str, usual: int) -> int:
    wanted = whole_number(request.args.get(name))
    return usual if wanted is None else min(usual, wanted)
