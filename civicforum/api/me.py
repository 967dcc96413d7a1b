"""One's own account."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from civicforum.accounts.models import User
from civicforum.accounts.schemas import OwnAccountSchema
from civicforum.agreement.queries import standing_of
from civicforum.api.door import scoped
from civicforum.errors import SignInNeeded
from civicforum.notifications.queries import count_unread
from civicforum.web.viewer import viewer

blp = Blueprint("me", __name__, url_prefix="/api/v1", description="One's own account.")


_OF_THE_ACCOUNT = (*(set(OwnAccountSchema._declared_fields) - {"roles"}), "grants")


class MeSchema(OwnAccountSchema):
    unread_count = fields.Integer(required=True)
    is_newcomer = fields.Boolean(required=True)
    accepted_agreement = fields.Integer(
        allow_none=True, metadata={"description": "The version of the agreement last accepted."}
    )


@blp.route("/me")
class Me(MethodView):
    @scoped("read")
    @blp.response(200, MeSchema)
    def get(self) -> Any:
        """Who the token or the session belongs to."""
        person = viewer()
        if not isinstance(person, User):
            raise SignInNeeded
        standing = standing_of(person)
        return {
            **{name: getattr(person, name) for name in _OF_THE_ACCOUNT},
            "unread_count": count_unread(person),
            "is_newcomer": standing.is_newcomer,
            "accepted_agreement": standing.accepted_version,
        }
