"""Watchers who do not read: they are cut, and nobody else waits or pays for them."""

import json
import socket
from pathlib import Path

import gevent
import gevent.socket
import pytest
import requests
import websocket

from civicforum.sockets import line as lines
from civicforum.sockets.line import WholeFrames
from civicforum.sockets.outbox import Outbox

POSTS = 200  # more than the kernel, what is being sent and what may wait hold together
LARGE = "All the words of a long letter to the council. " * 200
LITTLE_BUFFER = ((socket.SOL_SOCKET, socket.SO_RCVBUF, 4096),)


@pytest.fixture
def ana(server):
    return server.make_user()


@pytest.fixture
def thread(server, ana):
    return server.start_thread(server.make_project(), ana)


@pytest.fixture
def raw(server):
    """``raw(channel)``: a WebSocket with a small buffer that watches; it reads when the test does."""
    opened = []

    def connect(channel: str, **more):
        address = server.base_url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
        line = websocket.create_connection(address, timeout=20, sockopt=LITTLE_BUFFER)
        opened.append(line)
        line.send("40")
        line.send("420" + json.dumps(["watch", {"channel": channel, **more}]))
        return line

    yield connect
    for line in opened:
        line.shutdown()


def read_ack(line):
    """The server's answer to the watch."""
    while True:
        frame = line.recv()
        if frame.startswith("430"):
            return json.loads(frame[3:])[0]


def metric(server, name: str) -> float:
    lines = requests.get(f"{server.base_url}/metrics", timeout=20).text.splitlines()
    return float(next(line for line in lines if line.startswith(f"{name} ")).split()[1])


def dropped(server) -> float:
    return metric(server, "civicforum_readers_dropped_total")


def resident_megabytes(server) -> float:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def sequence(watcher) -> list[int]:
    return [item["seq"] for item in watcher.items() if item["type"] == "post"]


def test_who_never_reads_is_cut_and_the_others_miss_nothing(server, listener, ana, thread, raw):
    before = dropped(server)
    read_ack(raw(thread["channel"]))  # it reads this once, and no more
    others = [listener() for _ in range(3)]
    for other in others:
        assert other.watch(thread["channel"])["ok"]
    for _ in range(10):
        server.post(thread, ana, LARGE)
    memory = resident_megabytes(server)
    for _ in range(POSTS - 10):
        server.post(thread, ana, LARGE)
    for other in others:
        other.wait_for(lambda other=other: len(sequence(other)) == POSTS, seconds=20)
        assert sequence(other) == list(range(2, POSTS + 2))
    assert resident_megabytes(server) - memory < 25
    others[0].wait_for(lambda: dropped(server) == before + 1, seconds=30)
    assert metric(server, "civicforum_largest_outbox_packets") < 10


def test_who_never_polls_is_cut(server, listener, ana, thread):
    before = dropped(server)
    address = f"{server.base_url}/socket.io/?EIO=4&transport=polling"
    sid = json.loads(requests.get(address, timeout=20).text[1:])["sid"]
    watch = "420" + json.dumps(["watch", {"channel": thread["channel"]}])
    for packet in ("40", watch):
        requests.post(f"{address}&sid={sid}", data=packet, timeout=20)
    clock = listener()
    for _ in range(POSTS):
        server.post(thread, ana, LARGE)
    clock.wait_for(lambda: dropped(server) == before + 1, seconds=30)
    assert requests.get(f"{address}&sid={sid}", timeout=20).status_code == 400


def test_a_slow_reader_gets_whole_frames():
    ours, theirs = gevent.socket.socketpair()
    received = 0
    with ours, theirs:
        sending = gevent.spawn(WholeFrames(ours).send, b"x" * 5_000_000)
        while received < 5_000_000:
            received += len(theirs.recv(1_000_000))
        assert (sending.get(timeout=5), received) == (5_000_000, 5_000_000)


def test_nothing_is_compressed_for_watchers(server):
    wish = ["Sec-WebSocket-Extensions: permessage-deflate"]
    address = server.base_url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    line = websocket.create_connection(address, timeout=20, header=wish)
    assert "sec-websocket-extensions" not in {name.lower() for name in line.getheaders()}
    line.shutdown()


def test_a_send_that_does_not_end_ends_the_connection(monkeypatch):
    monkeypatch.setattr(lines, "SEND_SECONDS", 0.2)
    ours, theirs = gevent.socket.socketpair()
    with ours, theirs:
        with pytest.raises(TimeoutError):
            WholeFrames(ours).send(b"x" * 10_000_000)
        while theirs.recv(1_000_000):
            pass


class Packet:
    def __init__(self, size: int) -> None:
        self.data = "x" * size


def filled(*sizes: int) -> tuple[Outbox, list[Outbox]]:
    full: list[Outbox] = []
    outbox = Outbox(full.append)
    for size in sizes:
        outbox.put(Packet(size))
    return outbox, full


@pytest.mark.parametrize(
    ("sizes", "is_cut"),
    [
        ([10] * 500, False),
        ([10] * 501, True),
        ([50_000_000], False),  # the answer to a question, however long
        ([50_000_000, 1_000_000, 1_000_000], False),
        ([50_000_000, 1_000_000, 1_000_001], True),
        ([50_000_000, 1_000_000, 1_000_001, 1, 1], True),  # and only once
    ],
)
def test_an_outbox_holds_so_much_and_no_more(sizes, is_cut):
    outbox, full = filled(*sizes)
    assert full == [outbox] * is_cut


def test_what_was_taken_out_no_longer_weighs():
    outbox, full = filled(1_500_000, 1_500_000)
    for _ in range(20):
        outbox.get()
        outbox.put(Packet(1_500_000))
    assert (full, outbox.count()) == ([], 2)


def test_the_end_always_fits_and_a_cut_outbox_takes_no_more():
    outbox, _full = filled(*[1] * 501)
    outbox.throw_away()
    outbox.put(Packet(1))
    outbox.put(None)
    assert [outbox.get() for _ in range(outbox.count())] == [None]
