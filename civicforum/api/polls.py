"""Polls in posts over the API: the question, one's vote, the close and what comes of it."""

from collections.abc import Callable
from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from civicforum.api.door import idempotent, scoped
from civicforum.discussions import actions, queries, schemas
from civicforum.discussions.models import Poll as PollModel
from civicforum.web.idempotency import Done
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

blp = Blueprint("polls", __name__, url_prefix="/api/v1", description="Polls in posts, and voting in them.")


def _told(poll_id: int) -> schemas.ToldPoll:
    """The poll as the viewer may know it now."""
    post = queries.get_poll(viewer(), poll_id).post
    return schemas.tell_polls(viewer(), [post])[post.id]


def _done(deed: Callable[[], PollModel]) -> schemas.ToldPoll:
    """Do it once for each Idempotency-Key; the poll as it is now."""
    return _told(idempotent(lambda: Done(200, "poll", deed().id)).object_id)


@blp.route("/polls/<int:poll_id>")
class Poll(MethodView):
    @scoped("read")
    @blp.response(200, schemas.PollSchema)
    def get(self, poll_id: int) -> Any:
        """The poll; its counts once one has voted, or after the close."""
        return _told(poll_id)


@blp.route("/polls/<int:poll_id>/vote")
class Vote(MethodView):
    @scoped("write")
    @limited("write")
    @blp.arguments(schemas.VoteSchema)
    @blp.response(200, schemas.PollSchema)
    def put(self, body: dict[str, Any], poll_id: int) -> Any:
        """Vote, or vote otherwise: until the close the last vote counts."""
        choices = {choice["option"]: choice["value"] for choice in body["choices"]}
        return _done(lambda: actions.cast_vote(viewer(), poll_id, choices))

    @scoped("write")
    @limited("write")
    @blp.response(200, schemas.PollSchema)
    def delete(self, poll_id: int) -> Any:
        """Take one's vote back."""
        return _done(lambda: actions.take_back_vote(viewer(), poll_id))


@blp.route("/polls/<int:poll_id>/close")
class Close(MethodView):
    @scoped("write")
    @limited("write")
    @blp.response(200, schemas.PollSchema)
    def post(self, poll_id: int) -> Any:
        """Close it before its time; by its author and by organizers."""
        return _done(lambda: actions.close_poll(viewer(), poll_id))


@blp.route("/polls/<int:poll_id>/outcome")
class Outcome(MethodView):
    @scoped("write")
    @limited("write")
    @blp.arguments(schemas.NewOutcomeSchema)
    @blp.response(200, schemas.PollSchema)
    def put(self, body: dict[str, Any], poll_id: int) -> Any:
        """Say what happens next, once it is closed; perhaps with a day to look at it again."""
        return _done(lambda: actions.write_outcome(viewer(), poll_id, body["words"], body["review_on"]))
