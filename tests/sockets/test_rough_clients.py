"""Clients that do not play by the rules: the house stands, and everybody else notices nothing."""

import contextlib
import json
import time

import pytest
import websocket


@pytest.fixture
def thread(server):
    return server.start_thread(server.make_project(), server.make_user())


@pytest.fixture
def raw(server):
    """``raw()``: a WebSocket at the Engine.IO level, not joined."""
    opened = []

    def connect(**options):
        address = server.base_url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
        line = websocket.create_connection(address, timeout=5, **options)
        opened.append(line)
        assert line.recv().startswith("0{")
        return line

    yield connect
    for line in opened:
        line.shutdown()


def join(line):
    line.send("40")
    assert line.recv().startswith("40{")
    return line


def ask(line, channel: str):
    """The ack of a watch."""
    line.send("427" + json.dumps(["watch", {"channel": channel}]))
    while True:
        frame = line.recv()
        if frame.startswith("437"):
            return json.loads(frame[3:])[0]
        if frame == "2":
            line.send("3")


@pytest.mark.parametrize(
    "frame",
    [
        "42{}",
        "42[]",
        "42[1]",
        "42[null]",
        "42[{}]",
        '42["connect"]',
        '42["disconnect"]',
        '42["__proto__",{}]',
        '42["watch"]',
        '42["watch",' + "[" * 3000 + "]" * 3000 + "]",
        '42["watch",{"channel":NaN}]',
        '42["watch",{"channel":"\\ud800"}]',
        '451-["watch",{"_placeholder":true,"num":0}]',
        "4999999999-[]",
        "44{}",
        "47",
    ],
)
def test_a_nonsense_packet_is_dropped_and_the_connection_goes_on(server, raw, thread, frame):
    mark = len(server.log())
    line = join(raw())
    line.send(frame)
    assert ask(line, thread["channel"])["ok"] is True
    assert ask(join(raw()), thread["channel"])["ok"] is True
    assert "Traceback" not in server.log()[mark:]


def test_forging_a_farewell_does_not_change_the_number_of_people(raw, thread):
    line = join(raw())
    assert ask(line, thread["channel"])["viewers"] == 1
    line.send('42["disconnect"]')
    assert ask(join(raw()), thread["channel"])["viewers"] == 2


def test_who_never_joins_is_shown_out(raw):
    line = raw()
    began = time.monotonic()
    line.settimeout(20)
    with contextlib.suppress(websocket.WebSocketException, OSError):
        while line.recv() not in ("", "1"):
            line.send("3")
    assert time.monotonic() - began < 18


def test_a_frame_that_is_too_large_ends_the_connection(raw, thread):
    line = join(raw())
    line.send('42["watch",{"channel":"' + "x" * 50_000 + '"}]')
    with pytest.raises((websocket.WebSocketException, OSError)):
        ask(line, thread["channel"])
    assert ask(join(raw()), thread["channel"])["ok"] is True


def test_other_namespaces_are_closed(raw):
    line = raw()
    line.send("40/admin,")
    assert line.recv().startswith("44/admin,")


def test_a_foreign_origin_is_refused_at_the_handshake(raw):
    with pytest.raises(websocket.WebSocketBadStatusException):
        raw(origin="https://evil.example")
