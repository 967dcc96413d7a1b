"""Statements of reasons and second looks, over the API."""

from datetime import timedelta
from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from civicforum.api.door import idempotent, scoped
from civicforum.moderation import actions, queries
from civicforum.moderation.schemas import (
    AppealSchema,
    NewAppealSchema,
    NewDecisionSchema,
    StatementQuery,
    StatementSchema,
    appeal_json,
)
from civicforum.moderation.statements import statement_of
from civicforum.web.idempotency import Done
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

blp = Blueprint("appeals", __name__, url_prefix="/api/v1", description="Moderation by due process.")


@blp.route("/cases/<int:case_id>/statement")
class CaseStatement(MethodView):
    @blp.doc(summary="Why something was done, in the shape of the Digital Services Act, article 17")
    @blp.response(200, StatementSchema)
    @scoped("read")
    @blp.arguments(StatementQuery, location="query")
    def get(self, query: dict[str, Any], case_id: int) -> Any:
        _case, measure = queries.get_told(viewer(), case_id, query["measure"])
        return statement_of(measure)


@blp.route("/cases/<int:case_id>/appeal")
class CaseAppeal(MethodView):
    @blp.doc(summary="The second look at a case that you may read")
    @blp.response(200, AppealSchema)
    @scoped("read")
    def get(self, case_id: int) -> Any:
        return queries.find_appeal_in(viewer(), case_id)

    @blp.doc(summary="Ask for a second look, once for each measure; by_lot: three residents decide")
    @blp.arguments(NewAppealSchema)
    @blp.alt_response(201, schema=AppealSchema)
    @scoped("write")
    @limited("write")
    def post(self, body: dict[str, Any], case_id: int) -> Any:
        def do() -> Done:
            asked = actions.appeal_measure(viewer(), case_id, body["text"], body["by_lot"], body["measure"])
            return Done(201, "appeal", asked.id)

        done = idempotent(do)
        return appeal_json(queries.get_appeal(viewer(), done.object_id)), done.status


@blp.route("/cases/<int:case_id>/appeal/decision")
class AppealDecision(MethodView):
    @blp.doc(summary="Decide a second look as you read it: upheld, overturned or varied; 409 if it changed")
    @blp.arguments(NewDecisionSchema)
    @blp.alt_response(201, schema=AppealSchema)
    @scoped("write")
    @limited("write")
    def post(self, body: dict[str, Any], case_id: int) -> Any:
        appeal_id = queries.find_appeal_in(viewer(), case_id, body["appeal"]).id

        def do() -> Done:
            lasts = timedelta(hours=body["hours"]) if body["hours"] else None
            softer = actions.Softer(lasts, body["kind"])
            actions.decide_appeal(
                viewer(), appeal_id, body["outcome"], body["reason"], body["version"], softer
            )
            return Done(201, "appeal", appeal_id)

        done = idempotent(do)
        return appeal_json(queries.get_appeal(viewer(), done.object_id)), done.status
