"""Town halls over the API: reading and calling them, one's own answer, and the door."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from civicforum.api.door import PageQuery, idempotent, scoped
from civicforum.errors import SignInNeeded
from civicforum.partnerships.queries import get_project
from civicforum.townhalls import actions, queries, schemas
from civicforum.townhalls.models import Rsvp as RsvpModel
from civicforum.web.idempotency import Done
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

blp = Blueprint("town-halls", __name__, url_prefix="/api/v1", description="Meetings: when, where, who comes.")


class TownHallListQuery(PageQuery):
    project = fields.String(load_default=None, metadata={"description": "A project's slug."})
    when = fields.String(load_default=None, validate=validate.OneOf(("coming", "past")))


def _told(town_hall_id: int) -> dict[str, Any]:
    """The town hall as the viewer may know it now."""
    return schemas.tell_town_halls(viewer(), [queries.get_town_hall(viewer(), town_hall_id)])[0]


def _told_own(town_hall_id: int) -> dict[str, Any]:
    town_hall = queries.get_town_hall(viewer(), town_hall_id)
    if not viewer().is_authenticated:
        raise SignInNeeded
    return schemas.tell_rsvp(queries.get_own(viewer(), town_hall))


@blp.route("/town-halls")
class TownHalls(MethodView):
    @scoped("read")
    @blp.arguments(TownHallListQuery, location="query")
    @blp.response(200, schemas.TownHallListSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """Town halls by their beginning: the soonest first, past ones the latest first."""
        slug = query.pop("project")
        project = get_project(viewer(), slug) if slug else None
        page = queries.list_town_halls(viewer(), project, **query)
        return {"items": schemas.tell_town_halls(viewer(), page.items), "next": page.next}

    @scoped("write")
    @limited("write")
    @blp.arguments(schemas.NewTownHallIn)
    @blp.response(201, schemas.TownHallSchema)
    def post(self, body: dict[str, Any]) -> Any:
        """Call a meeting of a project, as a draft or published at once."""
        project_id = get_project(viewer(), body["project"]).id
        facts, agenda = schemas.facts_in(body)

        def create() -> Done:
            made = actions.create_town_hall(viewer(), project_id, facts, body["status"], agenda or ())
            return Done(201, "townhall", made.id)

        return _told(idempotent(create).object_id)


@blp.route("/town-halls/<int:town_hall_id>")
class TownHall(MethodView):
    @scoped("read")
    @blp.response(200, schemas.TownHallSchema)
    def get(self, town_hall_id: int) -> Any:
        """The town hall, with what is needed to watch it."""
        return _told(town_hall_id)

    @scoped("write")
    @limited("write")
    @blp.arguments(schemas.TownHallIn)
    @blp.response(200, schemas.TownHallSchema)
    def patch(self, body: dict[str, Any], town_hall_id: int) -> Any:
        """Change it, publish it, or cancel it (with `cancel_reason`)."""
        facts, agenda = schemas.facts_in(body)
        actions.change_town_hall(
            viewer(),
            town_hall_id,
            facts,
            status=body.get("status"),
            reason=body.get("cancel_reason", ""),
            agenda=agenda,
        )
        return _told(town_hall_id)


@blp.route("/town-halls/<int:town_hall_id>/rsvp")
class Rsvp(MethodView):
    @scoped("read")
    @blp.response(200, schemas.RsvpSchema)
    def get(self, town_hall_id: int) -> Any:
        """One's own answer; 404 where there is none."""
        return _told_own(town_hall_id)

    @scoped("write")
    @limited("rsvp")
    @blp.arguments(schemas.RsvpIn)
    @blp.response(200, schemas.RsvpSchema)
    def put(self, body: dict[str, Any], town_hall_id: int) -> Any:
        """Say whether one comes. Full: a place on the waiting list, strictly first come."""

        def answer() -> RsvpModel:
            return actions.rsvp(viewer(), town_hall_id, **body)

        return self._once(town_hall_id, answer)

    @scoped("write")
    @limited("rsvp")
    @blp.response(200, schemas.RsvpSchema)
    def delete(self, town_hall_id: int) -> Any:
        """Give the seat back; whoever waits moves up at once."""
        return self._once(town_hall_id, lambda: actions.cancel_rsvp(viewer(), town_hall_id))

    @staticmethod
    def _once(town_hall_id: int, deed: Any) -> Any:
        idempotent(lambda: Done(200, "rsvp", deed().id))
        return _told_own(town_hall_id)


@blp.route("/town-halls/<int:town_hall_id>/check-ins")
class CheckIns(MethodView):
    @scoped("write")
    @limited("door")
    @blp.arguments(schemas.CheckInIn)
    @blp.response(200, schemas.AdmissionSchema)
    def post(self, body: dict[str, Any], town_hall_id: int) -> Any:
        """Let the party with this code in. The same `nonce` is the same deed, however often it is sent."""

        def scan() -> Done:
            admission = actions.check_in(viewer(), town_hall_id, **body)
            return Done(200, admission.status, admission.rsvp.id if admission.rsvp else 0)

        done = idempotent(scan)
        row = queries.find_at_door(viewer(), town_hall_id, done.object_id)
        return {
            "status": done.kind,
            "name": row.name if row else None,
            "party_size": row.party_size if row else None,
        }
