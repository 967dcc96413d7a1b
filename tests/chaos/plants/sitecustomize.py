"""Carries planted bugs into every process of a town under test: ``CHAOS_PLANTS`` names them.

Python imports this module by itself because its folder is on PYTHONPATH. Nothing of the application may be
imported yet (gevent patches first), so each bug waits for the module that it spoils.
"""

import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

Spoil = Callable[[ModuleType], None]


def forget_touch(publishing: ModuleType) -> None:
    """A new post is published, and nobody tells those who watch."""
    publishing.touch = lambda *_told: None


def push_before_commit(changes: ModuleType) -> None:
    """What changed is pushed while the transaction still runs: it may yet be rolled back."""
    told_in_order = changes.touch

    def touch(channel: str, kind: str, object_id: int) -> None:
        told_in_order(channel, kind, object_id)
        _push(channel, kind, object_id)

    changes.touch = touch


def _push(channel: str, kind: str, object_id: int) -> None:
    from flask import current_app

    from civicforum.db import db
    from civicforum.live.changes import channel_revision, current_stream
    from civicforum.live.registry import render_items

    publisher: Any = current_app.extensions.get("publisher")
    # What is told while rows are being written (the queue) has no words: there is nothing to push.
    if publisher is None or db.session()._flushing:
        return
    db.session.flush()
    revision = channel_revision(channel)
    update = {
        "channel": channel,
        "stream": current_stream(),
        "previous": revision,
        "revision": revision + 1,
        "items": render_items(channel, [(kind, object_id)]),
    }
    publisher.out.emit("update", update, f"{channel}|en")


def show_hidden(schemas: ModuleType) -> None:
    """What everybody is told of a post keeps its words, whatever became of it."""
    tell = schemas.public_posts_json

    def public_posts_json(posts: Any) -> Any:
        told = tell(posts)
        for as_json, post in zip(told, posts, strict=True):
            as_json["body"] = as_json["body"] or _words_of(post)
        return told

    schemas.public_posts_json = public_posts_json


def _words_of(post: Any) -> str:
    from civicforum.db import db
    from civicforum.discussions.models import Post

    return db.session.get_one(Post, post.id).body


def stay_in_room(publisher: ModuleType) -> None:
    """Whoever may no longer watch is told so, and stays in the room all the same."""

    from civicforum.errors import CivicForumError

    def ask_again(self: Any, channel: str, watched: Any) -> None:
        for sid, identity in list(watched.watchers.items()):
            try:
                self._check(identity, channel)
            except CivicForumError:
                self.out.emit("gone", {"channel": channel}, sid)

    publisher.Publisher._ask_again = ask_again


# plant → (the module it spoils, how)
PLANTS: dict[str, tuple[str, Spoil]] = {
    "forget_touch": ("civicforum.discussions.actions.publishing", forget_touch),
    "push_before_commit": ("civicforum.live.changes", push_before_commit),
    "show_hidden": ("civicforum.discussions.schemas", show_hidden),
    "stay_in_room": ("civicforum.live.publisher", stay_in_room),
}


class Spoiler(importlib.abc.MetaPathFinder):
    """Lets a module load as ever, and spoils it right afterwards."""

    def __init__(self, name: str, spoil: Spoil) -> None:
        self.name, self.spoil = name, spoil

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if name != self.name:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        assert spec is not None
        loader: Any = spec.loader
        load, spoil = loader.exec_module, self.spoil

        def load_and_spoil(module: ModuleType) -> None:
            load(module)
            spoil(module)

        loader.exec_module = load_and_spoil
        return spec


for plant in os.environ.get("CHAOS_PLANTS", "").split():
    sys.meta_path.insert(0, Spoiler(*PLANTS[plant]))
