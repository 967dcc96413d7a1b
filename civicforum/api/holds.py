"""What waits before it is published, for moderators, over the API."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from civicforum.api.door import PageQuery, idempotent, scoped
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.schemas import HoldSchema, NewHoldDecisionSchema, holds_json
from civicforum.web.idempotency import Done
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

blp = Blueprint("holds", __name__, url_prefix="/api/v1", description="What is read before it is shown.")


@blp.route("/holds")
class Holds(MethodView):
    @blp.doc(summary="Comments that wait in the places you moderate, oldest first; never your own")
    @blp.alt_response(200, schema=HoldSchema)
    @scoped("moderate")
    @blp.arguments(PageQuery, location="query")
    def get(self, query: dict[str, Any]) -> Any:
        page = queries.list_holds(viewer(), query["cursor"], query["limit"])
        return {"items": holds_json(viewer(), page.items), "next": page.next}


@blp.route("/holds/<int:hold_id>")
class OneHold(MethodView):
    @blp.doc(summary="One comment that waits or waited")
    @blp.alt_response(200, schema=HoldSchema)
    @scoped("moderate")
    def get(self, hold_id: int) -> Any:
        return _told(hold_id)


@blp.route("/holds/<int:hold_id>/decision")
class HoldDecision(MethodView):
    @blp.doc(
        summary="Publish it (approve; a reason asks its author for a change) or not (decline, with rule and"
        " reason); 409 if another moderator decided"
    )
    @blp.arguments(NewHoldDecisionSchema)
    @blp.alt_response(201, schema=HoldSchema)
    @scoped("moderate")
    @limited("write")
    def post(self, body: dict[str, Any], hold_id: int) -> Any:
        queries.get_hold(viewer(), hold_id)
        deed = Deed(body["action"], body["rule"], body["reason"])

        def do() -> Done:
            actions.decide_hold(viewer(), hold_id, deed)
            return Done(201, "hold", hold_id)

        done = idempotent(do)
        return _told(done.object_id), done.status


def _told(hold_id: int) -> dict[str, Any]:
    return holds_json(viewer(), [queries.get_hold(viewer(), hold_id)])[0]
