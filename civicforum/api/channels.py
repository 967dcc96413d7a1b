"""What changed in a channel, for clients that cannot keep a socket open."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import Schema, fields
from marshmallow.validate import Length, Range

from civicforum.api.door import scoped
from civicforum.live import registry
from civicforum.live.changes import changes_since
from civicforum.live.publisher import message
from civicforum.web.viewer import viewer

blp = Blueprint("channels", __name__, url_prefix="/api/v1", description="Live changes, as over the socket.")


class ChangesQuery(Schema):
    after = fields.Integer(
        load_default=None,
        validate=Range(0, 2**53),
        metadata={"description": "The revision one has; without it, from now on."},
    )
    stream = fields.String(load_default=None, validate=Length(max=64))


class ChangesSchema(Schema):
    channel = fields.String(required=True)
    stream = fields.String(required=True)
    revision = fields.Integer(required=True)
    items = fields.List(
        fields.Dict(),
        required=True,
        metadata={"description": "Each changed object once, as everybody may know it, with its `type`."},
    )
    more = fields.Boolean(required=True)
    reset = fields.Boolean(
        required=True,
        metadata={"description": "Forget everything, and read the page or the list again."},
    )


@blp.route("/channels/<name>/changes")
class ChannelChanges(MethodView):
    @scoped("read")
    @blp.arguments(ChangesQuery, location="query")
    @blp.response(200, ChangesSchema)
    def get(self, query: dict[str, Any], name: str) -> Any:
        """Every object changed after a revision, once, in order; at most 200, never splitting a revision."""
        registry.check_watch(viewer(), name)
        changes = changes_since(name, query["after"], query["stream"])
        return {**message(changes), "reset": changes.is_reset}
