"""Reading comments first, and being on duty, over the API."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from civicforum.agreement import duty
from civicforum.agreement.schemas import DutySchema, NewDutySchema
from civicforum.api.door import idempotent, scoped
from civicforum.discussions import queries, schemas
from civicforum.moderation import actions
from civicforum.web.idempotency import Done
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

blp = Blueprint("gates", __name__, url_prefix="/api/v1", description="What is read before it is shown.")


@blp.route("/threads/<int:thread_id>/gate")
class Gate(MethodView):
    @scoped("moderate")
    @limited("write")
    @blp.arguments(schemas.SetGateSchema)
    @blp.response(200, schemas.ThreadSchema)
    def put(self, body: dict[str, Any], thread_id: int) -> Any:
        """Read what newcomers, or all but moderators, write here before it is shown: for 1, 3 or 24 hours."""

        def close() -> Done:
            return Done(200, "thread", actions.set_gate(viewer(), thread_id, **body).thread_id)

        return _told(idempotent(close).object_id)

    @scoped("moderate")
    @limited("write")
    @blp.response(200, schemas.ThreadSchema)
    def delete(self, thread_id: int) -> Any:
        """Show comments at once again, before the time is over; what waits goes on waiting."""
        actions.end_gate(viewer(), thread_id)
        return _told(thread_id)


def _told(thread_id: int) -> schemas.ToldThread:
    return schemas.tell_threads([queries.get_thread(viewer(), thread_id)])[0]


@blp.route("/me/duty")
class Duty(MethodView):
    @scoped("moderate")
    @limited("write")
    @blp.arguments(NewDutySchema)
    @blp.response(200, DutySchema)
    def put(self, body: dict[str, Any]) -> Any:
        """Be on duty in every place you moderate, for 1, 3 or 8 hours from now."""

        def begin() -> Done:
            return Done(200, "duty", duty.begin_duty(viewer(), body["hours"]).id)

        idempotent(begin)
        return duty.find_duty(viewer())

    @scoped("moderate")
    @limited("write")
    @blp.response(204)
    def delete(self) -> None:
        """Be off duty before the time is over."""
        duty.end_duty(viewer())
