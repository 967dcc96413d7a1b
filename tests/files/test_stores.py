"""A folder or a bucket: what is put is there whole, is listed, and goes. The bucket is on a server."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import make_file, make_user
from running import free_port

from civicforum.config import load_settings
from civicforum.db import db, transaction
from civicforum.errors import SettingsError
from civicforum.files.stores import FolderStore, S3Store, Store, make_store, store
from civicforum.files.tidying import missing_parts, stray_parts

PATIENCE_SECONDS = 30


@pytest.fixture(scope="module")
def bucket() -> Iterator[S3Store]:
    """A bucket of a server that speaks S3, in a process of its own."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    kept = S3Store(f"s3://key:a%2Fsecret@127.0.0.1:{port}/town?scheme=http")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            kept._client.create_bucket(Bucket="town")
            break
        except kept._faults:
            assert time.monotonic() < deadline, "the server of the test does not start"
            time.sleep(0.1)
    yield kept
    server.terminate()
    server.wait()
    with pytest.raises(OSError, match="store of files"):
        kept.put("late", b"x")


@pytest.fixture(params=["folder", "bucket"])
def kept(request, tmp_path) -> Store:
    return FolderStore(tmp_path / "files") if request.param == "folder" else request.getfixturevalue("bucket")


def test_what_is_put_is_read_listed_and_goes(kept):
    assert kept.read("ab.full") is None
    kept.put("ab.full", b"first")
    kept.put("ab.full", b"second")
    ((name, age),) = kept.names()
    assert (kept.read("ab.full"), name) == (b"second", "ab.full")
    assert -5 < age < 60
    kept.delete("ab.full")
    kept.delete("ab.full")
    assert (kept.read("ab.full"), list(kept.names())) == (None, [])


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path, monkeypatch):
    folder = FolderStore(tmp_path)
    monkeypatch.setattr(os, "fsync", lambda _file: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(OSError, match="full"):
        folder.put("ab.full", b"x" * 100)
    assert list(folder.names()) == []


def test_files_are_for_their_owner_alone(tmp_path):
    FolderStore(tmp_path / "files").put("ab.full", b"x")
    (file,) = (tmp_path / "files").glob("*/*")
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("url", ["s3://host/bucket", "s3://k:s@host", "ftp://k:s@host/bucket"])
def test_a_setting_that_leads_nowhere_stops_the_start(tmp_path, url):
    with pytest.raises(SettingsError, match="CIVICFORUM_FILES_URL"):
        load_settings({"CIVICFORUM_FILES_URL": url, "CIVICFORUM_DATA_DIR": str(tmp_path)})


def test_a_setting_names_the_bucket(tmp_path):
    kept = make_store("s3://k:s@s3.example.org/town?region=eu-central-1", tmp_path)
    assert kept.place == "the bucket town at s3.example.org"


def test_what_belongs_to_nothing_and_what_is_missing_is_found(app):
    row = make_file(make_user())
    store().put("0" * 32 + ".full", b"just now")
    assert (missing_parts(store()), stray_parts(store())) == (set(), set())
    folder = Path(store().place)
    for file in folder.glob("*/*"):
        os.utime(file, (0, 0))
    store().delete(f"{row.key}.small")
    assert missing_parts(store()) == {f"{row.key}.small"}
    assert stray_parts(store()) == {"0" * 32 + ".full"}
    with transaction():
        db.session.delete(db.session.merge(row))
    assert stray_parts(store()) == {"0" * 32 + ".full", f"{row.key}.full"}
