"""A watcher that keeps the rules every client keeps: follows, is cut off, comes back, misses nothing.

It speaks Socket.IO over one WebSocket by itself, so that hundreds of them cost little beside the server.
"""

import json
import random
from typing import Any

import gevent
import websocket
from gevent.event import AsyncResult

CALL_SECONDS = 60
OPEN, PING, PONG, CONNECT, EVENT, ACK = "0", "2", "3", "40", "42", "43"


class Connection:
    """One Socket.IO connection over a WebSocket: events in, calls out. Gevent has to have patched before."""

    def __init__(self, base_url: str, on_event: Any, on_end: Any) -> None:
        self.on_event, self.on_end = on_event, on_end
        self.calls: dict[int, AsyncResult] = {}
        address = base_url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        self.ws = websocket.create_connection(address, timeout=CALL_SECONDS, enable_multithread=True)
        assert self.ws.recv().startswith(OPEN)
        self.ws.send(CONNECT)
        assert self.ws.recv().startswith(CONNECT)
        self.reader = gevent.spawn(self._read)

    def call(self, event: str, payload: Any) -> Any:
        """Send an event; the server's ack."""
        number = len(self.calls)
        answer = self.calls[number] = AsyncResult()
        self.ws.send(f"{EVENT}{number}{json.dumps([event, payload])}")
        return answer.get(timeout=CALL_SECONDS)

    def cut(self) -> None:
        """Lose the connection without a word, as a phone in a lift does."""
        self.ws.sock.close()

    def _read(self) -> None:
        try:
            while True:
                self._take(self.ws.recv())
        except (OSError, websocket.WebSocketException):
            self.on_end(self)

    def _take(self, packet: str) -> None:
        if packet == PING:
            self.ws.send(PONG)
        elif packet.startswith(EVENT):
            name, payload = json.loads(packet[2:])
            self.on_event(self, name, payload)
        elif packet.startswith(ACK):
            number, _bracket, answer = packet[2:].partition("[")
            self.calls[int(number)].set(json.loads("[" + answer)[0])
        elif not packet:
            raise OSError("The server closed the connection.")


class Watcher:
    """Follows one channel.

    ``posts`` maps a post's id to its latest public state; ``arrived`` has each id once, in the order in which
    it was first seen; ``heard_at`` when that was (``clock()`` seconds).
    """

    def __init__(self, base_url: str, channel: str, clock: Any) -> None:
        self.base_url, self.channel, self.clock = base_url, channel, clock
        self.revision: int | None = None
        self.stream: str | None = None
        self.posts: dict[int, dict[str, Any]] = {}
        self.arrived: list[int] = []
        self.heard_at: dict[int, float] = {}
        self.breaks = 0
        self.is_done = False
        self.connection: Connection | None = None

    def connect(self) -> None:
        """Open a connection and catch up; an earlier one may have broken."""
        self.connection = Connection(self.base_url, self._hear, self._lost)
        self.catch_up()

    def catch_up(self) -> None:
        """Ask for what changed since what we have, until that is all."""
        more = True
        while more:
            question: dict[str, Any] = {"channel": self.channel}
            if self.revision is not None:
                question |= {"after": self.revision, "stream": self.stream}
            assert self.connection is not None
            answer = self.connection.call("watch", question)
            assert answer["ok"], answer
            if answer["reset"]:
                self.posts.clear()
                self.arrived.clear()
                self.revision = None
            self.stream = answer["stream"]
            self._keep(answer["items"])
            self.revision = max(self.revision or 0, answer["revision"])
            more = answer["more"]

    def _hear(self, connection: Connection, name: str, update: dict[str, Any]) -> None:
        if connection is not self.connection or name != "update" or self.revision is None:
            return
        if update["revision"] <= self.revision:
            return
        if update["previous"] <= self.revision:
            self._keep(update["items"])
            self.revision = update["revision"]
        else:
            gevent.spawn_later(random.uniform(0, 0.2), self.catch_up)

    def _keep(self, items: list[dict[str, Any]]) -> None:
        for item in items:
            if item["type"] != "post":
                continue
            if item["id"] not in self.posts:
                self.arrived.append(item["id"])
                self.heard_at[item["id"]] = self.clock()
            self.posts[item["id"]] = item

    def _lost(self, connection: Connection) -> None:
        """Come back after a random moment, as every client does, unless it was meant to end."""
        if connection is self.connection and not self.is_done:
            self.breaks += 1
            gevent.spawn_later(random.uniform(0.05, 1.5), self._come_back)

    def _come_back(self) -> None:
        while not self.is_done:
            try:
                return self.connect()
            except (OSError, websocket.WebSocketException, gevent.Timeout):
                gevent.sleep(random.uniform(0.05, 1.5))
        return None

    def cut(self) -> None:
        """Lose the connection; it comes back by itself."""
        if self.connection is not None:
            self.connection.cut()

    def close(self) -> None:
        self.is_done = True
        self.cut()

    def bodies_in_order(self) -> list[str]:
        """What this watcher holds, in the thread's order."""
        return [post["body"] for post in sorted(self.posts.values(), key=lambda post: post["seq"])]
