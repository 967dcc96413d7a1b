"""Two kinds of watchers: Python's Socket.IO client, and that of browsers with the page's own code."""

import contextlib
import json
import random
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import socketio
import socketio.exceptions

from chaos.record import Frame, Record

HERE = Path(__file__).parent
NODE = Path(sys.executable).with_name("node")
ANSWER_SECONDS = 4
LONGEST_PAUSE_SECONDS = 2.0
# A post as a watcher holds it: id, seq, revision, state and body.
Held = tuple[int, int | None, int, str, str | None]


class Watcher:
    """Follows a channel with Python's client, as ``interface.md`` says a client does."""

    def __init__(self, name: str, url: str, channel: str, record: Record, token: str | None = None) -> None:
        self.name, self.url, self.channel, self.record, self.token = name, url, channel, record, token
        parts = urlsplit(url)
        self.address = (parts.hostname or "", parts.port or 80)
        self.posts: dict[int, dict[str, Any]] = {}
        self.stream: str | None = None
        self.revision = 0
        self.is_over = False
        self.is_gone = False
        self.is_watching = threading.Event()
        self._lock = threading.RLock()
        self._thread = threading.Thread(target=self._live, daemon=True, name=f"watcher {name}")

    def start(self) -> "Watcher":
        self._thread.start()
        return self

    def stop(self) -> None:
        self.is_over = True
        self._thread.join(15)

    def held(self) -> list[Held] | None:
        """Every post it holds; None while it does not know."""
        with self._lock:
            return sorted(_brief(post) for post in self.posts.values())

    def _live(self) -> None:
        """One connection after the other, each with a client of its own; a pause of chance between."""
        while not self.is_over:
            with contextlib.suppress(socketio.exceptions.SocketIOError, OSError, ValueError):
                self._live_once()
            time.sleep(random.uniform(0.05, LONGEST_PAUSE_SECONDS))

    def _live_once(self) -> None:
        """One connection to its end. The line is ours: the library forgets one that breaks as it begins."""
        line = socket.create_connection(self.address, timeout=ANSWER_SECONDS)
        client = socketio.SimpleClient(
            reconnection=False,
            handle_sigint=False,
            request_timeout=ANSWER_SECONDS,
            websocket_extra_options={"socket": line},
        )
        auth = {"token": self.token} if self.token else None
        try:
            client.connect(self.url, auth=auth, transports=["websocket"], wait_timeout=ANSWER_SECONDS)
            self._catch_up(client)
            self.is_watching.set()
            while not self.is_over and client.connected:
                with contextlib.suppress(socketio.exceptions.TimeoutError):
                    name, *payload = client.receive(timeout=0.5)
                    self._hear(client, name, *payload)
        finally:
            self.is_watching.clear()
            _hang_up(client)
            line.close()

    def _catch_up(self, client: socketio.SimpleClient) -> None:
        """Ask for all changes since what it holds, until that is all."""
        more = not self.is_over
        while more:
            asked_at = time.monotonic()
            question: dict[str, Any] = {"channel": self.channel, "after": self.revision}
            if self.stream is not None:
                question["stream"] = self.stream
            ack = client.call("watch", question, timeout=ANSWER_SECONDS)
            self._note("ack", ack.get("revision"), ack, asked_at)
            if not ack["ok"]:
                if ack["error"]["status"] == 404:
                    self.is_gone = True
                raise ValueError(f"{self.name} was refused: {ack}")
            with self._lock:
                if ack["reset"]:
                    self.posts.clear()
                    self.revision, self.stream = 0, ack["stream"]
                    continue
                self._keep(ack)
            more = ack["more"]

    def _hear(self, client: socketio.SimpleClient, name: str, payload: Any = None) -> None:
        if name in ("update", "gone"):
            self._note(name, payload.get("revision"), payload, time.monotonic())
        if name == "gone":
            self.is_gone = True
        if name != "update" or (payload["revision"] <= self.revision and payload["stream"] == self.stream):
            return
        if payload["stream"] == self.stream and payload["previous"] <= self.revision:
            with self._lock:
                self._keep(payload)
            return
        time.sleep(random.uniform(0, 0.3))
        self._catch_up(client)

    def _keep(self, told: dict[str, Any]) -> None:
        for item in told["items"]:
            if item["type"] == "post":
                self.posts[item["id"]] = item
        self.revision, self.stream = max(self.revision, told["revision"]), told["stream"]

    def _note(self, kind: str, revision: int | None, told: Any, asked_at: float) -> None:
        text = json.dumps(told)
        self.record.frames.append(Frame(self.name, kind, self.channel, revision, asked_at, text))


class ScriptWatcher:
    """Follows a thread with the page's own scripts, in Node."""

    def __init__(self, name: str, url: str, thread_id: int, record: Record) -> None:
        self.name, self.record = name, record
        self.channel = f"thread:{thread_id}"
        self._states: list[list[Held]] = []
        self.process = subprocess.Popen(
            [
                str(NODE),
                "--no-warnings",
                "--experimental-websocket",
                str(HERE / "watcher.mjs"),
                url,
                str(thread_id),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._thread = threading.Thread(target=self._listen, daemon=True, name=f"script {name}")

    def start(self) -> "ScriptWatcher":
        self._thread.start()
        return self

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._thread.join(10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def held(self) -> list[Held] | None:
        """Every post it holds; None while it does not answer."""
        known = len(self._states)
        with contextlib.suppress(OSError):
            assert self.process.stdin is not None
            self.process.stdin.write("state\n")
            self.process.stdin.flush()
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:
            if len(self._states) > known:
                return sorted(self._states[-1])
            time.sleep(0.02)
        return None

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            told = json.loads(line)
            if told["kind"] == "state":
                self._states.append([tuple(post) for post in told["posts"]])
            elif "text" in told:
                self.record.frames.append(
                    Frame(
                        self.name,
                        told["kind"],
                        self.channel,
                        told["revision"],
                        time.monotonic(),
                        told["text"],
                    )
                )


def _brief(post: dict[str, Any]) -> Held:
    return post["id"], post.get("seq"), post.get("revision", 0), post["state"], post.get("body")


def _hang_up(client: socketio.SimpleClient) -> None:
    """End the connection without a farewell, which would wait for seconds."""
    inner = client.client
    if inner is not None and inner.eio.ws is not None:
        with contextlib.suppress(OSError, AttributeError):
            inner.eio.ws.shutdown()


def read_page(url: str) -> tuple[int, str]:
    """(status, words) of a page; (0, "") where none came."""
    try:
        answer = requests.get(url, timeout=8, allow_redirects=True)
    except (requests.RequestException, OSError):
        return 0, ""
    return answer.status_code, answer.text
