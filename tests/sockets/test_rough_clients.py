"""Clients that do not play by the rules: the house stands, and everybody else notices nothing."""

import contextlib
import json
import time

import pytest
import requests
import websocket
from raw_line import ack, ask, join

pytestmark = pytest.mark.usefixtures("unharmed")


@pytest.fixture
def thread(server):
    return server.start_thread(server.make_project(), server.make_user())


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
        # Engine.IO's own packets, malformed
        *(
            "",
            "x",
            "9",
            "\x00\x00",
            "\u00b2",
            "4",
            "4 ",
            "4\u00e9",
            "4[",
            "4" + "[" * 10_000,
            "2" + "[" * 10_000,
        ),
        *('4{"a":1}', "4null", "b", "bA", "bAAAA", "0", "0{}", "5", "6", "2probe", "3probe"),
        # Socket.IO's, malformed or out of order
        *("40", "40{", "40[]", "40null", "40/", "42", "43", "431[]", "4399999999999999999999[]", '43["x"]'),
        *("45", "450-", "45-1-[]", "46", "461-[]", "41/admin,", '42/admin,["watch",{}]', "42[1e999]"),
        *('42["constructor"]', '42["update",{"channel":"thread:1"}]', '42["watch",' + "9" * 9_000 + "]"),
    ],
    ids=lambda frame: frame[:24].encode("unicode_escape").decode() or "nothing",
)
def test_a_nonsense_packet_is_dropped_and_the_connection_goes_on(raw, thread, frame):
    line = join(raw())
    line.send(frame)
    assert ask(line, thread["channel"])["ok"] is True
    assert ask(join(raw()), thread["channel"])["ok"] is True


@pytest.mark.parametrize("content", [b"", b"4", b'42["watch",{}]', b"\x00" * 1_000])
def test_binary_is_not_taken_and_the_connection_goes_on(raw, thread, content):
    line = join(raw())
    line.send_binary(content)
    assert ask(line, thread["channel"])["ok"] is True


def test_nothing_is_answered_before_one_has_joined(raw, thread):
    line = raw()
    line.send("427" + json.dumps(["watch", {"channel": thread["channel"]}]))
    assert join(line)
    assert ask(line, thread["channel"])["viewers"] == 1


def test_who_has_left_is_not_answered_but_may_join_again(raw, thread):
    line = join(raw())
    line.send("41")
    line.send("427" + json.dumps(["watch", {"channel": thread["channel"]}]))
    assert ask(join(line), thread["channel"])["viewers"] == 1


@pytest.mark.parametrize(
    "payload",
    [
        *(
            "null",
            "7",
            '"thread:1"',
            "[]",
            "[[]]",
            "{}",
            '{"channel":{}}',
            '{"channel":[["thread:1"]]}',
            "true",
        ),
        *('{"__proto__":{}}', '{"channel":null}', '{"channel":-1}', '{"channel":"thread:-1"}'),
        *('{"channel":1e400}', '{"channel":"thread:7 "}', '{"channel":"\\ud800"}', '{"channel":true}'),
        *('{"channel":"thread:\\u0000"}', '{"channel":"thread:9223372036854775808"}'),
        '{"channel":' + "[" * 400 + "]" * 400 + "}",
    ],
    ids=lambda payload: payload[:40],
)
@pytest.mark.parametrize("name", ["watch", "unwatch"])
def test_a_payload_of_another_kind_is_answered_with_an_error(raw, thread, name, payload):
    line = join(raw())
    line.send(f'427["{name}",{payload}]')
    answer = ack(line)
    assert (answer["ok"], answer["error"]["status"]) in ((False, 404), (False, 422))
    line.send(f'427["{name}",{{"channel":"{thread["channel"]}"}},{payload}]')
    assert ack(line)["error"]["status"] == 422
    assert ask(line, thread["channel"])["ok"] is True


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


def test_the_id_of_a_connection_cannot_be_guessed_and_is_in_no_log(server):
    """Whoever has it may speak in it: at least 128 bits, never the next one, never written down."""
    mark, address = len(server.log()), f"{server.base_url}/socket.io/?EIO=4&transport=polling"
    ids = [json.loads(requests.get(address, timeout=20).text[1:])["sid"] for _ in range(20)]
    assert {len(id_) >= 24 for id_ in ids} == {True}
    assert len({id_[:8] for id_ in ids} | {id_[-8:] for id_ in ids}) == 40
    for other in ("nothing-here", ids[0][:-1], ids[0] + "A", "%00", "a%0d%0aforged"):
        assert requests.get(f"{address}&sid={other}", timeout=20).status_code == 400
        assert requests.post(f"{address}&sid={other}", data="40", timeout=20).status_code == 400
    assert requests.post(f"{address}&sid={ids[0]}", data="40", timeout=20).status_code == 200
    assert [id_ for id_ in ids if id_ in server.log()[mark:]] == []


@pytest.mark.parametrize("body", [b"", b"x", b"4", b"b", b"bA", b"4[[", b"\xff", b"\x1e" * 10, b"4" * 20_000])
def test_a_poll_of_nonsense_is_400_or_413(server, body):
    address = f"{server.base_url}/socket.io/?EIO=4&transport=polling"
    sid = json.loads(requests.get(address, timeout=20).text[1:])["sid"]
    answer = requests.post(f"{address}&sid={sid}", data=body, timeout=20)
    assert answer.status_code == (413 if len(body) > 16_384 else 400)


@pytest.mark.parametrize("headers", [{}, {"Sec-WebSocket-Version": "99", "Sec-WebSocket-Key": "x"}])
def test_what_is_no_handshake_is_400(server, headers):
    address = f"{server.base_url}/socket.io/?EIO=4&transport=websocket"
    answer = requests.get(
        address, headers={"Upgrade": "websocket", "Connection": "Upgrade", **headers}, timeout=20
    )
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "file://", "http://127.0.0.1", "http://127.0.0.1.evil.example", "x"],
)
def test_a_foreign_origin_is_refused_at_the_handshake(server, raw, origin):
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        raw(origin=origin)
    assert refused.value.status_code == 400
    polling = requests.get(
        f"{server.base_url}/socket.io/?EIO=4&transport=polling", headers={"Origin": origin}, timeout=20
    )
    assert polling.status_code == 400


@pytest.mark.parametrize(
    "forged",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
        {"Forwarded": "host=evil.example;proto=https"},
        {"Host": "evil.example"},
    ],
)
def test_no_forged_header_makes_a_foreign_origin_ours(server, forged):
    """Without a trusted proxy, whatever says that it was forwarded says nothing."""
    for origin in ("http://evil.example", "https://evil.example"):
        answer = requests.get(
            f"{server.base_url}/socket.io/?EIO=4&transport=polling",
            headers={"Origin": origin, **forged},
            timeout=20,
        )
        assert answer.status_code == 400
