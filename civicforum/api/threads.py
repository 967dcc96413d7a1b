"""Threads over the API, and the posts in them."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import Schema, fields
from marshmallow.validate import Range

from civicforum.api.door import PageQuery, idempotent, scoped
from civicforum.discussions import actions, queries, schemas
from civicforum.discussions.words import prepare_title, prepare_words
from civicforum.partnerships.queries import get_project
from civicforum.web.idempotency import Done
from civicforum.web.limits import limited
from civicforum.web.pagination import MAXIMUM_LIMIT
from civicforum.web.viewer import viewer

blp = Blueprint(
    "threads", __name__, url_prefix="/api/v1", description="Threads of a project, and their posts."
)


class PostListQuery(Schema):
    after = fields.Integer(load_default=0, validate=Range(0, 2**31 - 1))
    limit = fields.Integer(load_default=queries.PAGE_POSTS, validate=Range(1, MAXIMUM_LIMIT))


@blp.route("/projects/<slug>/threads")
class Threads(MethodView):
    @scoped("read")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, schemas.ThreadListSchema)
    def get(self, query: dict[str, Any], slug: str) -> Any:
        """The project's threads, the one with the latest post first."""
        project = get_project(viewer(), slug)
        page = queries.list_threads(viewer(), project, query["cursor"], query["limit"])
        return {"items": schemas.tell_threads(page.items), "next": page.next}

    @scoped("write")
    @limited("post")
    @blp.arguments(schemas.NewThreadSchema)
    @blp.response(201, schemas.ThreadSchema)
    @blp.alt_response(202, schema=schemas.ThreadSchema, description="Held until a moderator has looked.")
    def post(self, body: dict[str, Any], slug: str) -> Any:
        """Start a thread, with its first post."""
        project_id = get_project(viewer(), slug).id
        title, words = prepare_title(body["title"]), prepare_words(body["body"])
        poll = schemas.load_poll(body["poll"])

        def start() -> Done:
            thread = actions.start_thread(viewer(), project_id, title, words, poll)
            return Done(202 if thread.status == "pending" else 201, "thread", thread.id)

        done = idempotent(start)
        thread = queries.get_thread(viewer(), done.object_id)
        return schemas.tell_threads([thread])[0], done.status


@blp.route("/threads/<int:thread_id>")
class Thread(MethodView):
    @scoped("read")
    @blp.response(200, schemas.ThreadSchema)
    def get(self, thread_id: int) -> Any:
        """The thread, with what is needed to watch it."""
        return schemas.tell_threads([queries.get_thread(viewer(), thread_id)])[0]


@blp.route("/threads/<int:thread_id>/posts")
class Posts(MethodView):
    @scoped("read")
    @blp.arguments(PostListQuery, location="query")
    @blp.response(200, schemas.PostListSchema)
    def get(self, query: dict[str, Any], thread_id: int) -> Any:
        """Posts in order of seq, tombstones at their places included."""
        person, limit = viewer(), query["limit"]
        thread = queries.get_thread(person, thread_id)
        posts = queries.list_posts(person, thread, after=query["after"], limit=limit + 1)
        return {"items": schemas.tell_posts(person, posts[:limit]), "more": len(posts) > limit}

    @scoped("write")
    @limited("post")
    @blp.arguments(schemas.NewPostSchema)
    @blp.response(201, schemas.PostSchema)
    @blp.alt_response(202, schema=schemas.PostSchema, description="Held until a moderator has looked.")
    def post(self, body: dict[str, Any], thread_id: int) -> Any:
        """Say something, perhaps in answer to a post."""
        words, poll = prepare_words(body["body"]), schemas.load_poll(body["poll"])

        def reply() -> Done:
            post = actions.post_reply(viewer(), thread_id, words, body["reply_to"], poll)
            return Done(202 if post.seq is None else 201, "post", post.id)

        done = idempotent(reply)
        post = queries.get_post(viewer(), done.object_id)
        return schemas.tell_posts(viewer(), [post])[0], done.status
