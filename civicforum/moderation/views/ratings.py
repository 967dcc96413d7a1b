"""Asking those who took part how a thread or a meeting was led, and what everybody said together."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from civicforum.moderation import actions, policies, queries
from civicforum.moderation.forms import RatingForm
from civicforum.moderation.queries import Place
from civicforum.moderation.views.blueprint import bp
from civicforum.partnerships.queries import get_project
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer


@bp.route("/threads/<int:thread_id>/facilitation", methods=["GET", "POST"])
@limited("write")
def rate_thread(thread_id: int) -> Any:
    return _page("thread", thread_id)


@bp.route("/town-halls/<int:town_hall_id>/facilitation", methods=["GET", "POST"])
@limited("write")
def rate_meeting(town_hall_id: int) -> Any:
    return _page("townhall", town_hall_id)


@bp.post("/threads/<int:thread_id>/facilitation/away")
@limited("write")
def put_thread_rating_away(thread_id: int) -> Response:
    return _put_away("thread", thread_id)


@bp.post("/town-halls/<int:town_hall_id>/facilitation/away")
@limited("write")
def put_meeting_rating_away(town_hall_id: int) -> Response:
    return _put_away("townhall", town_hall_id)


@bp.get("/projects/<slug>/facilitation")
def show_facilitation(slug: str) -> str:
    person = viewer()
    project = get_project(person, slug)
    return render_template(
        "moderation/facilitation.html",
        project=project,
        found=queries.found_in_project(project),
        places=[(place, found, urls_of(place)) for place, found in queries.found_in_places(person, project)],
    )


def _page(kind: str, object_id: int) -> Any:
    """What was found, and the questions for who may answer them."""
    person = viewer()
    place = queries.get_place(person, kind, object_id)
    own, urls = queries.find_rating(person, place), urls_of(place)
    form = RatingForm(obj=own)
    if form.submits(lambda: _rate(place, form)) is not None:
        flash(_("Thank you. Your answer counts; nobody learns that it is yours."), "success")
        return redirect(urls["place"])
    return render_template(
        "moderation/rate.html",
        place=place,
        project=place.project,
        urls=urls,
        form=form,
        own=own,
        may_answer=queries.may_answer(person, place),
        found=queries.found_in_place(place),
        facilitates=policies.facilitates(person, place.project),
        words=queries.words_for(person, place),
    ), (422 if form.errors and request.method == "POST" else 200)


def _rate(place: Place, form: RatingForm) -> Any:
    fair, heard = int(form.fair.data), int(form.heard.data)
    return actions.rate(viewer(), place.kind, place.id, fair, heard, form.words.data or "")


def _put_away(kind: str, object_id: int) -> Response:
    actions.put_rating_away(viewer(), kind, object_id)
    flash(_("Put away. It is not asked again here."), "success")
    return redirect(urls_of(queries.get_place(viewer(), kind, object_id))["place"])


def urls_of(place: Place) -> dict[str, str]:
    """Where it is, where it is rated, and where the question is put away."""
    here: dict[str, Any]
    if place.kind == "thread":
        here = {"thread_id": place.id}
        names = ("discussions.show_thread", "moderation.rate_thread", "moderation.put_thread_rating_away")
    else:
        here = {"town_hall_id": place.id}
        names = (
            "townhalls.show_town_hall",
            "moderation.rate_meeting",
            "moderation.put_meeting_rating_away",
        )
    place_url, rate_url, away_url = (url_for(name, **here) for name in names)
    return {"place": place_url, "rate": rate_url, "away": away_url}


def facilitation_card(kind: str, object_id: int) -> dict[str, Any] | None:
    """What the page of a thread or a meeting that is over says of its facilitation, for this viewer; None
    where it says nothing."""
    person = viewer()
    place = queries.get_place(person, kind, object_id)
    if not place.is_over:
        return None
    own = queries.find_rating(person, place)
    return {
        "is_asked": own is None and queries.may_answer(person, place),
        "has_answered": own is not None and own.fair is not None,
        "is_told": queries.found_in_place(place) is not None,
        "urls": urls_of(place),
    }
