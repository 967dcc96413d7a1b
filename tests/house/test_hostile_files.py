"""Files that are something else than they say, at each door that takes a file: calendars, people, backups.

Pictures and PDFs have theirs in tests/files.
"""

import gzip
import io
import os
import zipfile
import zlib

import pytest
from commands import run_command
from factories import make_project, make_user
from sqlalchemy import func, select

from civicforum.accounts.models import User
from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.db import db
from civicforum.townhalls.models import TownHall

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><image href="http://x.example/"/></svg>'
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\0\0\0\1\0\0\x08\6\0\0\0" + zlib.compress(b"\0" * 5_000_000)
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


def zipped(**files: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


FILES = {
    "nothing": b"",
    "a picture with a program": SVG,
    "a picture that grows": PNG,
    "a picture that is a page": b"GIF89a/*" + b"<script>alert(1)</script>" + b"*/=1;",
    "a page": b"<!doctype html><script>alert(1)</script>",
    "entities": ENTITIES,
    "a file of ours by name": OUTSIDE,
    "an archive": zipped(**{"../../../../tmp/evil": b"x", "/etc/evil": b"x"}),
    "an archive that grows": zipped(**{"manifest.json": b"0" * 20_000_000}),
    "a manifest of another kind": zipped(**{"manifest.json": b"[[]]"}),
    "a manifest of nothing": zipped(**{"manifest.json": b"{}"}),
    "packed": gzip.compress(b"\0" * 20_000_000),
    "a program": b"\x7fELF\2\1\1" + b"\0" * 2_000,
    "wide letters": "BEGIN:VCALENDAR\nEND:VCALENDAR".encode("utf-16"),
    "NULs": b"\0" * 5_000,
    "one long line": b"x" * 1_500_000,
    "many commas": b"," * 500_000,
    "one open quote": b'"' + b"a,\n" * 100_000,
    "many quotes": b'"' * 300_001,
}


@pytest.fixture
def town(tmp_path, session_app):
    """A town of its own; ``town('restore', …)`` runs the command there and gives (exit code, its lines)."""
    template = session_app.config["DATA_DIR"] / "template.sqlite3"
    home = tmp_path / "home"
    home.mkdir()
    (home / "civicforum.sqlite3").write_bytes(template.read_bytes())

    def run(*arguments: str) -> tuple[int, list[str]]:
        environment = {"CIVICFORUM_DATA_DIR": str(home), "PATH": os.defpath}
        done = run_command(environment, *arguments)
        return done.returncode, done.stderr.splitlines()

    with create_app(load_settings({"CIVICFORUM_DATA_DIR": str(home)})).app_context():
        make_project(slug="water")
        yield run
        db.session.remove()
        db.engine.dispose()


def count(model) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def is_one_line(told: tuple[int, list[str]]) -> bool:
    code, lines = told
    return code == 1 and len(lines) == 1 and "Traceback" not in lines[0] and len(lines[0]) < 500


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_no_file_in_the_guise_of_a_calendar_is_taken(app, sign_in, content):
    organizer = make_user()
    project = make_project(organizer)
    browser, url = sign_in(organizer), f"/projects/{project.slug}/town-halls/import"
    token = browser.get(url).text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    for name in ("x.ics", "../../x.ics", "x.svg", "x\0.ics", "x" * 5_000, "\u202egpj.ics"):
        file = (io.BytesIO(content[:400_000]), name, "text/calendar")
        answer = browser.post(url, data={"file": file, "csrf_token": token})
        assert answer.status_code == 422
        assert "<script>alert" not in answer.text
    assert count(TownHall) == 0


@pytest.mark.parametrize("name", ["a picture with a program", "NULs", "one long line", "many quotes"])
def test_no_file_in_the_guise_of_a_list_of_people_is_taken(town, tmp_path, name):
    file = tmp_path / "people.csv"
    file.write_bytes(FILES[name])
    told = town("user", "import", str(file))
    assert is_one_line(told), told
    assert count(User) == 0


@pytest.mark.parametrize("name", ["nothing", "an archive", "an archive that grows", "a manifest of nothing"])
def test_no_file_in_the_guise_of_a_backup_is_taken(town, tmp_path, name):
    file = tmp_path / "town.zip"
    file.write_bytes(FILES[name])
    told = town("restore", "--yes", str(file))
    assert is_one_line(told), told
    assert not (tmp_path / "evil").exists()
    assert count(User) == 0
