"""A client beneath Socket.IO and beneath WebSockets: it sends what no library would."""

import base64
import json
import os
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import websocket
from running import Server

__all__ = ["raw", "unharmed"]

POLLING = "/socket.io/?EIO=4&transport=polling"


@pytest.fixture
def raw(server: Server) -> Iterator[Callable[..., Any]]:
    """``raw()``: a WebSocket at the Engine.IO level, not joined."""
    opened = []

    def connect(**options: Any) -> Any:
        address = server.base_url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
        line = websocket.create_connection(address, timeout=20, **options)
        opened.append(line)
        assert line.recv().startswith("0{")
        return line

    yield connect
    for line in opened:
        line.shutdown()


@pytest.fixture
def unharmed(server: Server) -> Iterator[None]:
    """After the test the server answers, has grown little, and no traceback stands in its log."""
    mark, before = len(server.log()), memory(server)
    yield
    assert requests.get(f"{server.base_url}/healthz", timeout=20).status_code == 200
    assert memory(server) - before < 25
    assert "Traceback" not in server.log()[mark:]


def memory(server: Server) -> float:
    """What the server's process holds, in MB, as Linux tells."""
    assert server.process is not None
    told = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(told.split("VmRSS:")[1].split()[0]) / 1024


def files(server: Server) -> int:
    """How many files and connections the server's process has open."""
    assert server.process is not None
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def join(line: Any) -> Any:
    line.send("40")
    assert line.recv().startswith("40{")
    return line


def ask(line: Any, channel: Any) -> Any:
    """The ack of a watch."""
    line.send("427" + json.dumps(["watch", {"channel": channel}]))
    return ack(line)


def ack(line: Any) -> Any:
    while True:
        frame = line.recv()
        if frame.startswith("437"):
            return json.loads(frame[3:])[0]
        if frame == "2":
            line.send("3")


def plug(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=20)


def handshake(server: Server) -> socket.socket:
    """A connection that is a WebSocket by now; nothing on it is framed for us."""
    line = plug(server)
    head = [
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
    ]
    line.sendall(("\r\n".join(head) + "\r\n\r\n").encode())
    told = b""
    while b'"maxPayload"' not in told:
        told += line.recv(4096)
    assert b" 101 " in told
    return line


def frame(
    opcode: int, content: bytes, *, final: bool = True, length: int | None = None, reserved: int = 0
) -> bytes:
    """A masked WebSocket frame; ``length`` may lie."""
    size = len(content) if length is None else length
    head = bytes([final << 7 | reserved << 4 | opcode])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 65_536:
        head += b"\xfe" + struct.pack(">H", size)
    else:
        head += b"\xff" + struct.pack(">Q", size)
    return head + b"\0\0\0\0" + content


def rest_of(line: socket.socket) -> bytes:
    """What is told until the other end closes."""
    told = b""
    try:
        while part := line.recv(65_536):
            told += part
    except ConnectionError:
        pass
    return told


def say(server: Server, request: bytes, *, is_all: bool = False) -> bytes:
    """Send these bytes on a connection of their own; everything that is told until it is closed.

    ``is_all``: nothing more will be sent, and the other end may know.
    """
    with plug(server) as line:
        try:
            line.sendall(request)
            if is_all:
                line.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        return rest_of(line)
