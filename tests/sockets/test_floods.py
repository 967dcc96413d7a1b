"""More than anybody needs, from one connection or from many: memory stays, others are served."""

import contextlib
import json
import threading
import time
import zlib

import pytest
import requests
import websocket
from raw_line import ask, frame, handshake, join, memory, plug, rest_of
from running import Server, free_port

pytestmark = pytest.mark.usefixtures("unharmed")


@pytest.fixture
def thread(server):
    return server.start_thread(server.make_project(), server.make_user())


def flood(line, content: bytes, times: int) -> int:
    """How often ``content`` could be sent as a binary message before the connection was ended."""
    for n in range(times):
        try:
            line.send_binary(content)
        except (OSError, websocket.WebSocketException):
            return n
    return times


@pytest.mark.parametrize("is_announced", [True, False], ids=["announced", "out of nowhere"])
def test_a_hundred_large_attachments_are_not_kept(raw, thread, is_announced):
    line = join(raw())
    if is_announced:
        line.send('45100-["watch",{"_placeholder":true,"num":0}]')
    assert flood(line, b"\0" * 900_000, 100) < 100
    assert ask(join(raw()), thread["channel"])["ok"] is True


def test_thousands_of_small_attachments_are_not_kept(raw, thread):
    line = join(raw())
    line.send('452000-["watch",{"_placeholder":true,"num":0}]')
    assert flood(line, b"\0" * 15_000, 2_000) == 2_000
    assert ask(line, thread["channel"])["ok"] is True


def test_a_hundred_thousand_attachments_are_not_waited_for(raw, thread):
    line = join(raw())
    line.send('45100000-["watch",' + ",".join('{"_placeholder":true,"num":0}' for _ in range(300)) + "]")
    assert ask(line, thread["channel"])["ok"] is True


def test_attachments_before_joining_are_not_kept(raw, thread):
    line = raw()
    line.send('45100-["watch",{"_placeholder":true,"num":0}]')
    flood(line, b"\0" * 15_000, 1_000)
    assert ask(join(raw()), thread["channel"])["ok"] is True


def test_what_is_small_until_it_is_unpacked_is_refused(server, raw, thread):
    """Sixteen megabytes of one letter, offered as a compressed message."""
    press = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = press.compress(b"4" + b"0" * 16_000_000) + press.flush(zlib.Z_SYNC_FLUSH)
    for _ in range(5):
        line = handshake(server)
        line.sendall(frame(1, packed[:-4], reserved=4))
        rest_of(line)
        line.close()
    assert ask(join(raw()), thread["channel"])["ok"] is True


def test_a_client_that_never_stops_sending_stops_nobody(server, raw, thread):
    """Two hundred megabytes of messages, as fast as they are taken; a page is asked for meanwhile."""
    line, is_done = join(raw()), threading.Event()
    message = frame(1, b'42["watch",' + b"1" * 15_000 + b"]") * 20

    def send() -> None:
        try:
            for _ in range(700):
                line.sock.sendall(message)
        except OSError:
            pass
        is_done.set()

    sender = threading.Thread(target=send, daemon=True)
    before = memory(server)
    sender.start()
    pages, most = 0, before
    deadline = time.monotonic() + 120
    while not is_done.is_set() and time.monotonic() < deadline:
        assert requests.get(f"{server.base_url}/readyz", timeout=20).status_code == 200
        pages, most = pages + 1, max(most, memory(server))
    line.shutdown()
    sender.join(20)
    assert pages > 3
    assert most - before < 25


def test_ten_thousand_joins_of_one_connection_are_one(raw, thread):
    line = join(raw())
    for _ in range(100):
        for _ in range(100):
            line.send("40")
        refused = 0
        while refused < 100:
            refused += line.recv().startswith("44")
    assert ask(line, thread["channel"])["viewers"] == 1
    line.send("41")
    assert ask(join(raw()), thread["channel"])["viewers"] == 1


def test_who_joins_without_end_and_never_reads_is_cut(raw, thread):
    line = join(raw())
    with contextlib.suppress(OSError, websocket.WebSocketException):
        for _ in range(10_000):
            line.send("40")
    assert ask(join(raw()), thread["channel"])["ok"] is True


def test_ten_thousand_other_namespaces_are_none(raw, thread):
    line = raw()
    for n in range(10_000):
        line.send(f"40/room{n},")
        if n % 100 == 0:
            assert line.recv().startswith("44/room")
    line.send("40")
    while not line.recv().startswith("40{"):
        pass
    assert ask(line, thread["channel"])["ok"] is True


def test_five_hundred_connections_that_break_off_leave_nobody_behind(server, raw, thread):
    """Joined, watching and gone, most of them without a farewell."""
    watcher = join(raw())
    for n in range(5):
        lines = [join(raw()) for _ in range(100)]
        assert all(ask(line, thread["channel"])["ok"] for line in lines)
        for line in lines:
            line.shutdown() if n else line.close()
    deadline = time.monotonic() + 40
    while ask(watcher, thread["channel"])["viewers"] != 1 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert ask(watcher, thread["channel"])["viewers"] == 1


