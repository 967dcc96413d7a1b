"""Moving threads, and comments between them, over the API."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from civicforum.api.door import idempotent, scoped
from civicforum.discussions import queries, schemas
from civicforum.moderation import actions
from civicforum.partnerships.queries import get_project
from civicforum.web.idempotency import Done
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

blp = Blueprint(
    "moving", __name__, url_prefix="/api/v1", description="Moving threads, and comments between them."
)


def _told(done: Done) -> schemas.ToldThread:
    return schemas.tell_threads([queries.get_thread(viewer(), done.object_id)])[0]


@blp.route("/threads/<int:thread_id>/move")
class Move(MethodView):
    @scoped("write")
    @limited("write")
    @blp.arguments(schemas.ThreadMoveSchema)
    @blp.response(200, schemas.ThreadSchema)
    def post(self, body: dict[str, Any], thread_id: int) -> Any:
        """Give the thread to another project; its address stays."""
        project = get_project(viewer(), body["project"])

        def move() -> Done:
            moved = actions.move_thread(viewer(), thread_id, project.id, body["reason"])
            return Done(200, "thread", moved.id)

        return _told(idempotent(move))


@blp.route("/threads/<int:thread_id>/split")
class Split(MethodView):
    @scoped("write")
    @limited("write")
    @blp.arguments(schemas.ThreadSplitSchema)
    @blp.response(200, schemas.ThreadSchema)
    def post(self, body: dict[str, Any], thread_id: int) -> Any:
        """Take comments out into another thread; answers with that one. Tombstones stay and lead there."""
        into = body.get("thread") or body["title"]

        def split() -> Done:
            other = actions.split_thread(
                viewer(), thread_id, body["posts"], into, body["reason"], body["with_replies"]
            )
            return Done(200, "thread", other.id)

        return _told(idempotent(split))


@blp.route("/threads/<int:thread_id>/merge")
class Merge(MethodView):
    @scoped("write")
    @limited("write")
    @blp.arguments(schemas.ThreadMergeSchema)
    @blp.response(200, schemas.ThreadSchema)
    def post(self, body: dict[str, Any], thread_id: int) -> Any:
        """Put all comments into another thread; answers with that one. This one leads there from now on."""

        def merge() -> Done:
            other = actions.merge_threads(viewer(), thread_id, body["into"], body["reason"])
            return Done(200, "thread", other.id)

        return _told(idempotent(merge))
