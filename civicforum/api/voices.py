"""/api/v1/receipts and /api/v1/heard: what became of what was said."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields
from marshmallow.validate import Length

from civicforum.api.door import PageQuery, scoped
from civicforum.pages import queries
from civicforum.pages.schemas import HeardSchema, ReceiptSchema, heard_json, receipt_json
from civicforum.partnerships.queries import get_project
from civicforum.web.viewer import viewer

blp = Blueprint("voices", __name__, url_prefix="/api/v1", description="What became of it.")


class HeardQuery(PageQuery):
    project = fields.String(load_default=None, validate=Length(max=80))


@blp.route("/heard")
class HeardList(MethodView):
    @scoped("read")
    @blp.arguments(HeardQuery, location="query")
    @blp.response(200, HeardSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """What was said where you may read it, and how far each comment has come."""
        slug = query["project"]
        project = get_project(viewer(), slug) if slug else None
        page = queries.list_heard(viewer(), project, query["limit"], query["cursor"])
        return {
            "counts": queries.count_heard(viewer(), project),
            "items": [heard_json(row) for row in page.items],
            "next": page.next,
        }


@blp.route("/receipts/<number>")
class OneReceipt(MethodView):
    @scoped("read")
    @blp.response(200, ReceiptSchema)
    def get(self, number: str) -> Any:
        """What became of the comment with this tracking number."""
        return receipt_json(queries.get_receipt(viewer(), number))
