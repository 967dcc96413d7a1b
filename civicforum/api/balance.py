"""Voice balance over the API, and the room that is made for others."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from civicforum.api.door import idempotent, scoped
from civicforum.discussions import queries, schemas
from civicforum.moderation import actions
from civicforum.pages.queries import list_all_weighed
from civicforum.partnerships.queries import get_project
from civicforum.web.idempotency import Done
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

blp = Blueprint("balance", __name__, url_prefix="/api/v1", description="Who is heard.")


@blp.route("/threads/<int:thread_id>/balance")
class ThreadBalance(MethodView):
    @scoped("read")
    @blp.response(200, schemas.BalanceSchema)
    def get(self, thread_id: int) -> Any:
        """How the thread is spread over those who speak in it; nobody is named."""
        thread = queries.get_thread(viewer(), thread_id)
        return schemas.tell_balance(queries.thread_balance(viewer(), thread))


@blp.route("/threads/<int:thread_id>/make-room")
class Room(MethodView):
    @scoped("moderate")
    @limited("write")
    @blp.arguments(schemas.MakeRoomSchema)
    @blp.response(200, schemas.ThreadSchema)
    def put(self, body: dict[str, Any], thread_id: int) -> Any:
        """Let those who wrote most write once in 5, 15 or 60 minutes, for 1, 3, 24 or 72 hours."""

        def make() -> Done:
            return Done(200, "thread", actions.make_room(viewer(), thread_id, **body).thread_id)

        return _told(idempotent(make).object_id)

    @scoped("moderate")
    @limited("write")
    @blp.response(200, schemas.ThreadSchema)
    def delete(self, thread_id: int) -> Any:
        """Let everybody write as always again, before the time is over."""
        actions.end_room(viewer(), thread_id)
        return _told(thread_id)


def _told(thread_id: int) -> schemas.ToldThread:
    return schemas.tell_threads([queries.get_thread(viewer(), thread_id)])[0]


@blp.route("/projects/<slug>/balance")
class ProjectBalance(MethodView):
    @scoped("read")
    @limited("search")
    @blp.response(200, schemas.ProjectBalanceSchema)
    def get(self, slug: str) -> Any:
        """The project as a whole (each person once), and each of its threads."""
        person = viewer()
        project = get_project(person, slug)
        return {
            "project": project.slug,
            "total": schemas.tell_balance(queries.project_balance(person, project)),
            "threads": [
                schemas.balance_json(row.balance, thread_id=row.thread.id, title=row.thread.title)
                for row in list_all_weighed(person, project)
            ],
        }
