"""A backup is one zip of all rows, table by table, as JSON lines: the same from SQLite and PostgreSQL; and of
the files that people sent, where they lie in the data directory.

It is read in one snapshot while people go on writing, and put back in one transaction: all of it, or nothing.
A restore begins a new stream, so that every watcher reads afresh. The secret key is not part of it.
"""

import json
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from alembic.migration import MigrationContext
from sqlalchemy import Column, Connection, Table, func, insert, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from civicforum.db import db, is_sqlite, now, stop_other_writers, transaction
from civicforum.errors import CommandError
from civicforum.files.models import Attachment, part_names
from civicforum.files.stores import FolderStore, store
from civicforum.live.changes import renew_stream

FORMAT = 1
STORED_FILE = re.compile(r"files/[0-9a-f]{32}\.(full|small|file)")
BATCH_ROWS = 500
# What a damaged file can raise on its way into the database: cut, flipped, or edited by hand.
UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, SQLAlchemyError)
Progress = Callable[[str, int], None]


def write_backup(path: Path, progress: Progress) -> dict[str, int]:
    """Write all rows into the zip ``path``; the number of rows by table.

    The file appears under its name only when it is whole and on the disk. ``progress(table, rows)`` is
    called as it goes. Raises CommandError where the file cannot be written, and leaves nothing of it.
    """
    _remove_drafts_of_the_dead(path)
    draft = _draft_of(path)
    try:
        with open(draft, "wb", opener=_for_the_owner_alone) as file:
            counts = _write_archive(file, progress)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _keep_name_on_disk(path)
    except OSError as error:
        why = error.strerror or error
        raise CommandError(
            f"The backup could not be written to {path}: {why}. Nothing of it was left; make room, or name"
            " another place."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return counts


def _write_archive(file: IO[bytes], progress: Progress) -> dict[str, int]:
    with _snapshot() as connection, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        counts = {table.name: _write_table(archive, connection, table, progress) for table in _tables()}
        manifest = {
            "format": FORMAT,
            "schema": _schema_revision(connection),
            "written_at": now().isoformat(),
            "rows": counts,
            "files": _write_files(archive, connection, progress),
        }
        archive.writestr("manifest.json", json.dumps(manifest, indent=1))
    return counts


def _write_files(archive: zipfile.ZipFile, connection: Connection, progress: Progress) -> int:
    """The files that the rows of this moment speak of; one deleted since is left out. How many there are."""
    kept, count = store(), 0
    if not isinstance(kept, FolderStore):
        return 0  # a store of its own has backups of its own
    for key, kind in connection.execute(select(Attachment.key, Attachment.kind).order_by(Attachment.id)):
        for name in part_names(key, kind):
            content = kept.read(name)
            if content is not None:
                # They are packed as tightly as they will be.
                archive.writestr(f"files/{name}", content, zipfile.ZIP_STORED)
                count += 1
        progress("files", 0)
    return count


def _draft_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}")


