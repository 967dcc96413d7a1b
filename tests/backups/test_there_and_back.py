"""A backup holds every row of one moment; a restore is all of it or nothing, and begins a new stream."""

import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import run_command
from factories import (
    join,
    make_agreement,
    make_file,
    make_organization,
    make_post,
    make_project,
    make_rsvp,
    make_thread,
    make_token,
    make_town_hall,
    make_user,
)
from sqlalchemy import func, select

from civicforum.accounts.models import User
from civicforum.backup import count_rows_in, restore_backup, write_backup
from civicforum.db import db, transaction
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Post
from civicforum.errors import CommandError
from civicforum.files.stores import store
from civicforum.live.changes import changes_since, current_stream
from civicforum.moderation import actions as moderation
from civicforum.moderation import queries
from civicforum.moderation.actions import Deed


def quietly(_table: str, _count: int) -> None:
    """No progress is shown."""


def everything() -> dict[str, list[tuple]]:
    """All rows of all tables, but for the name of the stream."""
    db.session.rollback()
    found = {
        table.name: sorted(map(repr, db.session.execute(select(table)).all()))
        for table in db.metadata.sorted_tables
        if table.name != "stream"
    }
    db.session.rollback()
    return found


@pytest.fixture
def thread(app):
    """A town with something in most tables: own references, times, JSON, a log, jobs, many letters."""
    make_agreement()
    author = make_user(name="Ánna Ñandú 上海 \u2028")
    organization = make_organization(author)
    project = make_project(make_user(), organization)
    join(project, author)
    make_token(author)
    thread = make_thread(project, author)
    first = make_post(thread, author, "First: “quotes”, \\ and \t and 👋🏽.")
    answer = make_post(thread, make_user(), "Second.", reply_to_id=first.id)
    discussions.edit_post(author, first.id, "First, better.", 1)
    discussions.react(author, answer.id, "support")
    moderation.flag_post(author, answer.id, 2, "Look.")
    moderation.moderate(make_user("moderator"), "post", answer.id, Deed("hide", 2, "Because."))
    make_rsvp(make_town_hall(project), author)
    return thread


@pytest.fixture
def backup(thread, tmp_path) -> Path:
    path = tmp_path / "town.zip"
    write_backup(path, quietly)
    return path


# --- there and back ---


def test_every_row_comes_back(backup):
    before = everything()
    assert sum(map(bool, before.values())) > 20
    with transaction():
        db.session.execute(User.__table__.update().values(about="Changed since."))
    make_user()
    make_project()
    counts = restore_backup(backup, quietly)
    assert everything() == before
    assert counts == {name: len(rows) for name, rows in before.items()} | {"stream": 1}
    assert count_rows_in(backup) == sum(counts.values())
    assert queries.verify_log() == (1, None)


def test_restoring_twice_is_as_once(backup):
    restore_backup(backup, quietly)
    once = everything()
    restore_backup(backup, quietly)
    assert everything() == once


def test_life_goes_on_after_a_restore(backup, thread):
    restore_backup(backup, quietly)
    author = db.session.scalars(select(User).order_by(User.id)).first()
    post = discussions.post_reply(author, thread.id, "And on.")
    assert post.seq == 3


def test_a_watcher_of_before_is_told_to_read_afresh(backup, thread, client):
    stream, revision = current_stream(), changes_since(thread.channel).revision
    restore_backup(backup, quietly)
    assert current_stream() != stream
    assert changes_since(thread.channel, revision, stream).is_reset
    asked = f"/api/v1/channels/{thread.channel}/changes?after={revision}&stream={stream}"
    told = client.get(asked).json
    assert (told["reset"], told["stream"]) == (True, current_stream())
    ahead = f"/api/v1/channels/{thread.channel}/changes?after={revision + 7}&stream={current_stream()}"
    assert client.get(ahead).json["reset"] is True


def test_a_backup_is_for_its_owner_alone_and_leaves_no_draft(backup):
    assert backup.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in backup.parent.iterdir()] == ["town.zip"]
    with zipfile.ZipFile(backup) as archive:
        assert "secret" not in " ".join(archive.namelist())


def test_a_backup_that_fails_leaves_the_one_before(backup):
    before = backup.read_bytes()

    def full_disk(_table: str, _count: int) -> None:
        raise OSError("No space left on device")

    with pytest.raises(CommandError, match="No space left on device"):
        write_backup(backup, full_disk)
    assert backup.read_bytes() == before
    assert [path.name for path in backup.parent.iterdir()] == ["town.zip"]


def test_what_is_written_meanwhile_is_wholly_in_or_wholly_out(thread, tmp_path):
    """Somebody speaks after each table that is read: the backup is of the moment before."""
    before, thread_id = everything(), thread.id

    def speak(_table: str, _count: int) -> None:
        person = make_user()
        discussions.post_reply(person, thread_id, "While you copy.")

    path = tmp_path / "busy.zip"
    write_backup(path, speak)
    assert everything() != before
    restore_backup(path, quietly)
    assert everything() == before


# --- what cannot be restored ---


