"""Calendars that other programs read."""

from collections.abc import Sequence

from flask import Response, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from civicforum.accounts.models import Actor, User
from civicforum.partnerships.queries import get_project
from civicforum.townhalls import actions, queries, schemas, tokens
from civicforum.townhalls.calendar import calendar_text
from civicforum.townhalls.models import TownHall
from civicforum.townhalls.views.blueprint import bp
from civicforum.web.limits import limited
from civicforum.web.site import get_site
from civicforum.web.viewer import viewer


@bp.get("/calendar.ics")
def calendar() -> BaseResponse:
    """What is public, in every project."""
    return _written(queries.list_for_calendar(viewer()), get_site().name)


@bp.get("/projects/<slug>/calendar.ics")
def project_calendar(slug: str) -> BaseResponse:
    project = get_project(viewer(), slug)
    return _written(queries.list_for_calendar(viewer(), project), project.title)


@bp.get("/town-halls/<int:town_hall_id>.ics")
def meeting_calendar(town_hall_id: int) -> BaseResponse:
    town_hall = queries.get_town_hall(viewer(), town_hall_id)
    return _written([town_hall], town_hall.title, f"meeting-{town_hall.id}.ics")


@bp.get("/my/<token>.ics")
def personal_calendar(token: str) -> BaseResponse:
    """What one comes to; whoever has the address can read it, so it cannot be guessed and can be renewed."""
    user_id, version = tokens.read_calendar(current_app.config["SECRET_KEY"], token)
    return _written(queries.list_personal(user_id, version), get_site().name)


@bp.post("/my/calendar/renew")
@limited("write")
def renew_calendar() -> BaseResponse:
    actions.renew_calendar(viewer())
    flash(_("Your calendar has a new address. The old one has stopped working."), "success")
    return redirect(url_for("townhalls.list_town_halls"))


def personal_calendar_url(person: Actor) -> str | None:
    """The person's own calendar address; None for guests."""
    if not isinstance(person, User):
        return None
    version = queries.calendar_version(person)
    token = tokens.sign_calendar(current_app.config["SECRET_KEY"], person.id, version)
    return url_for("townhalls.personal_calendar", token=token, _external=True)


def _written(town_halls: Sequence[TownHall], name: str, file_name: str = "calendar.ics") -> BaseResponse:
    entries = [
        schemas.calendar_entry(row, url_for("townhalls.show_town_hall", town_hall_id=row.id, _external=True))
        for row in town_halls
    ]
    response = Response(calendar_text(entries, name), mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'inline; filename="{file_name}"'
    response.add_etag()
    return response.make_conditional(request)
