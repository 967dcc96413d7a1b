"""Atom feeds of what guests may see: of a project, of a tag in it, of a thread."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from feedgenerator import Atom1Feed
from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from civicforum.discussions.addresses import post_url, thread_url
from civicforum.discussions.models import Post
from civicforum.discussions.queries import get_thread
from civicforum.discussions.schemas import name_of
from civicforum.pages import queries
from civicforum.pages.views.blueprint import bp
from civicforum.pages.views.everybody import for_everybody
from civicforum.partnerships.models import Update
from civicforum.partnerships.queries import get_project
from civicforum.web.site import get_site
from civicforum.web.viewer import viewer


class Feed(Atom1Feed):
    """``updated`` is when an entry was last changed; without any, when what it follows began."""

    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=self.feed["begun_at"])


@bp.get("/feeds/projects/<slug>.atom")
@for_everybody
def project_feed(slug: str) -> BaseResponse:
    project = get_project(viewer(), slug)
    feed = Feed(
        title=project.title,
        link=url_for("partnerships.show_project", slug=slug, _external=True),
        description=project.summary,
        language=get_site().locale,
        feed_url=url_for("pages.project_feed", slug=slug, _external=True),
        feed_guid=_tag("projects", project.id, project.created_at),
        begun_at=project.created_at,
    )
    return _answer(feed, queries.list_feed(viewer(), project))


@bp.get("/feeds/projects/<slug>/tags/<tag>.atom")
@for_everybody
def tag_feed(slug: str, tag: str) -> BaseResponse:
    project = get_project(viewer(), slug)
    found = queries.get_tag(project, tag)
    feed = Feed(
        title=f"{project.title}: {found.name}",
        link=url_for("discussions.list_threads", slug=slug, tag=tag, _external=True),
        description=project.summary,
        language=get_site().locale,
        feed_url=url_for("pages.tag_feed", slug=slug, tag=tag, _external=True),
        feed_guid=_tag("tags", found.id, project.created_at),
        begun_at=project.created_at,
    )
    return _answer(feed, queries.list_tag_feed(viewer(), found))


@bp.get("/feeds/threads/<int:thread_id>.atom")
@for_everybody
def thread_feed(thread_id: int) -> BaseResponse:
    thread = get_thread(viewer(), thread_id)
    feed = Feed(
        title=thread.title,
        link=_absolute(thread_url(thread)),
        description=thread.project.title,
        language=get_site().locale,
        feed_url=url_for("pages.thread_feed", thread_id=thread_id, _external=True),
        feed_guid=_tag("threads", thread.id, thread.created_at),
        begun_at=thread.created_at,
    )
    return _answer(feed, queries.list_thread_feed(viewer(), thread))


def _answer(feed: Feed, entries: Sequence[Post | Update]) -> BaseResponse:
    for entry in entries:
        feed.add_item(**(_post(entry) if isinstance(entry, Post) else _news(entry)))
    answer = Response(feed.writeString("utf-8"), mimetype="application/atom+xml")
    answer.last_modified = feed.latest_post_date()
    answer.add_etag()
    # When a comment is hidden the latest change may be older than before: the time alone would answer that
    # nothing has changed, and a reader would keep what is gone. The ETag is of all that is told.
    return answer.make_conditional(request) if request.if_none_match else answer


def _post(post: Post) -> dict[str, Any]:
    return {
        "title": f"{name_of(post.author)}: {post.thread.title}",
        "link": _absolute(post_url(post.thread, post.id, post.seq)),
        "unique_id": _tag("posts", post.id, post.created_at),
        "description": _elsewhere(post.html),
        "author_name": name_of(post.author),
        "pubdate": queries.said_at(post),
        "updateddate": queries.changed_at(post),
    }


def _news(update: Update) -> dict[str, Any]:
    address = url_for(
        "partnerships.show_update", slug=update.project.slug, update_id=update.id, _external=True
    )
    return {
        "title": update.title,
        "link": address,
        "unique_id": _tag("updates", update.id, update.created_at),
        "description": _elsewhere(update.html),
        "author_name": name_of(update.author),
        "pubdate": queries.said_at(update),
        "updateddate": queries.changed_at(update),
    }


def _tag(kind: str, number: int, made_at: datetime) -> str:
    """A name for good (RFC 4151), whatever a title or an address becomes."""
    return f"tag:{urlsplit(request.host_url).hostname},{made_at:%Y-%m-%d}:{kind}/{number}"


def _absolute(path: str) -> str:
    return request.host_url.rstrip("/") + path


def _elsewhere(html: str) -> str:
    """Our own HTML for pages that are not ours: what leads to a place here says where that is."""
    return html.replace('href="/', f'href="{request.host_url}')