def _remove_drafts_of_the_dead(path: Path) -> None:
    """A backup that was killed could not clear away its draft."""
    for draft in path.absolute().parent.iterdir():
        name, _dot, pid = draft.name.rpartition(".")
        if name == f".{path.name}" and pid.isdigit() and not _is_running(int(pid)):
            draft.unlink(missing_ok=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _for_the_owner_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _keep_name_on_disk(path: Path) -> None:
    """A power cut after the command has ended must not bring the old file back."""
    folder = os.open(path.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def count_rows_in(path: Path) -> int:
    """How many rows a backup says it holds. Raises CommandError for a file that is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(json.loads(archive.read("manifest.json"))["rows"].values())
    except (*UNREADABLE, AttributeError) as error:
        raise CommandError(f"{path} is no backup of CivicForum: {error}.") from error


def restore_backup(path: Path, progress: Progress) -> dict[str, int]:
    """Replace everything in the database by what the backup holds; the number of rows by table.

    Raises CommandError, and changes nothing, if the file is damaged or of another version.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _read_manifest(archive)
            # The files first: their names are new to this place, or mean the same. Rows without files would
            # be seen; files without rows are in nobody's way, and doctor counts them.
            _bring_files_back(archive, manifest)
            with transaction():
                return _replace_all(archive, manifest, progress)
    except UNREADABLE as error:
        why = _first_line(error)
        raise CommandError(f"{path} cannot be restored: {why}. Nothing was changed.") from error


def _bring_files_back(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    names = [name for name in archive.namelist() if STORED_FILE.fullmatch(name)]
    if len(names) != manifest.get("files", 0):
        raise CommandError("The backup is not whole: files are missing. Nothing was changed.")
    for name in names:
        store().put(name.removeprefix("files/"), archive.read(name))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


def _tables() -> list[Table]:
    return list(db.metadata.sorted_tables)


def _snapshot() -> Connection:
    """A connection that sees one moment of the database, however long the backup takes."""
    if is_sqlite():
        return db.engine.connect()
    return db.engine.connect().execution_options(isolation_level="REPEATABLE READ")


def _schema_revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _write_table(archive: zipfile.ZipFile, connection: Connection, table: Table, progress: Progress) -> int:
    count = 0
    with archive.open(f"{table.name}.jsonl", "w") as file:
        rows = connection.execution_options(yield_per=BATCH_ROWS).execute(
            select(table).order_by(*table.primary_key.columns)
        )
        for batch in rows.partitions():
            for row in batch:
                file.write(json.dumps(list(row), default=_plain, ensure_ascii=False).encode() + b"\n")
            count += len(batch)
            progress(table.name, len(batch))
    return count


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"A {type(value).__name__} cannot be written to a backup.")


def _read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise CommandError("This backup is of a format that is not known here. Nothing was changed.")
    here = _schema_revision(db.session.connection())
    if manifest.get("schema") != here:
        raise CommandError(
            f"The backup is of version {manifest.get('schema')}, the database of {here}. "
            "Restore with the version that wrote it, then upgrade. Nothing was changed."
        )
    return manifest


def _replace_all(archive: zipfile.ZipFile, manifest: dict[str, Any], progress: Progress) -> dict[str, int]:
    stop_other_writers()
    for table in reversed(_tables()):
        _forget_own_references(table)
        db.session.execute(table.delete())
    counts = {table.name: _read_table(archive, table, progress) for table in _tables()}
    if counts != manifest["rows"]:
        raise CommandError("The backup is not whole: rows are missing. Nothing was changed.")
    if not is_sqlite():
        _advance_sequences()
    renew_stream()
    return counts


def _own_references(table: Table) -> list[Column[Any]]:
    """Columns that point into the same table; they are filled in when all of its rows are there."""
    return [key.parent for key in table.foreign_keys if key.column.table is table]


def _forget_own_references(table: Table) -> None:
    for column in _own_references(table):
        db.session.execute(update(table).values({column.name: None}))


def _read_table(archive: zipfile.ZipFile, table: Table, progress: Progress) -> int:
    own = _own_references(table)
    postponed: list[dict[str, Any]] = []
    count = 0
    for batch in _batches(archive, table):
        for row in batch:
            pointing = {column.name: row[column.name] for column in own if row[column.name] is not None}
            if pointing:
                postponed.append({"id": row["id"], **pointing})
                row.update(dict.fromkeys(pointing))
        db.session.execute(insert(table), batch)
        count += len(batch)
        progress(table.name, len(batch))
    for row in postponed:
        db.session.execute(update(table).where(table.c.id == row.pop("id")).values(row))
    return count


def _batches(archive: zipfile.ZipFile, table: Table) -> Iterator[list[dict[str, Any]]]:
    columns = list(table.columns)
    batch: list[dict[str, Any]] = []
    with archive.open(f"{table.name}.jsonl") as file:
        for number, line in enumerate(file, 1):
            values = json.loads(line)
            if len(values) != len(columns):
                raise CommandError(f"Row {number} of {table.name} is damaged. Nothing was changed.")
            batch.append({c.name: _typed(c, v) for c, v in zip(columns, values, strict=True)})
            if len(batch) == BATCH_ROWS:
                yield batch
                batch = []
    if batch:
        yield batch


def _typed(column: Column[Any], value: Any) -> Any:
    if isinstance(value, str):
        kind = column.type.python_type
        if kind in (datetime, date):
            return kind.fromisoformat(value)
    return value


def _advance_sequences() -> None:
    """PostgreSQL numbers new rows by itself: go on above the highest that was restored."""
    for table in _tables():
        if "id" not in table.c:
            continue
        name = db.session.scalar(text("SELECT pg_get_serial_sequence(:t, 'id')"), {"t": table.name})
        highest = db.session.scalar(select(func.max(table.c.id)))
        if name and highest:
            db.session.execute(select(func.setval(name, highest)))
