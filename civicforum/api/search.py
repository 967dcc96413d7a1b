"""/api/v1/search: the same function as the page."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields
from marshmallow.validate import Length, OneOf, Range

from civicforum.api.door import PageQuery, scoped
from civicforum.discussions.queries import get_thread
from civicforum.pages import queries
from civicforum.pages.telling import SearchSchema, search_json
from civicforum.partnerships.queries import get_project
from civicforum.search.sources import KINDS
from civicforum.search.words import MOST_CHARACTERS
from civicforum.web.limits import limited
from civicforum.web.numbers import LARGEST
from civicforum.web.viewer import viewer

blp = Blueprint("search-api", __name__, url_prefix="/api/v1", description="Full text.")


class SearchQuery(PageQuery):
    """What to look for, and where. Every word must be there; days are the town's."""

    q = fields.String(required=True, validate=Length(1, MOST_CHARACTERS))
    limit = fields.Integer(load_default=queries.PAGE_HITS, validate=Range(1, 50))
    kind = fields.String(load_default=None, validate=OneOf(KINDS))
    project = fields.String(load_default=None, validate=Length(max=80))
    thread = fields.Integer(load_default=None, validate=Range(1, LARGEST))
    person = fields.String(load_default=None, validate=Length(max=30), metadata={"description": "A handle."})
    since = fields.Date(load_default=None)
    until = fields.Date(load_default=None)


@blp.route("/search")
class Search(MethodView):
    @scoped("read")
    @limited("search")
    @blp.arguments(SearchQuery, location="query")
    @blp.response(200, SearchSchema)
    def get(self, query: dict[str, Any]) -> Any:
        """What you may read with all of these words in it, the best first."""
        person, thread = viewer(), query["thread"]
        filters = queries.Filters(
            kind=query["kind"],
            project=get_project(person, query["project"]).slug if query["project"] else None,
            person=query["person"],
            thread_id=None if thread is None else get_thread(person, thread).id,
            since=query["since"],
            until=query["until"],
        )
        return search_json(queries.find(person, query["q"], filters, query["cursor"], query["limit"]))
