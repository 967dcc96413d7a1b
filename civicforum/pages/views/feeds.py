"""Atom feeds: a project's latest comments and news, for those who may see it."""

from typing import Any

from feedgenerator import Atom1Feed
from flask import Response, url_for

from civicforum.discussions.addresses import post_url
from civicforum.discussions.models import Post
from civicforum.discussions.schemas import name_of
from civicforum.pages import queries
from civicforum.pages.views.blueprint import bp
from civicforum.partnerships.models import Update
from civicforum.partnerships.queries import get_project
from civicforum.web.viewer import viewer


@bp.get("/feeds/projects/<slug>.atom")
def project_feed(slug: str) -> Response:
    project = get_project(viewer(), slug)
    feed = Atom1Feed(
        title=project.title,
        link=url_for("partnerships.show_project", slug=slug, _external=True),
        description=project.summary,
        feed_url=url_for("pages.project_feed", slug=slug, _external=True),
    )
    for entry in queries.list_feed(viewer(), project):
        feed.add_item(**(_post(entry) if isinstance(entry, Post) else _news(entry)))
    return Response(feed.writeString("utf-8"), mimetype="application/atom+xml")


def _post(post: Post) -> dict[str, Any]:
    address = url_for("pages.home", _external=True).rstrip("/") + post_url(post.thread, post.id, post.seq)
    return {
        "title": f"{name_of(post.author)}: {post.thread.title}",
        "link": address,
        "unique_id": url_for("discussions.find_post", post_id=post.id, _external=True),
        "description": post.html,
        "author_name": name_of(post.author),
        "pubdate": queries.said_at(post),
        "updateddate": post.edited_at or queries.said_at(post),
    }


def _news(update: Update) -> dict[str, Any]:
    address = url_for(
        "partnerships.show_update", slug=update.project.slug, update_id=update.id, _external=True
    )
    return {
        "title": update.title,
        "link": address,
        "unique_id": address,
        "description": update.html,
        "author_name": name_of(update.author),
        "pubdate": update.published_at,
        "updateddate": update.edited_at or update.published_at,
    }
