"""What was said and what became of it, all together and one by one."""

from typing import Any

from flask import render_template, request

from civicforum.discussions.addresses import post_url
from civicforum.pages import queries
from civicforum.pages.views.blueprint import bp
from civicforum.partnerships.models import Project
from civicforum.partnerships.queries import get_project, list_projects
from civicforum.text import excerpt
from civicforum.web.viewer import viewer


@bp.get("/heard")
def heard() -> Any:
    person = viewer()
    project = _asked_project()
    page = queries.list_heard(person, project, cursor=request.args.get("cursor"))
    return render_template(
        "pages/heard.html",
        project=project,
        projects=list_projects(person, limit=50).items,
        counts=queries.count_heard(person, project),
        page=page,
        excerpt=excerpt,
        post_url=post_url,
    )


def _asked_project() -> Project | None:
    """The project in ``?project=``; NotFound for one that the viewer may not know of."""
    slug = request.args.get("project")
    return get_project(viewer(), slug) if slug else None


@bp.get("/receipts/<number>")
def receipt(number: str) -> Any:
    found = queries.get_receipt(viewer(), number)
    url = post_url(found.thread, found.post.id, found.post.seq)
    return render_template("pages/receipt.html", receipt=found, url=url)
