"""One's own drafts and noted comments over the API."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from civicforum.api.door import PageQuery, scoped
from civicforum.discussions import actions, policies, queries, schemas
from civicforum.errors import NotFound, SignInNeeded
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

blp = Blueprint("keeping", __name__, url_prefix="/api/v1", description="One's own drafts and noted comments.")


def _check_signed_in() -> None:
    if not policies.can_keep_drafts(viewer()):
        raise SignInNeeded


@blp.route("/drafts/<place>")
class Draft(MethodView):
    @scoped("read")
    @blp.response(200, schemas.DraftSchema)
    def get(self, place: str) -> Any:
        """What one has begun to write in `thread:ID`, or in `project:ID` for a new thread."""
        _check_signed_in()
        draft = queries.find_draft(viewer(), place)
        if draft is None:
            raise NotFound
        return draft

    @scoped("write")
    @limited("read")
    @blp.arguments(schemas.NewDraftSchema)
    @blp.response(204)
    def put(self, body: dict[str, Any], place: str) -> None:
        """Keep it for 180 days; blank words forget it."""
        actions.keep_draft(viewer(), place, body["body"], body["title"], body["reply_to"])

    @scoped("write")
    @limited("write")
    @blp.response(204)
    def delete(self, place: str) -> None:
        """Throw it away."""
        actions.forget_draft(viewer(), place)


@blp.route("/posts/<int:post_id>/bookmark")
class PostBookmark(MethodView):
    @scoped("write")
    @limited("write")
    @blp.response(204)
    def put(self, post_id: int) -> None:
        """Note the post, to find it again; twice is once."""
        actions.keep_bookmark(viewer(), post_id)

    @scoped("write")
    @limited("write")
    @blp.response(204)
    def delete(self, post_id: int) -> None:
        """Forget that it was noted."""
        actions.drop_bookmark(viewer(), post_id)


@blp.route("/bookmarks")
class Bookmarks(MethodView):
    @scoped("read")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, schemas.PostPageSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """The posts that one noted and may read now, the latest noted first."""
        _check_signed_in()
        page = queries.list_bookmarked(viewer(), query["cursor"], query["limit"])
        posts = [post for _row, post in page.items if post is not None]
        return {"items": schemas.tell_posts(viewer(), posts), "next": page.next}
