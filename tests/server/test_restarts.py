"""Processes come and go; whoever asks is answered, and watchers miss nothing."""

import contextlib
import os
import signal
import socket
import threading
import time

import pytest
import requests
import socketio
from processes import children_of
from running import Listener

WATCHERS = 6


class Asking(threading.Thread):
    """Asks for a page without pause; keeps what went wrong."""

    def __init__(self, url: str, session=requests) -> None:
        super().__init__(daemon=True)
        self.url, self.session = url, session
        self.answers, self.failures = 0, []
        self.is_enough = False

    def run(self) -> None:
        while not self.is_enough:
            try:
                answer = self.session.get(self.url, timeout=30)
            except requests.RequestException as error:
                self.failures.append(repr(error))
            else:
                self.answers += 1
                if answer.status_code != 200:
                    self.failures.append(answer.status_code)

    def end(self) -> tuple[int, list]:
        self.is_enough = True
        self.join(timeout=40)
        return self.answers, self.failures


class Watcher:
    """A Socket.IO client that comes back by itself, and watches again from where it was."""

    def __init__(self, base_url: str, channel: str) -> None:
        self.channel, self.revision, self.stream = channel, None, None
        self.posts: dict[int, str] = {}
        self.arrivals = 0
        self.lock = threading.Lock()
        self.client = socketio.Client(reconnection_delay=0.2, reconnection_delay_max=2)
        self.client.on("connect", self.arrive)
        self.client.on("update", self.take)
        self.client.on("disconnect", self.put_down)
        self.client.connect(base_url, transports=["websocket"], wait_timeout=20)

    def arrive(self) -> None:
        self.arrivals += 1
        self.watch()

    def watch(self) -> None:
        self.client.emit(
            "watch",
            {"channel": self.channel, "after": self.revision, "stream": self.stream},
            callback=self.take,
        )

    def take(self, told) -> None:
        """An update or an ack; the library calls from several threads, in no order."""
        with self.lock:
            if not told.get("ok", True) or told.get("previous", 0) > (self.revision or 0):
                self.watch()
            elif self.revision is None or told["revision"] > self.revision:
                self.revision, self.stream = told["revision"], told["stream"]
                # What came while an answer was on its way may be in the answer, too: it is one post.
                self.posts.update(
                    {item["id"]: item["body"] for item in told["items"] if item["type"] == "post"}
                )

    @property
    def bodies(self) -> list[str]:
        """What the posts say, in the order in which they came."""
        return list(self.posts.values())

    def put_down(self, *_reason) -> None:
        """Close the connection that is over; the library leaves that to the collector."""
        self.client.eio.ws.shutdown()

    def close(self) -> None:
        self.client.disconnect()


def wait_until(is_true, seconds: float = 40):
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, f"It did not happen within {seconds} s."
        time.sleep(0.1)


@pytest.fixture
def watched(two_processes):
    """(server, host, thread, watchers): watchers that come back, on two processes."""
    host = two_processes.make_user("organizer")
    thread = two_processes.start_thread(two_processes.make_project(host), host)
    watchers = [Watcher(two_processes.base_url, thread["channel"]) for _ in range(WATCHERS)]
    wait_until(lambda: all(watcher.revision for watcher in watchers))
    yield two_processes, host, thread, watchers
    for watcher in watchers:
        watcher.close()


@pytest.fixture
def kept_open():
    """A session that keeps its connection open, as browsers do."""
    with requests.Session() as session:
        yield session


def test_a_rolling_restart_is_noticed_by_nobody_who_asks_and_watchers_get_everything(watched, kept_open):
    server, host, thread, watchers = watched
    before = children_of(server.process.pid)
    asking = [Asking(f"{server.base_url}/threads/{thread['id']}?from=1") for _ in range(2)]
    asking.append(Asking(f"{server.base_url}/healthz", kept_open))
    for one in asking:
        one.start()
    server.process.send_signal(signal.SIGHUP)
    said: list[str] = []

    def say_and_look() -> bool:
        said.append(f"Words {len(said)}.")
        server.post(thread, host, said[-1])
        return len(children_of(server.process.pid)) == 2 and not before & children_of(server.process.pid)

    wait_until(say_and_look, 100)
    answers = [one.end() for one in asking]
    assert [failures for _count, failures in answers] == [[], [], []]
    assert all(count > 10 for count, _failures in answers)
    for watcher in watchers:
        wait_until(lambda watcher=watcher: len(watcher.bodies) >= len(said))
        assert watcher.bodies == said
        assert watcher.arrivals >= 2


def test_a_supervisor_that_is_killed_leaves_nobody_behind(two_processes):
    workers = children_of(two_processes.process.pid)
    two_processes.process.kill()
    two_processes.process.wait()
    wait_until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in workers))
    two_processes.start()
    assert requests.get(f"{two_processes.base_url}/readyz", timeout=20).status_code == 200


def test_a_process_that_is_stuck_takes_no_new_connections(two_processes):
    stuck = min(children_of(two_processes.process.pid))
    os.kill(stuck, signal.SIGSTOP)
    time.sleep(0.5)
    statuses = [requests.get(f"{two_processes.base_url}/healthz", timeout=20).status_code for _ in range(20)]
    assert statuses == [200] * 20
    os.kill(stuck, signal.SIGCONT)


def test_a_process_that_stays_stuck_is_replaced(two_processes):
    stuck = min(children_of(two_processes.process.pid))
    os.kill(stuck, signal.SIGSTOP)
    wait_until(lambda: stuck not in children_of(two_processes.process.pid), 80)
    wait_until(lambda: len(children_of(two_processes.process.pid)) == 2)


def test_what_was_accepted_is_answered_before_the_end(own_server):
    server = own_server()
    ana = server.make_user()
    thread = server.start_thread(server.make_project(), ana)
    body = b'{"body": "Said while the server was leaving."}'
    head = (
        f"POST /api/v1/threads/{thread['id']}/posts HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        f"Authorization: Bearer {ana.token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        line.sendall(head.encode())
        time.sleep(0.5)  # it is being read
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        line.sendall(body)
        answer = b""
        while part := line.recv(65536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 201 ")
    assert b"Connection: close" in answer
    assert server.process.wait(timeout=20) == 0


def test_watchers_are_sent_away_and_it_ends_in_time(own_server):
    server = own_server()
    thread = server.start_thread(server.make_project(), server.make_user())
    watchers = [Listener() for _ in range(5)]
    for watcher in watchers:
        watcher.client.connect(server.base_url, transports=["websocket"], wait_timeout=20)
        assert watcher.watch(thread["channel"])["ok"]
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(timeout=30) == 0
    assert time.monotonic() - began < 20
    for watcher in watchers:
        watcher.wait_for(lambda watcher=watcher: watcher.is_cut, seconds=20)
        watcher.hang_up()


def test_an_idle_connection_does_not_hold_up_the_end(own_server):
    server = own_server()
    with contextlib.closing(socket.create_connection(("127.0.0.1", server.port), timeout=20)) as line:
        server.process.send_signal(signal.SIGTERM)
        assert line.recv(1) == b""
        assert server.process.wait(timeout=20) == 0
