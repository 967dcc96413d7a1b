"""A watcher as `docs/` describes one: it follows a channel, is cut off, comes back, and misses nothing."""

import random
import time
from typing import Any

import socketio
import socketio.exceptions


class Watcher:
    """Follows one channel over Socket.IO by the rules every client keeps.

    ``posts`` maps a post's id to its latest public state; ``arrived`` has each id once, in the order in which
    it was first seen; ``heard_at`` when that was (monotonic seconds).
    """

    def __init__(self, base_url: str, channel: str) -> None:
        self.base_url, self.channel = base_url, channel
        self.revision: int | None = None
        self.stream: str | None = None
        self.posts: dict[int, dict[str, Any]] = {}
        self.arrived: list[int] = []
        self.heard_at: dict[int, float] = {}
        self.breaks = 0
        self.is_done = False
        self.client: Any = None

    def connect(self) -> None:
        """Open a connection and catch up; an earlier one may have broken."""
        client = socketio.Client(reconnection=False)
        client.on("update", self._update)
        client.on("disconnect", lambda *_reason: self._lost(client))
        client.connect(self.base_url, transports=["websocket"], wait_timeout=30)
        self.client = client
        self.catch_up()

    def _lost(self, client: Any) -> None:
        """Come back after a random moment, as every client does, unless it was meant to end."""
        if client is self.client and not self.is_done:
            self.breaks += 1
            client.start_background_task(self._come_back)

    def _come_back(self) -> None:
        while not self.is_done:
            time.sleep(random.uniform(0.05, 1.5))
            try:
                return self.connect()
            except (socketio.exceptions.SocketIOError, OSError):
                continue
        return None

    def catch_up(self) -> None:
        """Ask for what changed since what we have, until that is all."""
        more = True
        while more:
            question: dict[str, Any] = {"channel": self.channel}
            if self.revision is not None:
                question |= {"after": self.revision, "stream": self.stream}
            answer = self.client.call("watch", question, timeout=60)
            assert answer["ok"], answer
            if answer["reset"]:
                self.posts.clear()
                self.arrived.clear()
                self.revision = None
            self.stream = answer["stream"]
            self._take(answer["items"])
            self.revision = max(self.revision or 0, answer["revision"])
            more = answer["more"]

    def _update(self, update: dict[str, Any]) -> None:
        if self.revision is None or update["revision"] <= self.revision:
            return
        if update["previous"] <= self.revision:
            self._take(update["items"])
            self.revision = update["revision"]
        else:
            time.sleep(random.uniform(0, 0.2))
            self.client.start_background_task(self.catch_up)

    def _take(self, items: list[dict[str, Any]]) -> None:
        for item in items:
            if item["type"] != "post":
                continue
            if item["id"] not in self.posts:
                self.arrived.append(item["id"])
                self.heard_at[item["id"]] = time.monotonic()
            self.posts[item["id"]] = item

    def cut(self) -> None:
        """Lose the connection without a word, as a phone in a lift does."""
        self.client.eio.ws.shutdown()

    def close(self) -> None:
        self.is_done = True
        self.client.disconnect()

    def bodies_in_order(self) -> list[str]:
        """What this watcher holds, in the thread's order."""
        return [post["body"] for post in sorted(self.posts.values(), key=lambda post: post["seq"])]
