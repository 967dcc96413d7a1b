"""The public record: what a line says, that old lines stay true, and that all tampering is found."""

import html
import json
import re
import subprocess
import sys
from datetime import date, timedelta

import pytest
import time_machine
from factories import make_user, save
from record_lines import HIDE, NOON, tampered, write
from sqlalchemy import select, text

from civicforum import paths
from civicforum.cli import doctor_database
from civicforum.cli.record import read_heads
from civicforum.db import db, transaction
from civicforum.errors import CommandError
from civicforum.moderation import actions, queries
from civicforum.moderation.chain import GENESIS, row_hash
from civicforum.moderation.log import FIRST, SECOND
from civicforum.moderation.models import LogEntry, LogHead

# --- what a line says ---


def test_a_line_tells_scope_source_and_hours_and_where_it_is_public(place):
    actions.flag_post(make_user(), place.post.id, 2, "")
    case = queries.find_case_about("post", place.post.id)
    with time_machine.travel(case.created_at + timedelta(hours=2, minutes=1)):
        actions.decide_case(place.moderator, case.id, HIDE, case.version)
    line = db.session.scalars(select(LogEntry)).one()
    assert (line.format, line.scope, line.source, line.hours) == (2, "post", "flag", 3)
    assert (line.automatic, line.outcome, line.until) == (False, None, None)
    assert line.project_id == place.project.id


def test_a_closed_project_leaves_no_number(place):
    line = write(scope="project:7", place="members-only project")
    assert (line.scope, line.project_id, line.hours) == ("project", None, None)


def test_what_is_given_is_kept(place):
    line = write(scope="site", place=f"project:{place.project.id}", until=NOON, actor_role="automatic")
    assert (line.scope, line.project_id, line.automatic) == ("site", place.project.id, True)
    assert line.until == "2026-11-03T12:00:00+00:00"
    assert (write(place="site").project_id, write(automatic=True).automatic) == (None, True)


def test_an_answer_to_an_appeal_names_its_line_and_stands_beside_it(place, client):
    case = actions.moderate(place.moderator, "post", place.post.id, HIDE)
    write()
    answer = write(action="overturned", case_id=case.id, target="post:1", place="site")
    assert (answer.number, answer.outcome, answer.about) == (3, "overturned", 1)
    assert write(action="varied").about is None
    page = client.get("/moderation/log").text
    beside = re.search(r'id="line-1".*?</article>', page, re.S)[0]
    assert "It was undone" in beside
    assert "line 3" in beside
    assert "This answers line 1." in page
    there = re.search(r'href="([^"]+)#line-1"', page)[1]
    assert re.findall(r'id="line-(\d+)"', client.get(there).text) == ["1"]


# --- lines of before stay true ---


def write_as_before(number: int, previous: str) -> str:
    """A line as the first program wrote it."""
    facts = {
        "number": number,
        "at": "2026-01-01T00:00:00+00:00",
        "action": "hide",
        "target": "post:1",
        "place": "thread:1",
        "rule": "1 Rule",
        "actor_role": "moderator",
        "case_id": None,
    }
    code = row_hash(previous, facts)
    save(LogEntry(**facts, previous=previous, hash=code))
    return code


@pytest.fixture
def old_lines(app):
    code = write_as_before(2, write_as_before(1, GENESIS))
    save(LogHead(id=1, count=2, hash=code))


def test_lines_of_before_hash_what_they_have_and_new_ones_follow(old_lines, client):
    write()
    assert queries.verify_log() == (3, None)
    new, _second, first = client.get("/api/v1/moderation/log").json["items"]
    assert set(first) == {*FIRST, "previous", "hash"}
    assert set(new) == {*FIRST, *SECOND, "previous", "hash"}
    assert "Hidden" in client.get("/moderation/log").text


def test_a_line_of_before_is_given_no_later_field(old_lines):
    for column in SECOND:
        deed = f"UPDATE log_entry SET {column} = {_another(column, None)} WHERE number = 1"  # noqa: S608
        assert tampered(deed)[0] == 1, column


# --- whatever is tampered with is found ---


def test_every_column_of_every_line_counts(record):
    for column in [c.name for c in LogEntry.__table__.columns if c.name != "number"]:
        for number in (1, 3, 6):
            changed = _another(column, getattr(db.session.get_one(LogEntry, number), column))
            deed = f"UPDATE log_entry SET {column} = {changed} WHERE number = {number}"  # noqa: S608
            assert tampered(deed)[0] == number, (column, number)


def _another(column, value) -> str:
    """Another value of the column's kind, as SQL."""
    kind = LogEntry.__table__.columns[column].type.python_type
    if kind is bool:
        return str(not value).upper()
    return str((value or 0) + 1) if kind is int else f"'{(value or 'y')[:-1]}x'"


