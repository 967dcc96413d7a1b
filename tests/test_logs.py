"""The log of a real server: one JSON line for what changed or failed, and not a secret in it."""

import contextlib
import json
import logging
import re
import secrets
import socket
import subprocess
import time

import pytest
import requests
import socketio
import websocket
from running import COMMAND, Server, free_port

from civicforum import logs

# It starts a dozen processes, on a machine that may be busy.
pytestmark = pytest.mark.timeout(600)

PLACES = (
    "answer confirm reset calendar link address bearer cookie password query header body agent socket csrf"
    " idempotency method"
)
# Plain words, which nothing would cross out: they must not be written in the first place.
CANARIES = {name: f"canary{name}xyzzy" for name in PLACES.split()}
# What comes by the words of an error looks like a token, and is crossed out.
CANARIES["socket"] = "Canary-socket-" + secrets.token_urlsafe(12) + "7aZ"
CANARIES["error"] = "Canary-error-" + secrets.token_urlsafe(12) + "7aZ"
MAIL = "canary.resident@example.org"
ADDRESS = "203.0.113.77"


def entries(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> str:
    """What a server behind a proxy wrote, after somebody put a secret into every place there is."""
    server = Server(
        tmp_path_factory.mktemp("logged"), free_port(), {"CIVICFORUM_TRUSTED_PROXIES": "1"}
    ).start()
    person = server.make_user()
    thread = server.start_thread(server.make_project(person), person)
    server.post(thread, person, CANARIES["body"])
    plant(server)
    plant_at_the_socket(server)
    plant_raw(server)
    fail_inside(server)
    server.stop()
    return server.log()


def plant(server: Server) -> None:
    c = CANARIES
    headers = {
        "X-Forwarded-For": ADDRESS,
        "Authorization": f"Bearer {c['bearer']}",
        "Cookie": f"civicforum_session={c['cookie']}",
        "User-Agent": c["agent"],
        "X-CSRF-Token": c["csrf"],
        "Idempotency-Key": c["idempotency"],
        "X-Request-Id": c["header"],
        "Referer": f"{server.base_url}/reset/{c['header']}",
    }
    paths = (
        f"/answers/{c['answer']}",
        f"/confirm/{c['confirm']}",
        f"/reset/{c['reset']}",
        f"/my/{c['calendar']}.ics",
        f"/sign-in/link/{c['link']}",
        f"/settings/address/{c['address']}",
        f"/search?q={c['query']}",
        f"/nowhere/{c['query']}?token={c['query']}",
        f"/api/v1/me?token={c['query']}",
        f"/api/v1/threads/{c['query']}",
    )
    form = {"email": MAIL, "password": c["password"], "body": c["body"]}
    for path in paths:
        for method in ("GET", "POST", "PUT", c["method"]):
            with contextlib.suppress(requests.RequestException):
                requests.request(method, server.base_url + path, headers=headers, data=form, timeout=20)
    visit = requests.Session()
    visit.headers["X-Forwarded-For"] = ADDRESS
    for path in ("/sign-in", "/sign-up", "/reset"):
        token = visit.get(server.base_url + path, timeout=20).text.partition('name="csrf_token"')[2]
        value = token.partition('value="')[2].partition('"')[0]
        visit.post(server.base_url + path, data={**form, "csrf_token": value}, timeout=20)


def plant_at_the_socket(server: Server) -> None:
    client = socketio.Client(reconnection=False)
    with contextlib.suppress(socketio.exceptions.ConnectionError):
        client.connect(server.base_url, auth={"token": CANARIES["socket"]}, transports=["websocket"])
    nonsense = ("EIO=9", "transport=%0aforged", "EIO=%1b[2J&sid=%0aforged")
    for query in (f"sid={CANARIES['socket']}", f"token={CANARIES['socket']}", *nonsense):
        requests.get(f"{server.base_url}/socket.io/?EIO=4&transport=polling&{query}", timeout=20)
    address = f"ws://127.0.0.1:{server.port}/socket.io/?EIO=4&transport=websocket&q={CANARIES['query']}"
    for nonsense in ("x", "4", "42{", '42["watch",', "451-", "9", ""):
        rough = websocket.create_connection(address, timeout=20)
        rough.send("40")
        rough.send(f"{nonsense}{CANARIES['query']}\n\x1b[2J")
        with contextlib.suppress(websocket.WebSocketException, OSError):
            rough.recv()
            rough.recv()
        rough.close()
    with contextlib.suppress(websocket.WebSocketException, OSError):
        websocket.create_connection(address, timeout=20, origin=f"http://{CANARIES['header']}.example.org")


def plant_raw(server: Server) -> None:
    """What no library sends: lines within lines, and control characters."""
    c = CANARIES
    for lines in (
        f"GET /{c['query']}\x1b[31m\rforged HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        f"GET /forged%0d%0a%7b%22forged%22:1%7d/{c['query']} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: a\x1b[2J\x0bb\r\n\r\n",
        f"NONSENSE {c['query']}\r\n\r\n",
        f"GET / HTTP/9.9 {c['query']}\r\n\r\n",
        f"POST /sign-in HTTP/1.1\r\nHost: {c['header']}.example.org\r\nContent-Length: {c['header']}\r\n\r\n",
        f"GET / HTTP/1.1\r\n{c['header']}\r\n\r\n",
        f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n{c['body']}\r\n",
    ):
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as raw:
            raw.sendall(lines.encode("latin-1"))
            with contextlib.suppress(OSError):
                raw.recv(1000)


def fail_inside(server: Server) -> None:
    """A request and a job that fail through our own fault, with a secret in the words of the error."""
    with server.database():
        from sqlalchemy import text

        from civicforum import jobs
        from civicforum.db import db, transaction

        with transaction():
            jobs.enqueue("accounts.no_such_task", token=CANARIES["bearer"], email=MAIL)
            # A time that is none: whoever reads it fails, and the error tells what it read.
            db.session.execute(text("UPDATE post SET created_at = :words"), {"words": CANARIES["error"]})
    answer = server.call("GET", f"/threads/1/posts?q={CANARIES['query']}")
    assert answer.status_code == 500, answer.text
    deadline = time.monotonic() + 30
    while "no_such_task" not in server.log() and time.monotonic() < deadline:
        time.sleep(0.1)


def test_no_secret_is_in_the_log(told):
    lines = told.splitlines()
    wrong = [
        (name, line)
        for line in lines
        for name, canary in {**CANARIES, "mail": MAIL, "address": ADDRESS}.items()
        if canary in line
    ]
    assert wrong == []


def test_every_line_is_one_entry(told):
    strangers = [line for line in told.splitlines() if not line.startswith("{")]
    assert [line.partition(" ")[0] for line in strangers] == ["CivicForum", "Set"], strangers
    assert all(ord(letter) >= 32 for letter in told.replace("\n", ""))
    assert all({"time", "level", "logger", "message"} <= set(entry) for entry in entries(told))
    assert all(entry["time"].endswith("Z") for entry in entries(told))
    assert not [entry for entry in entries(told) if "forged" in entry]


def test_what_changed_and_what_failed_is_told(told):
    found = [e for e in entries(told) if e["message"] == "request"]
    made = [e for e in found if e["status"] == 201]
    assert {e["account"] for e in made} == {1}
    assert all(e["method"] == "POST" and e["milliseconds"] >= 0 for e in made)
    assert len({e["request_id"] for e in found}) == len(found)
    assert {e["route"] for e in found} >= {
        "accounts.reset",
        "accounts.sign_in",
        "townhalls.show_answer",
        "none",
    }
    assert not [e for e in found if e["method"] == "GET" and e["status"] < 400]


def test_an_error_is_one_line_with_its_traceback_and_its_request(told):
    failed = [e for e in entries(told) if "exception" in e]
    assert [e["level"] for e in failed if e["message"] == "job"] == ["error"]
    job = next(e for e in failed if e["message"] == "job")
    assert (job["task"], job["outcome"], "KeyError" in job["exception"]) == (
        "accounts.no_such_task",
        "later",
        True,
    )
    assert any("Traceback" in e["exception"] and "request_id" in e for e in failed if e["message"] != "job")


# --- what an error's words may carry ---


def written(message: str, *arguments: object, is_terminal: bool = False, **extra: object) -> str:
    """One entry as it would be shown."""
    record = logging.LogRecord("civicforum.x", logging.ERROR, "x.py", 1, message, arguments, None)
    record.__dict__.update(extra)
    return logs.formatter(is_terminal).format(record)


SECRETS = [
    "postgresql://ana:s3same@db.internal/town",
    "Key (email)=(ana.maria@example.org) already exists",
    "Authorization: Bearer abcdef",
    "from 203.0.113.77 port 7",
    "from 2001:db8::1",
    "ana+x@example.org",
    "/reset/WzEsIjEyMyJd.aBcDeFgH1234567890-_xyz",
    "d41d8cd98f00b204e9800998ecf8427e",
]
WORDS = ["s3same", "ana", "abcdef", "203.0.113.77", "2001:db8", "aBcDeFgH1234567890", "d41d8cd98f00b204"]


@pytest.mark.parametrize("secret", SECRETS)
def test_what_an_error_says_is_crossed_out(secret):
    for text in (written("It failed: %s", secret), written("It failed.", exception=f"ValueError: {secret}")):
        assert [word for word in WORDS if word in text] == []
        assert "It failed" in text


def test_what_helps_to_find_the_fault_stays():
    text = written("Redis at 127.0.0.1:6379 did not answer at 12:34:56.", task="townhalls.remind", job=7)
    assert "127.0.0.1:6379 did not answer at 12:34:56" in text
    assert {**json.loads(text), "time": ""} == {
        "level": "error",
        "logger": "civicforum.x",
        "message": "Redis at 127.0.0.1:6379 did not answer at 12:34:56.",
        "task": "townhalls.remind",
        "job": 7,
        "time": "",
    }


FORGERIES = (
    'a\r\n{"forged": 1}',
    "\x1b[2J\x1b[31mred",
    "a\u2028b\x85c\x0b\x0cd",
    "\0\x07\x9b\x7f",
    '"},{"a":"',
)


@pytest.mark.parametrize("words", FORGERIES)
@pytest.mark.parametrize("is_terminal", [True, False])
def test_nobody_forges_a_line(words, is_terminal):
    text = written("Somebody sent %s.", words, is_terminal=is_terminal, note=words)
    assert len(text.splitlines()) == 1
    # A terminal's own colours are ours; what a client sent is spelled out.
    assert [letter for letter in re.sub(r"\x1b\[\d*m", "", text) if not letter.isprintable()] == []
    assert "\x1b[31mred" not in text
    if not is_terminal:
        assert (json.loads(text)["message"], text.isascii()) == (f"Somebody sent {words}.", True)


def test_letters_that_cannot_be_written_stop_no_entry():
    assert json.loads(written("Somebody sent %s.", "\ud800"))["message"] == "Somebody sent \ud800."


def test_what_fails_all_the_time_does_not_fill_the_disk():
    at = [0.0]
    calm = logs.Calm(lambda: at[0])
    record = logging.makeLogRecord({"name": "civicforum.x", "lineno": 7, "levelno": logging.WARNING})
    elsewhere = logging.makeLogRecord({"name": "civicforum.x", "lineno": 8, "levelno": logging.ERROR})
    request = logging.makeLogRecord({"name": logs.REQUESTS, "lineno": 7, "levelno": logging.ERROR})
    assert sum(bool(calm.filter(record)) for _ in range(1000)) == logs.MOST_A_MINUTE
    assert calm.filter(elsewhere)
    assert all(calm.filter(request) for _ in range(1000))
    at[0] = 61.0
    assert calm.filter(record)
    assert record.left_out == 1000 - logs.MOST_A_MINUTE


def test_an_entry_is_short_enough_to_be_written_at_once():
    text = written("x" * 50_000, exception="Traceback\n" + "y" * 50_000)
    assert len(text) < 8192


def test_a_command_that_breaks_tells_it_in_one_line(tmp_path):
    (tmp_path / "civicforum.sqlite3").mkdir()
    done = subprocess.run(
        [COMMAND, "verify-log"],
        env={"CIVICFORUM_DATA_DIR": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (1, 1)


def test_processes_that_die_are_told(tmp_path, postgres_url):
    server = Server(tmp_path, free_port(), {"CIVICFORUM_DATABASE_URL": postgres_url}, workers=2).start()
    pids = next(e["pids"] for e in entries(server.log()) if "pids" in e).split()
    subprocess.run(["kill", "-9", pids[0]], check=True)
    for _ in range(100):
        ended = [e for e in entries(server.log()) if e["logger"] == "civicforum.supervisor" and "code" in e]
        if ended:
            break
        time.sleep(0.1)
    server.stop()
    assert [(e["pid"], e["code"]) for e in ended] == [(int(pids[0]), -9)]
    assert entries(server.log())[-1]["message"] == "stopped"
