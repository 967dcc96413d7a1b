"""A client may take so long, and no longer; there may be so many, and no more."""

import socket

import gevent
import gevent.socket
import pytest

from civicforum.server import connections
from civicforum.server.connections import Server
from civicforum.server.listening import listen

LARGEST_BODY = 1000


def echo(environ, start_response):
    """Answers with how many bytes it was sent."""
    length = len(environ["wsgi.input"].read(LARGEST_BODY + 1))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"%d bytes" % length]


@pytest.fixture
def running(monkeypatch):
    """A server with little patience, in this process."""
    for name in ("FIRST_REQUEST_SECONDS", "HEADER_SECONDS", "IDLE_SECONDS", "BODY_SECONDS"):
        monkeypatch.setattr(connections, name, 0.3)
    server = Server(listen("127.0.0.1", 0), echo, 5, LARGEST_BODY, is_shared=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def call(running):
    """``call(text)`` opens a connection and sends this much."""
    opened = []

    def connect(words: bytes = b""):
        line = gevent.socket.create_connection(("127.0.0.1", running.server_port), timeout=10)
        opened.append(line)
        line.sendall(words)
        return line

    yield connect
    for line in opened:
        line.close()


def everything(line) -> bytes:
    """What the server says until it ends the connection."""
    said = b""
    while part := line.recv(65536):
        said += part
    return said


def drip(line, words: bytes) -> None:
    """Send a byte now and then, each well within the time."""
    for n in range(len(words)):
        line.send(words[n : n + 1])
        gevent.sleep(0.1)


def test_a_connection_that_never_asks_is_ended(call):
    assert everything(call()) == b""


def test_a_connection_that_has_asked_may_rest_but_not_for_ever(call):
    said = everything(call(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"))
    assert said.endswith(b"\r\n\r\n0 bytes")


def test_headers_that_drip_in_are_given_up(call):
    line = call(b"GET / HTTP/1.1\r\n")
    dripping = gevent.spawn(drip, line, b"Host: here\r\n" * 3)
    assert everything(line).startswith(b"HTTP/1.1 408 ")
    dripping.kill()


@pytest.mark.parametrize("claim", [b"", b"Connection: Upgrade\r\nUpgrade: websocket\r\n"])
@pytest.mark.parametrize("path", [b"/", b"/socket.io/"])
def test_a_body_that_drips_in_is_given_up_before_the_application_sees_it(call, path, claim):
    line = call(b"POST %s HTTP/1.1\r\nHost: here\r\n%sContent-Length: 100\r\n\r\n" % (path, claim))
    dripping = gevent.spawn(drip, line, b"x" * 50)
    said = everything(line)
    assert said.startswith(b"HTTP/1.1 408 ")
    assert b"bytes" not in said
    dripping.kill()


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 1000\r\n\r\n" + b"x" * 1000,
        b"Transfer-Encoding: chunked\r\n\r\n3e8\r\n" + b"x" * 1000 + b"\r\n0\r\n\r\n",
    ],
)
def test_a_body_that_arrives_is_handed_on_whole(call, body):
    assert everything(call(b"POST / HTTP/1.1\r\nHost: here\r\n" + body)).endswith(b"1000 bytes")


def test_a_body_that_is_too_large_is_left_to_the_application_to_refuse(call):
    line = call(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000)
    assert everything(line).endswith(b"1001 bytes")


def test_one_connection_too_many_is_refused_at_once(call, running):
    others = [call() for _ in range(5)]
    said = everything(call(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"))
    assert said.startswith(b"HTTP/1.1 503 ")
    assert b"Retry-After: 5\r\n" in said
    head, _gap, words = said.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(words)}".encode() in head
    for other in others:
        assert everything(other) == b""
    assert everything(call(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")).endswith(b"0 bytes")


def test_who_waits_at_the_door_when_it_closes_is_still_answered(running):
    address = ("127.0.0.1", running.server_port)
    waiting = [socket.create_connection(address, timeout=10) for _ in range(4)]  # nothing else runs meanwhile
    for line in waiting:
        line.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
    running.stop_listening()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=10)
    gevent.sleep(0.3)
    for line in waiting:
        with line:
            said = everything(line)
        assert b"Connection: close\r\n" in said
        assert said.endswith(b"0 bytes")
