"""WebSocket frames as no library sends them: out of order, cut off, too large, or never ending."""

import os
import time

import pytest
from raw_line import ask, files, frame, handshake, join, rest_of

pytestmark = pytest.mark.usefixtures("unharmed")

TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9


@pytest.fixture
def thread(server):
    return server.start_thread(server.make_project(), server.make_user())


@pytest.mark.parametrize(
    "content",
    [
        frame(0, b"40"),
        frame(TEXT, b"4", final=False) + frame(TEXT, b"0"),
        frame(TEXT, b"40", reserved=7),
        frame(3, b"40"),
        frame(TEXT, b"\xff\xfe"),
        frame(PING, b"x" * 5_000),
        frame(PING, b"x", final=False),
        frame(CLOSE, b"\0"),
        frame(CLOSE, b"\x03\xe8\xff"),
        b"\x81\xff" + b"\xff" * 8 + b"\0" * 4,
        b"\x81\x0240",
        frame(TEXT, b"x" * 20_000),
        frame(BINARY, b"\0" * 900_000),
        frame(TEXT, b"4", final=False) + frame(0, b"x" * 1_000, final=False) * 20,
    ],
    ids=[
        *("a middle first", "two beginnings", "reserved bits", "unknown kind", "no text", "large ping"),
        *("a ping in parts", "half a reason", "a reason that is no text", "2 to the 63rd", "not masked"),
        *("too large", "much too large", "too large in parts"),
    ],
)
def test_a_broken_frame_ends_the_connection_and_nothing_else(server, raw, thread, content):
    line = handshake(server)
    line.sendall(content)
    assert rest_of(line)[:1] in (b"", b"\x88")
    line.close()
    assert ask(join(raw()), thread["channel"])["ok"] is True


@pytest.mark.parametrize(
    "content",
    [
        frame(TEXT, b"40", length=10_000),
        frame(TEXT, b"40", length=2**62),
        b"\x81",
        frame(TEXT, b"4", final=False),
    ],
    ids=["shorter than it says", "far shorter than it says", "one byte", "no end"],
)
def test_a_frame_that_is_cut_off_takes_nothing_from_others(server, raw, thread, content):
    line = handshake(server)
    line.sendall(content)
    assert ask(join(raw()), thread["channel"])["ok"] is True
    line.close()


def test_rubbish_after_the_handshake_does_no_harm(server, raw, thread):
    for _ in range(20):
        line = handshake(server)
        line.sendall(b"\x87" + os.urandom(3_000))
        rest_of(line)
        line.close()
    assert ask(join(raw()), thread["channel"])["ok"] is True


def test_connections_that_break_leave_nothing_behind(server, raw, thread):
    assert ask(join(raw()), thread["channel"])["ok"] is True
    before = files(server)
    for _ in range(50):
        handshake(server).close()
    deadline = time.monotonic() + 30
    while files(server) > before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert files(server) <= before
