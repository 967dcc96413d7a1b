"""The community agreement."""

from typing import Any

from flask.views import MethodView
from flask_babel import get_locale
from flask_smorest import Blueprint

from civicforum.agreement import queries
from civicforum.agreement.schemas import AgreementSchema, agreement_json
from civicforum.api.door import scoped

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
