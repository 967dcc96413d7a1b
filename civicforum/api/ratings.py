"""How talk was led, over the API: one's own answer, and everybody's together."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from civicforum.api.door import idempotent, scoped
from civicforum.moderation import actions, queries
from civicforum.moderation.figures import Found
from civicforum.moderation.queries import Place
from civicforum.moderation.schemas import FacilitationSchema, NewRatingSchema, ProjectFacilitationSchema
from civicforum.partnerships.queries import get_project
from civicforum.web.idempotency import Done
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

blp = Blueprint("ratings", __name__, url_prefix="/api/v1", description="How talk was led.")


@blp.route("/threads/<int:thread_id>/facilitation")
class ThreadRating(MethodView):
    @scoped("read")
    @blp.response(200, FacilitationSchema)
    def get(self, thread_id: int) -> Any:
        """What those who took part said together; null below five. ``own`` is one's own answer."""
        return _told("thread", thread_id)

    @scoped("write")
    @limited("write")
    @blp.arguments(NewRatingSchema)
    @blp.response(200, FacilitationSchema)
    def put(self, body: dict[str, Any], thread_id: int) -> Any:
        """Say how it was led, from 1 to 5, once it is closed; another answer replaces it."""
        return _rate("thread", thread_id, body)


@blp.route("/town-halls/<int:town_hall_id>/facilitation")
class MeetingRating(MethodView):
    @scoped("read")
    @blp.response(200, FacilitationSchema)
    def get(self, town_hall_id: int) -> Any:
        """What those who came said together; null below five. ``own`` is one's own answer."""
        return _told("townhall", town_hall_id)

    @scoped("write")
    @limited("write")
    @blp.arguments(NewRatingSchema)
    @blp.response(200, FacilitationSchema)
    def put(self, body: dict[str, Any], town_hall_id: int) -> Any:
        """Say how it was led, from 1 to 5, once it is over; another answer replaces it."""
        return _rate("townhall", town_hall_id, body)


@blp.route("/projects/<slug>/facilitation")
class ProjectFacilitation(MethodView):
    @scoped("read")
    @blp.response(200, ProjectFacilitationSchema)
    def get(self, slug: str) -> Any:
        """What was said in the project as a whole, and of each thread and meeting with five answers."""
        person = viewer()
        project = get_project(person, slug)
        return {
            "project": project.slug,
            "found": _json(queries.found_in_project(project)),
            "places": [_place(place, found) for place, found in queries.found_in_places(person, project)],
        }


def _rate(kind: str, object_id: int, body: dict[str, Any]) -> Any:
    def do() -> Done:
        return Done(200, "rating", actions.rate(viewer(), kind, object_id, **body).id)

    idempotent(do)
    return _told(kind, object_id)


def _told(kind: str, object_id: int) -> dict[str, Any]:
    place = queries.get_place(viewer(), kind, object_id)
    own = queries.find_rating(viewer(), place)
    return {**_place(place, queries.found_in_place(place)), "own": own if own and own.fair else None}


def _place(place: Place, found: Found | None) -> dict[str, Any]:
    return {"kind": place.kind, "id": place.id, "title": place.title, "found": _json(found)}


def _json(found: Found | None) -> dict[str, Any] | None:
    return found.json() if found else None
