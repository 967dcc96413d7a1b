"""/api/v1/projects."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from civicforum.api.door import PageQuery, idempotent, scoped
from civicforum.partnerships import actions, queries
from civicforum.partnerships.models import Project
from civicforum.partnerships.schemas import (
    NewProjectSchema,
    ProjectChangesSchema,
    ProjectListSchema,
    ProjectSchema,
)
from civicforum.web.idempotency import Done
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

blp = Blueprint("projects", __name__, url_prefix="/api/v1", description="Partnership projects.")


@blp.route("/projects")
class Projects(MethodView):
    @scoped("read")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, ProjectListSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """The projects that you may see, newest first."""
        return queries.list_projects(viewer(), query["limit"], query["cursor"])

    @scoped("write")
    @limited("write")
    @blp.arguments(NewProjectSchema)
    @blp.response(201, ProjectSchema)
    def post(self, body: dict[str, Any]) -> Any:
        """Found a project, which you then organize."""

        def found() -> Done:
            return Done(201, "project", actions.create_project(viewer(), **body).id)

        done = idempotent(found)
        return queries.get_project_by_id(viewer(), done.object_id), done.status


@blp.route("/projects/<slug>")
class OneProject(MethodView):
    @scoped("read")
    @blp.response(200, ProjectSchema)
    def get(self, slug: str) -> Project:
        """One project, with its partners and phases."""
        return queries.get_project(viewer(), slug)

    @scoped("write")
    @limited("write")
    @blp.arguments(ProjectChangesSchema)
    @blp.response(200, ProjectSchema)
    def patch(self, changes: dict[str, Any], slug: str) -> Project:
        """Change what is given; all else stays."""
        project = queries.get_project(viewer(), slug)
        actions.edit_project(viewer(), project, **changes)
        return queries.get_project(viewer(), slug)