def rewrite(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Change the files in the zip, and keep it a sound zip."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def manifest(**facts):
    def change(files: dict[str, bytes]) -> None:
        files["manifest.json"] = json.dumps({**json.loads(files["manifest.json"]), **facts}).encode()

    return lambda path: rewrite(path, change)


def content(name: str, change: Callable[[bytes], bytes]):
    return lambda path: rewrite(path, lambda files: files.update({name: change(files[name])}))


def flip(path: Path) -> None:
    """Turn bytes over in the middle of the file."""
    told = bytearray(path.read_bytes())
    for place in range(len(told) // 3, len(told) // 3 + 40):
        told[place] ^= 0xFF
    path.write_bytes(bytes(told))


DAMAGE = {
    "empty": lambda path: path.write_bytes(b""),
    "no zip": lambda path: path.write_text("Dear backup"),
    "cut": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "flipped": flip,
    "no manifest": lambda path: rewrite(path, lambda files: files.pop("manifest.json")),
    "a manifest that is a list": lambda path: rewrite(
        path, lambda files: files.update({"manifest.json": b"[1]"})
    ),
    "a manifest without rows": lambda path: rewrite(
        path,
        lambda files: files.update(
            {"manifest.json": json.dumps({**json.loads(files["manifest.json"]), "rows": None}).encode()}
        ),
    ),
    "another format": manifest(format=2),
    "another version": manifest(schema="0000_other"),
    "no version": manifest(schema=None),
    "a table is missing": lambda path: rewrite(path, lambda files: files.pop("post.jsonl")),
    "a row is missing": content("reaction.jsonl", lambda rows: b""),
    "a row too many": content("person.jsonl", lambda rows: rows + rows.splitlines(keepends=True)[-1]),
    "half a row": content("post.jsonl", lambda rows: rows[: len(rows) // 2]),
    "a short row": content("post.jsonl", lambda rows: rows.replace(b"[1, ", b"[", 1)),
    "a row that is none": content("post.jsonl", lambda rows: b"null\n" + rows),
    "a number as a row": content("post.jsonl", lambda rows: b"7\n" + rows),
    "a day that never was": content(
        "post.jsonl", lambda rows: rows.replace(b"-", b"-9", 1).replace(b"20", b"2x")
    ),
    "nobody's words": content("person.jsonl", lambda rows: b""),
    "no letters": content("post.jsonl", lambda rows: b"\xff\xfe" + rows),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_damaged_changes_nothing(backup, damage):
    DAMAGE[damage](backup)
    before, stream = everything(), current_stream()
    db.session.rollback()
    with pytest.raises(CommandError) as refused:
        restore_backup(backup, quietly)
    assert "Nothing was changed" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert (everything(), current_stream()) == (before, stream)


# --- as an operator does it ---


@pytest.fixture
def run(tmp_path, session_app):
    """``run('backup', FILE)`` in a town of its own."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(session_app.config["DATA_DIR"] / "template.sqlite3", home / "civicforum.sqlite3")

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {"CIVICFORUM_DATA_DIR": str(home), "PATH": ""}
        return run_command(environment, *arguments)

    return command


def test_the_commands_say_what_they_did(run, tmp_path):
    made = run(
        "user", "create", "--email", "ada@example.org", "--name", "Ada", "--password", "three quiet otters"
    )
    assert made.returncode == 0, made.stderr
    file = str(tmp_path / "town.zip")
    written = run("backup", file)
    assert (written.returncode, "rows of" in written.stdout) == (0, True)
    assert run("restore", file).returncode == 1  # nobody said yes
    restored = run("restore", "--yes", file)
    assert (restored.returncode, "rows are back" in restored.stdout) == (0, True)
    Path(file).write_text("Dear backup")
    refused = run("restore", "--yes", file)
    assert (refused.returncode, len(refused.stderr.strip().splitlines())) == (1, 1)
    assert run("backup", str(tmp_path / "nowhere" / "town.zip")).returncode == 1


def test_counting_what_is_none_is_a_sentence(tmp_path):
    for words in ("", "Dear backup"):
        (tmp_path / "x.zip").write_text(words)
        with pytest.raises(CommandError, match="is no backup of CivicForum"):
            count_rows_in(tmp_path / "x.zip")


def test_there_is_something_to_lose(thread):
    assert db.session.scalar(select(func.count()).select_from(Post)) == 2


def test_files_come_back_with_their_words(app, tmp_path):
    row = make_file(make_user(), content=b"a bench")
    write_backup(tmp_path / "town.zip", quietly)
    for part in row.parts:
        store().delete(part)
    restore_backup(tmp_path / "town.zip", quietly)
    assert [store().read(part) for part in row.parts] == [b"a bench", b"a bench"]


def test_a_backup_that_lost_a_file_changes_nothing(app, tmp_path):
    make_file(make_user())
    write_backup(tmp_path / "town.zip", quietly)
    with zipfile.ZipFile(tmp_path / "town.zip") as whole, zipfile.ZipFile(tmp_path / "less.zip", "w") as less:
        for name in whole.namelist():
            if not name.endswith(".small"):
                less.writestr(name, whole.read(name))
    before = everything()
    with pytest.raises(CommandError, match="files are missing"):
        restore_backup(tmp_path / "less.zip", quietly)
    assert everything() == before
