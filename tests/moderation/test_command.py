"""``civicforum verify-log``; and somebody outside who trusts nobody and checks the public record."""

import json
import re
import subprocess
from hashlib import sha256

import pytest
from commands import run_command
from factories import join, make_post, make_project, make_thread, make_user
from sqlalchemy import text

from civicforum.db import db, transaction
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed


@pytest.fixture
def log(place):
    """Seven lines of several kinds, the last of them from a members-only project."""
    _held, hold = place.hold("Grüße, “holdme”: 上海 👋🏽")
    actions.decide_hold(place.moderator, hold.id, Deed("decline", 1, "Not this."))
    case = actions.moderate(place.moderator, "post", place.post.id, Deed("hide", 2, "It is about people."))
    actions.decide_case(place.moderator, case.id, Deed("restore", None, "I was wrong."), case.version)
    for _ in range(3):
        post = make_post(place.thread, place.author)
        actions.moderate(place.moderator, "post", post.id, Deed("hide", 2, "Again."))
    closed = make_project(visibility="members")
    own = make_user()
    join(closed, own, "moderator")
    post = make_post(make_thread(closed), make_user())
    actions.moderate(own, "post", post.id, Deed("hide", 1, "Here too."))
    return 7


@pytest.fixture
def verify(app):
    """The command, run as an operator runs it on this database."""

    def run() -> subprocess.CompletedProcess[str]:
        db.session.rollback()
        environment = {"CIVICFORUM_DATA_DIR": str(app.config["DATA_DIR"]), "PATH": ""}
        return run_command(environment, "verify-log")

    return run


def test_an_empty_record_holds(verify):
    told = verify()
    assert (told.returncode, told.stdout, told.stderr) == (0, "0 rows, each as it was written.\n", "")


def test_a_sound_record_is_counted(log, verify):
    told = verify()
    assert (told.returncode, told.stdout, told.stderr) == (0, f"{log} rows, each as it was written.\n", "")


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE log_entry SET rule = '1 Say what you saw' WHERE number = 4", 4),
        ("UPDATE log_entry SET at = '2020-01-01T00:00:00+00:00' WHERE number = 1", 1),
        ("UPDATE log_entry SET case_id = case_id + 1 WHERE number = 2", 2),
        ("UPDATE log_entry SET hash = previous WHERE number = 3", 3),
        ("DELETE FROM log_entry WHERE number = 3", 3),
        ("DELETE FROM log_entry WHERE number = 6", 6),
        ("DELETE FROM log_entry", 1),
        ("UPDATE log_entry SET number = 9 WHERE number = 6", 6),
        ("DELETE FROM log_entry WHERE number = 7", 7),
        ("UPDATE log_head SET count = 5", 8),
        ("DELETE FROM log_head", 8),
    ],
)
def test_tampering_names_the_first_broken_row(log, verify, tampering, broken):
    with transaction():
        db.session.execute(text(tampering))
    told = verify()
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr == f"The log is broken: the first wrong row is {broken}.\n"


def test_heads_that_somebody_kept_are_compared(log, app, client):
    kept = app.config["DATA_DIR"] / "heads.json"
    kept.write_text(client.get("/moderation/log/heads.json").text.replace(queries.log_head()[1], "f" * 64))
    environment = {"CIVICFORUM_DATA_DIR": str(app.config["DATA_DIR"]), "PATH": ""}
    told = run_command(environment, "verify-log", "--heads", str(kept))
    assert (told.returncode, told.stderr) == (1, f"The log is broken: the first wrong row is {log}.\n")


# --- from outside ---


def all_lines(client) -> tuple[list[dict], str]:
    """Every line over the API, first to last, and the head that is published."""
    lines, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/api/v1/moderation/log?limit=2{cursor and f'&cursor={cursor}'}").json
        lines += page["items"]
        cursor = page["next"]
    return lines[::-1], page["head"]


def recomputed(lines: list[dict]) -> str:
    """The code at the end, computed as the page describes it: nothing of CivicForum is used here."""
    code = "0" * 64
    for number, line in enumerate(lines, 1):
        facts = {name: value for name, value in line.items() if name not in ("previous", "hash")}
        assert (line["number"], line["previous"]) == (number, code)
        words = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        code = sha256(f"{code}\n{words}".encode()).hexdigest()
        assert line["hash"] == code
    return code


def test_an_outsider_comes_to_the_same_code(log, client):
    lines, head = all_lines(client)
    assert (len(lines), recomputed(lines)) == (log, head)
    assert head in client.get("/moderation/log").text


def test_an_outsider_sees_a_change(log, client):
    lines, _head = all_lines(client)
    lines[2]["rule"] = "1 Say what you saw"
    with pytest.raises(AssertionError):
        recomputed(lines)


def test_the_page_says_how_to_compute_it(log, client):
    """Whoever reads the page alone can write ``recomputed``: every choice in it is told there."""
    told = re.sub(r"<[^>]+>", " ", client.get("/moderation/log").text)
    for choice in ("SHA-256", "UTF-8", "64 zeros", "sorted", "no spaces", "previous", "hash", "line break"):
        assert choice in told, choice
