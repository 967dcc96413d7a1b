"""The community agreement."""

from typing import Any

from flask.views import MethodView
from flask_babel import get_locale
from flask_smorest import Blueprint

from civicforum.agreement import queries
from civicforum.agreement.actions import accept_agreement
from civicforum.agreement.schemas import AgreementSchema, agreement_json
from civicforum.api.door import scoped
from civicforum.partnerships.queries import get_project
from civicforum.rulemaking.queries import get_version
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

blp = Blueprint(
    "agreement-api", __name__, url_prefix="/api/v1", description="The rules of how people talk here."
)


@blp.route("/agreement")
class Agreement(MethodView):
    @scoped("read")
    @blp.response(200, AgreementSchema)
    def get(self) -> Any:
        """The rules that hold now, in the reader's language; version 0 without rules before there are any."""
        return agreement_json(queries.current_agreement(), str(get_locale()))


@blp.route("/projects/<slug>/agreement")
class ProjectAgreement(MethodView):
    @scoped("read")
    @blp.response(200, AgreementSchema)
    def get(self, slug: str) -> Any:
        """The rules that hold in a project: its own, or the town's."""
        project = get_project(viewer(), slug)
        return agreement_json(queries.current_agreement(project.id), str(get_locale()))


@blp.route("/agreement/versions/<int:version_id>/acceptance")
class Acceptance(MethodView):
    @scoped("write")
    @limited("write")
    @blp.response(204)
    def put(self, version_id: int) -> None:
        """Accept this version, as a 403 of type `/agreement#changed` names it; 409 if a newer one holds."""
        version = get_version(viewer(), version_id)
        accept_agreement(viewer(), version.number, version.project_id)
