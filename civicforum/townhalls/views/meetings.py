"""Reading: the list, one meeting, its room and its poster."""

from io import BytesIO
from typing import Any

import segno
from flask import Response, render_template, request, url_for

from civicforum.accounts.models import Actor
from civicforum.live.changes import channel_revision, current_stream
from civicforum.partnerships.policies import is_organizer
from civicforum.partnerships.queries import get_project, list_own_projects
from civicforum.text import render_markdown
from civicforum.townhalls import policies, queries, schemas
from civicforum.townhalls.agenda import total_minutes
from civicforum.townhalls.forms import AnswerForm, GuestForm
from civicforum.townhalls.models import Rsvp, TownHall
from civicforum.townhalls.views.blueprint import bp
from civicforum.townhalls.views.calendars import personal_calendar_url
from civicforum.web.viewer import viewer

PAGE = 20


@bp.get("/town-halls")
def list_town_halls() -> str:
    person = viewer()
    slug = request.args.get("project")
    project = get_project(person, slug) if slug else None
    when = "past" if request.args.get("when") == "past" else "coming"
    page = queries.list_town_halls(person, project, when, PAGE, request.args.get("cursor"))
    own = queries.find_own_answers(person, [row.id for row in page.items])
    return render_template(
        "townhalls/list.html",
        project=project,
        when=when,
        page=page,
        seats=queries.seats_by_mode(page.items),
        own=own,
        calendar_url=personal_calendar_url(person),
        callable_projects=_callable_projects(person, project),
        can_call=project is not None and is_organizer(person, project),
    )


def _callable_projects(person: Actor, project: Any) -> list[Any]:
    """Where this person can call a meeting, when the list is of all projects."""
    return [] if project is not None or not person.is_authenticated else list_own_projects(person)


@bp.get("/town-halls/<int:town_hall_id>")
def show_town_hall(town_hall_id: int) -> str:
    town_hall = queries.get_town_hall(viewer(), town_hall_id)
    own = queries.find_own(viewer(), town_hall)
    form = AnswerForm(formdata=None) if viewer().is_authenticated else GuestForm(formdata=None)
    if own is not None:
        form.fill(own)
    form.offer(town_hall)
    return render_page(town_hall, own, form)


def render_page(town_hall: TownHall, own: Rsvp | None, form: AnswerForm) -> str:
    """The page of a meeting, with whatever was typed into its form."""
    person = viewer()
    return render_template(
        "townhalls/show.html",
        town_hall=town_hall,
        project=town_hall.project,
        own=own and schemas.tell_rsvp(own),
        form=form,
        seats=queries.seats_by_mode([town_hall])[town_hall.id],
        link=schemas.shown_link(person, town_hall, own),
        summary=queries.latest_summary(town_hall),
        summary_html=render_markdown(town_hall.summary),
        access_html=render_markdown(town_hall.access_statement),
        public_needs=schemas.public_needs(town_hall),
        agenda=agenda_now(town_hall),
        agenda_minutes=total_minutes(town_hall.agenda),
        can_help=policies.can_help(person, town_hall),
        can_run=policies.can_run(person, town_hall),
        can_answer=policies.can_rsvp(person, town_hall),
        stream=current_stream(),
        revision=channel_revision(town_hall.channel),
    )


def agenda_now(town_hall: TownHall) -> list[dict[str, Any]]:
    """The agenda with what is on by the plan."""
    states = town_hall.agenda_states()
    return [
        {"title": item.title, "minutes": item.minutes, "state": state, "note": item.presenter}
        for item, state in zip(town_hall.agenda, states, strict=True)
    ]


@bp.get("/town-halls/<int:town_hall_id>/room")
def show_room(town_hall_id: int) -> str:
    person = viewer()
    town_hall = queries.get_town_hall(person, town_hall_id)
    own = queries.find_own(person, town_hall)
    return render_template(
        "townhalls/room.html",
        town_hall=town_hall,
        own=own and schemas.tell_rsvp(own),
        agenda=agenda_now(town_hall),
        link=schemas.shown_link(person, town_hall, own),
        posts=queries.recent_posts(town_hall.thread_id),
        can_help=policies.can_help(person, town_hall),
        seats=queries.seats_by_mode([town_hall])[town_hall.id],
        stream=current_stream(),
        revision=channel_revision(town_hall.channel),
    )


@bp.get("/town-halls/<int:town_hall_id>/poster")
def show_poster(town_hall_id: int) -> str:
    town_hall = queries.get_town_hall(viewer(), town_hall_id)
    return render_template("townhalls/poster.html", town_hall=town_hall, url=_address(town_hall))


@bp.get("/town-halls/<int:town_hall_id>/code.svg")
def show_code(town_hall_id: int) -> Response:
    """The QR code that leads to the page of the meeting."""
    town_hall = queries.get_town_hall(viewer(), town_hall_id)
    drawn = BytesIO()
    segno.make(_address(town_hall), error="m").save(
        drawn, kind="svg", border=2, xmldecl=True, svgclass=None, lineclass=None, omitsize=True
    )
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


def _address(town_hall: TownHall) -> str:
    return url_for("townhalls.show_town_hall", town_hall_id=town_hall.id, _external=True)
