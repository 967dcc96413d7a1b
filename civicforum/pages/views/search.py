"""Search in everything that the viewer may read: the page, and what is offered while somebody types."""

from typing import Any

from flask import render_template, request, url_for

from civicforum.discussions.models import Thread
from civicforum.discussions.queries import get_thread
from civicforum.pages import queries
from civicforum.pages.forms import SearchForm
from civicforum.pages.queries import Filters, Results
from civicforum.pages.telling import tell_hits
from civicforum.pages.views.blueprint import bp
from civicforum.partnerships.queries import get_project, list_projects
from civicforum.search.words import MOST_CHARACTERS
from civicforum.web.limits import check_limit, limited
from civicforum.web.numbers import whole_number
from civicforum.web.viewer import viewer

MOST_SUGGESTIONS = 7
MOST_PROJECTS = 200


@bp.get("/search")
def search() -> Any:
    """The form alone costs nothing; a search counts against its limit."""
    words = _words()
    form = SearchForm(request.args)
    form.offer_projects(list_projects(viewer(), limit=MOST_PROJECTS).items)
    thread = _asked_thread()
    filters = _filters(form, thread)
    is_sound = form.validate()
    results = Results()
    if words and is_sound:
        check_limit("search")
        results = queries.find(viewer(), words, filters, request.args.get("cursor"))
    return render_template(
        "pages/search.html",
        form=form,
        words=words,
        thread=thread,
        is_sound=is_sound,
        chosen=form.chosen(),
        is_filtered=filters != Filters(),
        results=results,
        hits=tell_hits(results),
        next_url=_next_url(results),
    )


@bp.get("/search/suggestions")
@limited("suggest")
def suggest() -> Any:
    """The best few for what is typed so far, as the list below the box; a part of a page."""
    words = _words(is_typing=True)
    filters = Filters(project=request.args.get("project"), thread_id=_thread_id())
    results = queries.find(viewer(), words, filters, limit=MOST_SUGGESTIONS, is_typing=True)
    return render_template("pages/_suggestions.html", words=words.strip(), hits=tell_hits(results))


def _words(is_typing: bool = False) -> str:
    """While somebody types, a space at the end says that the last word is whole."""
    words = request.args.get("q", "")
    return (words if is_typing else words.strip())[:MOST_CHARACTERS]


def _thread_id() -> int | None:
    return whole_number(request.args.get("thread"))


def _asked_thread() -> Thread | None:
    """The thread in ``?thread=``; NotFound for one that the viewer may not know of."""
    thread_id = _thread_id()
    return None if thread_id is None else get_thread(viewer(), thread_id)


def _filters(form: SearchForm, thread: Thread | None) -> Filters:
    """NotFound for a project that the viewer may not know of."""
    slug = request.args.get("project")
    return Filters(
        kind=form.kind.data or None,
        project=get_project(viewer(), slug).slug if slug else None,
        person=(form.person.data or "").lstrip("@") or None,
        thread_id=None if thread is None else thread.id,
        since=form.since.data,
        until=form.until.data,
    )


def _next_url(results: Results) -> str | None:
    if results.next is None:
        return None
    asked = {name: value for name, value in request.args.items() if value and name != "cursor"}
    return url_for("pages.search", **{**asked, "cursor": results.next})  # type: ignore[arg-type]
