"""Threads over the API, and the posts in them."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf, Range

from civicforum.api.door import PageQuery, idempotent, scoped
from civicforum.discussions import actions, queries, schemas
from civicforum.discussions.models import THREAD_KINDS
from civicforum.discussions.words import prepare_conclusion, prepare_title, prepare_words
from civicforum.files.actions import Chosen
from civicforum.partnerships.queries import get_project
from civicforum.web.idempotency import Done
from civicforum.web.limits import limited
from civicforum.web.numbers import LARGEST
from civicforum.web.pagination import MAXIMUM_LIMIT
from civicforum.web.viewer import viewer

SHAPE = {"title", "kind", "tags", "max_posts", "reason"}

blp = Blueprint(
    "threads", __name__, url_prefix="/api/v1", description="Threads of a project, and their posts."
)


def chosen(body: dict[str, Any]) -> list[Chosen]:
    return [Chosen(file["key"], file["alt"]) for file in body["attachments"]]


class ThreadListQuery(PageQuery):
    kind = fields.String(load_default=None, validate=OneOf(THREAD_KINDS))
    tag = fields.String(
        load_default=None, validate=Length(max=60), metadata={"description": "The slug of a tag."}
    )
    status = fields.String(load_default=None, validate=OneOf(("open", "closed", "archived")))


class PostListQuery(Schema):
    after = fields.Integer(load_default=0, validate=Range(0, LARGEST))
    limit = fields.Integer(load_default=queries.PAGE_POSTS, validate=Range(1, MAXIMUM_LIMIT))


class PeopleQuery(Schema):
    q = fields.String(load_default="", validate=Length(max=30))


@blp.route("/projects/<slug>/threads")
class Threads(MethodView):
    @scoped("read")
    @blp.arguments(ThreadListQuery, location="query")
    @blp.response(200, schemas.ThreadListSchema)
    def get(self, query: dict[str, Any], slug: str) -> Any:
        """The project's threads, the one with the latest post first; what was put away only if asked for."""
        project = get_project(viewer(), slug)
        wanted = queries.Wanted(query["kind"], query["tag"], query["status"])
        page = queries.list_threads(viewer(), project, query["cursor"], query["limit"], wanted)
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
            thread = actions.start_thread(
                viewer(),
                project_id,
                title,
                words,
                chosen(body),
                kind=body["kind"],
                tags=body["tags"],
                poll=poll,
            )
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

    @scoped("write")
    @limited("write")
    @blp.arguments(schemas.ThreadEditSchema)
    @blp.response(200, schemas.ThreadSchema)
    def patch(self, body: dict[str, Any], thread_id: int) -> Any:
        """Change its title, kind, tags or length; pin it, put it away, close it with a conclusion."""
        actions.change_thread(viewer(), thread_id, _change(body))
        return schemas.tell_threads([queries.get_thread(viewer(), thread_id)])[0]


def _change(body: dict[str, Any]) -> actions.Change:
    shape = actions.Shape(**{name: body[name] for name in SHAPE & body.keys()})
    conclusion = prepare_conclusion(body["conclusion"]) if body.get("status") == "closed" else ""
    return actions.Change(
        shape, body.get("is_archived"), body.get("is_pinned"), body.get("status"), conclusion
    )


@blp.route("/threads/<int:thread_id>/reading")
class Reading(MethodView):
    @scoped("read")
    @blp.response(200, schemas.ReadingSchema)
    def get(self, thread_id: int) -> Any:
        """How far one has read the thread, and how much of it is new."""
        return schemas.tell_reading(viewer(), queries.get_thread(viewer(), thread_id))

    @scoped("write")
    @limited("read")
    @blp.arguments(schemas.PlacesSchema)
    @blp.response(200, schemas.ReadingSchema)
    def post(self, body: dict[str, Any], thread_id: int) -> Any:
        """Note what one has seen, or let the thread be new again from a place on. Twice is once."""
        if "seen" in body:
            actions.mark_seen(viewer(), thread_id, [(first, last) for first, last in body["seen"]])
        else:
            actions.mark_new_from(viewer(), thread_id, body["new_from"])
        return schemas.tell_reading(viewer(), queries.get_thread(viewer(), thread_id))


@blp.route("/threads/<int:thread_id>/people")
class People(MethodView):
    @scoped("read")
    @limited("read")
    @blp.arguments(PeopleQuery, location="query")
    @blp.response(200, schemas.CalleesSchema)
    def get(self, query: dict[str, Any], thread_id: int) -> Any:
        """Whom one can mention here: who spoke lately and the project's partners, at most eight."""
        thread = queries.get_thread(viewer(), thread_id)
        return {"items": queries.list_callees(thread, query["q"])}


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
            post = actions.post_reply(viewer(), thread_id, words, body["reply_to"], chosen(body), poll=poll)
            return Done(202 if post.seq is None else 201, "post", post.id)

        done = idempotent(reply)
        post = queries.get_post(viewer(), done.object_id)
        return schemas.tell_posts(viewer(), [post])[0], done.status
