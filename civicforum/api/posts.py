"""One post over the API: changing it, taking it back, giving it a word."""

from collections.abc import Callable
from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from civicforum.api.door import idempotent, scoped
from civicforum.discussions import actions, queries, schemas
from civicforum.discussions.models import Post as PostModel
from civicforum.discussions.words import prepare_words
from civicforum.web.idempotency import Done
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

blp = Blueprint("posts", __name__, url_prefix="/api/v1", description="One post, and reactions to it.")


def _told(post_id: int) -> schemas.ToldPost:
    """The post as the viewer may know it now."""
    return schemas.tell_posts(viewer(), [queries.get_post(viewer(), post_id)])[0]


def _done(deed: Callable[[], PostModel]) -> schemas.ToldPost:
    """Do it once for each Idempotency-Key; the post as it is now."""
    return _told(idempotent(lambda: Done(200, "post", deed().id)).object_id)


@blp.route("/posts/<int:post_id>")
class Post(MethodView):
    @scoped("read")
    @blp.response(200, schemas.PostSchema)
    def get(self, post_id: int) -> Any:
        """The post, perhaps as a tombstone."""
        return _told(post_id)

    @scoped("write")
    @limited("write")
    @blp.arguments(schemas.PostEditSchema)
    @blp.response(200, schemas.PostSchema)
    def patch(self, body: dict[str, Any], post_id: int) -> Any:
        """Change one's own words; 409 with `current` and `yours` if they changed meanwhile."""
        words = prepare_words(body["body"])
        return _told(actions.edit_post(viewer(), post_id, words, body["revision"]).id)

    @scoped("write")
    @limited("write")
    @blp.response(200, schemas.PostSchema)
    def delete(self, post_id: int) -> Any:
        """Take one's own words back; a tombstone stays at their place."""
        return _done(lambda: actions.withdraw_post(viewer(), post_id))


@blp.route("/posts/<int:post_id>/reactions/<kind>")
class Reaction(MethodView):
    @scoped("write")
    @limited("write")
    @blp.response(200, schemas.PostSchema)
    def put(self, post_id: int, kind: str) -> Any:
        """Give the post `support`, `thanks` or `concern`; once each."""
        return _done(lambda: actions.react(viewer(), post_id, kind))

    @scoped("write")
    @limited("write")
    @blp.response(200, schemas.PostSchema)
    def delete(self, post_id: int, kind: str) -> Any:
        """Take the word back."""
        return _done(lambda: actions.unreact(viewer(), post_id, kind))