def test_presence_counts_people_and_not_their_sockets(server, raw, thread):
    ana = server.make_user()
    lines = [raw() for _ in range(30)]
    for line in lines:
        line.send("40" + json.dumps({"token": ana.token}))
        assert line.recv().startswith("40{")
        assert ask(line, thread["channel"])["viewers"] == 1


# --- with the limits on ---


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    """A server that counts, as in a town."""
    running = Server(tmp_path_factory.mktemp("strict"), free_port(), {"CIVICFORUM_LIMITS": "normal"}).start()
    yield running
    running.stop()


def connected(server, token: str | None = None):
    line = websocket.create_connection(
        server.base_url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket", timeout=20
    )
    assert line.recv().startswith("0{")
    line.send("40" + (json.dumps({"token": token}) if token else ""))
    return line


def test_one_person_has_at_most_a_hundred_sockets_and_others_still_come_in(strict):
    ana, ben = strict.make_user(), strict.make_user()
    lines = [connected(strict, ana.token) for _ in range(105)]
    answers = [line.recv()[:2] for line in lines]
    assert (answers.count("40"), answers.count("44")) == (100, 5)
    other = connected(strict, ben.token)
    assert other.recv().startswith("40{")
    for line in [*lines, other]:
        line.shutdown()


def test_questions_of_one_socket_are_limited_and_those_of_another_are_not(strict):
    thread = strict.start_thread(strict.make_project(), strict.make_user())
    line, other = connected(strict), connected(strict)
    assert line.recv().startswith("40{")
    assert other.recv().startswith("40{")
    answers = [ask(line, thread["channel"]) for _ in range(310)]
    assert [answer["ok"] for answer in answers[:300]] == [True] * 300
    assert {answer["error"]["status"] for answer in answers[300:]} == {429}
    assert ask(other, thread["channel"])["ok"] is True
    line.shutdown()
    other.shutdown()


def test_ten_thousand_questions_of_one_socket_keep_nobody_waiting(strict):
    mark, before = len(strict.log()), memory(strict)
    thread = strict.start_thread(strict.make_project(), strict.make_user())
    line, other = connected(strict), connected(strict)
    assert other.recv().startswith("40{")
    for n in range(10_000):
        line.send(f'42["watch",{{"channel":"thread:{n + 100_000}"}}]')
    assert ask(other, thread["channel"])["ok"] is True
    assert line.recv().startswith("40{")
    assert ask(line, thread["channel"])["error"]["status"] == 429
    assert memory(strict) - before < 25
    assert "Traceback" not in strict.log()[mark:]
    line.shutdown()
    other.shutdown()


def test_posting_is_counted_by_one_limiter_whatever_the_door(strict):
    """A socket takes no deeds at all; the page and the API count together."""
    ana, ben = strict.make_user(), strict.make_user()
    thread = strict.start_thread(strict.make_project(), ana)
    browser = requests.Session()
    page = browser.get(f"{strict.base_url}/sign-in", timeout=20).text
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    fields = {"csrf_token": token, "email": ana.email, "password": ana.password}
    browser.post(f"{strict.base_url}/sign-in", data=fields, timeout=20)
    page = browser.get(f"{strict.base_url}/threads/{thread['id']}", timeout=20)
    token = page.text.split('name="csrf-token" content="')[1].split('"')[0]
    codes = []
    for n in range(6):
        fields = {"csrf_token": token, "body": f"By page {n}."}
        codes.append(browser.post(page.url, data=fields, timeout=20).status_code)
        body = {"body": f"By API {n}."}
        codes.append(strict.call("POST", f"/threads/{thread['id']}/posts", ana, body).status_code)
    # The thread itself was the first of ten in a minute.
    assert codes == [200, 201] * 4 + [200, 429, 429, 429]
    assert strict.call("POST", f"/threads/{thread['id']}/posts", ben, {"body": "Hello."}).status_code == 201
    line = connected(strict, ana.token)
    assert line.recv().startswith("40{")
    for name in ("post", "reply", "post_reply", "message"):
        line.send("42" + json.dumps([name, {"thread_id": thread["id"], "body": "By socket."}]))
    assert ask(line, thread["channel"])["ok"] is True
    assert strict.call("GET", f"/threads/{thread['id']}", ben).json()["post_count"] == 11
    line.shutdown()


def test_connections_that_never_speak_hold_up_nobody(server, raw, thread):
    """Half open: no request, half a request, no CONNECT."""
    lines = [plug(server) for _ in range(100)] + [handshake(server) for _ in range(50)]
    for line in lines[:50]:
        line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1")
    assert ask(join(raw()), thread["channel"])["ok"] is True
    for line in lines:
        line.close()