@pytest.mark.parametrize(
    ("deeds", "broken"),
    [
        (["UPDATE log_entry SET number = 99 WHERE number = 2"], 2),
        (["DELETE FROM log_entry WHERE number = 3"], 3),
        (["DELETE FROM log_entry WHERE number = 6"], 6),
        (["DELETE FROM log_entry WHERE number > 3"], 4),
        (["DELETE FROM log_entry"], 1),
        (["UPDATE log_head SET count = 5"], 7),
        (["UPDATE log_head SET hash = 'x'"], 7),
        (["DELETE FROM log_head"], 7),
        (["UPDATE log_day_head SET hash = 'x' WHERE day = '2026-11-04'"], 2),
        (["UPDATE log_day_head SET number = 4 WHERE day = '2026-11-04'"], 4),
        (
            [
                "UPDATE log_entry SET number = 99 WHERE number = 2",
                "UPDATE log_entry SET number = 2 WHERE number = 3",
                "UPDATE log_entry SET number = 3 WHERE number = 99",
            ],
            2,
        ),
    ],
)
def test_order_middle_and_end_count(record, deeds, broken):
    assert queries.verify_log() == (6, None)
    assert tampered(*deeds)[0] == broken


@pytest.mark.parametrize(
    ("deed", "day"),
    [
        ("DELETE FROM log_day_head WHERE day = '2026-11-04'", date(2026, 11, 4)),
        ("UPDATE log_day_head SET day = '2027-01-01' WHERE day = '2026-11-06'", date(2026, 11, 6)),
    ],
)
def test_a_published_head_that_is_gone_is_missed(record, deed, day):
    assert tampered(deed) == (None, day)
    assert queries.missing_head() is None


def test_the_doctor_says_that_a_head_is_gone(record):
    (sound,) = doctor_database.record(None)
    assert sound == (True, "The public moderation log verifies (6 rows).")
    with transaction():
        db.session.execute(text("DELETE FROM log_day_head WHERE day = '2026-11-04'"))
    assert list(doctor_database.record(None))[1][0] is False


def rewrite(first: int, end: int | None = None) -> None:
    """What somebody does who owns the database: change a line, and mend all hashes and the head behind it."""
    with transaction():
        for row in db.session.scalars(select(LogEntry).where(LogEntry.number > (end or 99))).all():
            db.session.delete(row)
        db.session.flush()
        rows = db.session.scalars(select(LogEntry).order_by(LogEntry.number)).all()
        rows[first - 1].rule = "1 Another"
        previous = GENESIS
        for row in rows:
            facts = {name: getattr(row, name) for name in (*FIRST, *SECOND)}
            row.previous, row.hash = previous, row_hash(previous, facts)
            previous = row.hash
        head = db.session.get_one(LogHead, 1)
        head.count, head.hash = rows[-1].number, previous


def test_a_chain_written_anew_is_found_at_the_next_published_head(record):
    rewrite(3)
    assert queries.verify_log() == (3, 3)


def test_a_chain_written_anew_and_cut_short_of_a_head_is_found(record):
    rewrite(2, end=3)
    assert queries.verify_log()[1] == 2


def test_with_its_heads_rewritten_too_it_is_found_by_the_heads_that_somebody_kept(record, tmp_path, client):
    kept = tmp_path / "heads.json"
    kept.write_text(json.dumps(client.get("/moderation/log/heads.json").json))
    rewrite(3)
    with transaction():
        for head in queries.all_heads():
            head.hash = db.session.get_one(LogEntry, head.number).hash
    assert (queries.verify_log(), queries.missing_head()) == ((6, None), None)
    assert queries.verify_log(read_heads(kept))[1] == 3


def test_a_file_that_is_no_list_of_heads_is_refused(tmp_path):
    for words_in_it in ("{}", "[]", "nonsense", '{"items": [{}], "now": {}}'):
        (tmp_path / "x").write_text(words_in_it)
        with pytest.raises(CommandError, match="is no list of heads"):
            read_heads(tmp_path / "x")


# --- an outsider's own program ---


@pytest.fixture
def outsider(record, client, tmp_path):
    """Saves what is published, and runs the very program of the document on it; what it printed."""
    page = (paths.ROOT / "docs" / "verify-log.md").read_text()
    program = re.search(r"```python\n(.*?)```", page, re.S)[1]
    assert len(program.splitlines()) <= 20
    assert program.strip() in html.unescape(client.get("/moderation/log").text)
    lines = client.get("/moderation/log.jsonl").text.splitlines()
    heads = client.get("/moderation/log/heads.json").text

    def check(lines=lines):
        (tmp_path / "moderation-log.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (tmp_path / "heads.json").write_text(heads)
        return subprocess.run(
            [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    check.lines = lines
    return check


def test_the_program_of_the_document_verifies_an_export(outsider):
    told = outsider()
    assert told.stdout.startswith("6 lines hold and agree with 5 heads.")
    assert queries.log_head()[1] in told.stdout


def test_the_program_of_the_document_finds_a_forged_export(outsider):
    lines = outsider.lines
    forged = [json.loads(line) for line in lines]
    forged[2]["rule"] = "1 Another"
    previous = GENESIS
    for row in forged:
        row["previous"], row["hash"] = previous, row_hash(previous, row)
        previous = row["hash"]
    for wrong, told in (
        ([lines[0], lines[1].replace("lock", "hide"), *lines[2:]], "line 2 was changed"),
        ([lines[0], *lines[2:]], "line 2 is out of its place"),
        ([lines[1], lines[0], *lines[2:]], "line 1 is out of its place"),
        (lines[:-1], "at or before line 6"),
        ([json.dumps(row) for row in forged], "at or before line 3"),
    ):
        assert told in outsider(wrong).stderr
