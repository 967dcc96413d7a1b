"""Cases, flags and the public moderation log, over the API."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from civicforum.accounts.queries import get_person
from civicforum.api.door import PageQuery, idempotent, scoped
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.log import line_json
from civicforum.moderation.schemas import (
    CaseSchema,
    FlagSchema,
    LogLineSchema,
    NewActionSchema,
    NewCaseSchema,
    NewFlagSchema,
    NewPersonFlagSchema,
    PersonFlagSchema,
    case_json,
    flag_json,
    person_flag_json,
)
from civicforum.web.idempotency import Done
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

blp = Blueprint("cases", __name__, url_prefix="/api/v1", description="Moderation by due process.")


def _deed(body: dict[str, Any]) -> Deed:
    return Deed(
        action=body["action"],
        rule=body["rule"],
        reason=body["reason"],
        until=body["until"],
        minutes=body["minutes"],
        passages=tuple(body["passages"]),
    )


@blp.route("/cases")
class Cases(MethodView):
    @blp.doc(summary="Cases of the places you moderate, newest first")
    @scoped("moderate")
    @blp.arguments(PageQuery, location="query")
    def get(self, query: dict[str, Any]) -> Any:
        page = queries.list_cases(viewer(), query["cursor"], query["limit"])
        return {"items": [case_json(case) for case in page.items], "next": page.next}

    @blp.doc(summary="Open a case; with an action, act in it at once")
    @blp.arguments(NewCaseSchema)
    @blp.alt_response(201, schema=CaseSchema)
    @scoped("moderate")
    @limited("write")
    def post(self, body: dict[str, Any]) -> Any:
        deed = _deed(body) if body["action"] else None

        def do() -> Done:
            case = actions.moderate(viewer(), body["target"]["type"], body["target"]["id"], deed)
            return Done(201, "case", case.id)

        done = idempotent(do)
        return case_json(queries.get_case(viewer(), done.object_id)), done.status


@blp.route("/cases/<int:case_id>")
class OneCase(MethodView):
    @blp.response(200, CaseSchema)
    @scoped("moderate")
    def get(self, case_id: int) -> Any:
        return queries.get_case(viewer(), case_id)


@blp.route("/cases/<int:case_id>/actions")
class Actions(MethodView):
    @blp.doc(summary="Act in a case, as you saw it: 409 if another acted")
    @blp.arguments(NewActionSchema)
    @blp.alt_response(201, schema=CaseSchema)
    @scoped("moderate")
    @limited("write")
    def post(self, body: dict[str, Any], case_id: int) -> Any:
        deed = _deed(body)

        def do() -> Done:
            actions.decide_case(viewer(), case_id, deed, body["version"])
            return Done(201, "case", case_id)

        done = idempotent(do)
        return case_json(queries.get_case(viewer(), done.object_id)), done.status


@blp.route("/posts/<int:post_id>/flags")
class Flags(MethodView):
    @blp.doc(summary="Flag a comment for the moderators")
    @blp.arguments(NewFlagSchema)
    @blp.alt_response(201, schema=FlagSchema)
    @scoped("write")
    @limited("flag")
    def post(self, body: dict[str, Any], post_id: int) -> Any:
        def do() -> Done:
            return Done(201, "flag", actions.flag_post(viewer(), post_id, body["rule"], body["note"]).id)

        done = idempotent(do)
        return flag_json(queries.get_own_flag(viewer(), post_id)), done.status

    @blp.doc(summary="Take your flag back")
    @blp.response(204)
    @scoped("write")
    @limited("write")
    def delete(self, post_id: int) -> None:
        def do() -> Done:
            actions.withdraw_flag(viewer(), post_id)
            return Done(204, "flag", post_id)

        idempotent(do)


@blp.route("/people/<handle>/flags")
class PersonFlags(MethodView):
    @blp.doc(summary="Flag a name or a profile for the moderators")
    @blp.arguments(NewPersonFlagSchema)
    @blp.alt_response(201, schema=PersonFlagSchema)
    @scoped("write")
    @limited("flag")
    def post(self, body: dict[str, Any], handle: str) -> Any:
        person = get_person(handle)

        def do() -> Done:
            flag = actions.flag_person(viewer(), person.id, body["part"], body["rule"], body["note"])
            return Done(201, "flag", flag.id)

        done = idempotent(do)
        return person_flag_json(queries.get_own_flag_of_person(viewer(), person.id)), done.status

    @blp.doc(summary="Take your flag on a name or profile back")
    @blp.response(204)
    @scoped("write")
    @limited("write")
    def delete(self, handle: str) -> None:
        person = get_person(handle)

        def do() -> Done:
            actions.withdraw_flag_of_person(viewer(), person.id)
            return Done(204, "flag", person.id)

        idempotent(do)


@blp.route("/moderation/log")
class Log(MethodView):
    @blp.doc(summary="The public, hash-chained log of moderation, newest first")
    @blp.alt_response(200, schema=LogLineSchema)
    @scoped("read")
    @blp.arguments(PageQuery, location="query")
    def get(self, query: dict[str, Any]) -> Any:
        page = queries.list_log(query["cursor"], query["limit"])
        count, head = queries.log_head()
        lines = [line_json(line) for line in page.items]
        return {"items": lines, "next": page.next, "count": count, "head": head}
