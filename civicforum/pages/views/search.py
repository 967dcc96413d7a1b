"""Search in everything that the viewer may read."""

from typing import Any

from flask import render_template, request

from civicforum.discussions.addresses import post_url
from civicforum.pages import queries
from civicforum.pages.views.blueprint import bp
from civicforum.text import excerpt
from civicforum.web.limits import check_limit
from civicforum.web.viewer import viewer


@bp.get("/search")
def search() -> Any:
    """The form alone costs nothing; a search counts against its limit."""
    words = request.args.get("q", "").strip()
    if words:
        check_limit("search")
    return render_template(
        "pages/search.html",
        words=words[: queries.MOST_SEARCHED_CHARACTERS],
        found=queries.search(viewer(), words),
        excerpt=excerpt,
        post_url=post_url,
    )
