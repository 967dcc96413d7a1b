"""The live channel of a thread: who may watch it, and how its posts look to everybody."""

from collections.abc import Iterable, Mapping, Sequence

from flask import Flask, render_template

from civicforum import jobs
from civicforum.accounts import appearances
from civicforum.accounts.models import Actor
from civicforum.discussions import queries, schemas
from civicforum.discussions.addresses import public_addresses
from civicforum.discussions.models import Thread
from civicforum.errors import NotFound
from civicforum.files import registry as files
from civicforum.live.registry import ChannelType, Item, register
from civicforum.partnerships import audience


def init_app(_app: Flask) -> None:
    register(
        ChannelType(
            "thread",
            check_watch=_check_watch,
            render={"post": _render_posts, "thread": _render_threads},
            list_closed=queries.closed_channels,
            belongs=_belongs,
        )
    )
    register(
        ChannelType(
            "reading",
            check_watch=_check_own,
            render={"reading": schemas.readings_json, "limits": _tell_limited},
            list_closed=list,
        )
    )
    audience.register(queries.thread_channels)
    appearances.register(_show_again)
    files.register("post", queries.can_read_files)


def _show_again(user_ids: Iterable[int]) -> None:
    """Whoever was renamed may have said a lot: it is told a little later, in many short transactions."""
    for user_id in user_ids:
        jobs.enqueue("discussions.show_person", unique_key=f"discussions:show:{user_id}", user_id=user_id)


def _check_watch(viewer: Actor, thread_id: int) -> None:
    queries.check_thread(viewer, thread_id)


def _check_own(viewer: Actor, user_id: int) -> None:
    """What somebody has seen is told to their own pages alone."""
    if viewer.id != user_id:
        raise NotFound


def _belongs(item: Item, thread_id: int) -> bool:
    """A comment that was moved is told in the thread where it is now."""
    return bool(item.get("thread_id", thread_id) == thread_id)


def _render_posts(ids: Sequence[int]) -> Mapping[int, Item]:
    """The API's post as everybody may know it, plus its article. What has no place yet is not told."""
    posts = [post for post in queries.find_posts(ids) if post.seq is not None]
    told = schemas.tell_posts_to_everybody(posts)
    threads = {post.id: post.thread for post in posts}
    return {
        as_json["id"]: {**as_json, "fragment": _fragment(post, threads[post.id])}
        for post, as_json in zip(told, schemas.public_posts_json(told), strict=True)
    }


def _fragment(post: schemas.ToldPost, thread: Thread) -> str:
    return render_template(
        "discussions/_post.html", card={"post": post, "urls": public_addresses(post, thread)}
    ).strip()


def _render_threads(ids: Sequence[int]) -> Mapping[int, Item]:
    """The API's thread, plus the rules that stand above its comments for a time."""
    told = schemas.tell_threads(queries.find_threads(ids))
    return {
        as_json["id"]: {**as_json, "fragment": _banner(thread), "pace": thread.pace}
        for thread, as_json in zip(told, schemas.public_threads_json(told), strict=True)
    }


def _banner(thread: schemas.ToldThread) -> str:
    return render_template("discussions/_room.html", thread=thread).strip()


def _tell_limited(ids: Sequence[int]) -> Mapping[int, Item]:
    """That the person's own limits changed: their pages ask what holds where they are."""
    return {user_id: {"id": user_id} for user_id in ids}
