"""A power cut or a full disk in the midst of it: a backup leaves no half file, a restore changes nothing."""

import resource
import secrets
import subprocess
import zipfile

import pytest
from backups_running import everything, run
from factories import make_post, make_project, make_thread, make_user
from pausing import Paused
from running import COMMAND, Server

# It starts a dozen processes, on a machine that may be busy.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def town(make_server) -> Server:
    """A town with some hundred rows, at rest."""
    server = make_server()
    assert run(server, "db", "upgrade").returncode == 0
    with server.database():
        thread = make_thread(make_project(), make_user())
        for _ in range(20):
            make_post(thread, make_user(), secrets.token_hex(4000))
    return server


@pytest.fixture
def shelf(tmp_path):
    """Where backups are kept."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    return folder


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_killed_backup_leaves_the_one_before_and_the_next_clears_up(town, shelf, tmp_path):
    assert run(town, "backup", str(shelf / "town.zip")).returncode == 0
    before = (shelf / "town.zip").read_bytes()
    Paused(tmp_path, town.environment, "FROM post ORDER BY", 1, "backup", str(shelf / "town.zip")).kill()
    Paused(tmp_path, town.environment, "FROM post ORDER BY", 1, "backup", str(shelf / "other.zip")).kill()
    assert (shelf / "town.zip").read_bytes() == before
    assert not (shelf / "other.zip").exists()
    for name in ("town.zip", "other.zip"):
        assert run(town, "backup", str(shelf / name)).returncode == 0
        with zipfile.ZipFile(shelf / name) as archive:
            assert archive.testzip() is None
    assert names(shelf) == ["other.zip", "town.zip"]


def test_a_backup_is_nobody_elses_from_its_first_byte(town, shelf, tmp_path):
    paused = Paused(tmp_path, town.environment, "FROM post ORDER BY", 1, "backup", str(shelf / "town.zip"))
    (draft,) = shelf.iterdir()
    assert draft.stat().st_mode & 0o777 == 0o600
    assert paused.go_on()[0] == 0
    assert names(shelf) == ["town.zip"]


def test_a_full_disk_is_a_sentence_and_no_file(town, shelf):
    def little_space() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    done = subprocess.run(
        [COMMAND, "backup", str(shelf / "town.zip")],
        env={**town.environment, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        preexec_fn=little_space,
    )
    assert done.returncode == 1
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith(f"The backup could not be written to {shelf / 'town.zip'}: File too large.")
    assert names(shelf) == []


MOMENTS = {
    "midway": ("INSERT INTO post ", 1),
    "all but the commit": ("(UPDATE|INSERT INTO) stream", 1),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_restore_changes_nothing(town, shelf, tmp_path, moment):
    file = str(shelf / "town.zip")
    assert run(town, "backup", file).returncode == 0
    with town.database():
        make_user(email="since@example.org")
    before = everything(town)
    Paused(tmp_path, town.environment, *MOMENTS[moment], "restore", "--yes", file).kill()
    assert everything(town) == before
    assert run(town, "restore", "--yes", file).returncode == 0
    after = everything(town)
    assert after["person"] == [row for row in before["person"] if "since@example.org" not in row]
    assert after["stream"] != before["stream"]
