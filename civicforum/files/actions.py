"""What happens to files: they come in, are said with something, are described anew, and go."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from civicforum import capacity, jobs
from civicforum.accounts.models import SYSTEM, Actor
from civicforum.db import after_commit, db, find_locked, now, transactional
from civicforum.errors import Conflict, Invalid, require
from civicforum.files import policies, queries
from civicforum.files.models import (
    MAX_ALT_CHARACTERS,
    MOST_PAPERS,
    MOST_PICTURES,
    UNSAID_HOURS,
    Attachment,
)
from civicforum.files.reading import Prepared
from civicforum.files.stores import Store, store
from civicforum.text import clean_text

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chosen:
    """A file that was uploaded, to be said now; ``alt_text`` replaces what it had."""

    key: str
    alt_text: str | None = None


@dataclass(frozen=True)
class FileChanges:
    """What an edit does to the files of something said: new words for pictures, by key, and what goes."""

    alts: Mapping[str, str] = field(default_factory=dict)
    dropped: Sequence[str] = ()


AS_THEY_ARE = FileChanges()


@transactional
def add_file(actor: Actor, key: str, prepared: Prepared, alt_text: str = "") -> Attachment:
    """Note a file whose parts are in the store already. It is its owner's alone until it is said.

    Raises NotAllowed for who may not write, Conflict for who sent very much within a day.
    """
    check_may_upload(actor)
    row = Attachment(
        key=key,
        owner_id=actor.id,
        kind=prepared.kind,
        name=prepared.name,
        alt_text=tidy_alt(alt_text),
        width=prepared.width,
        height=prepared.height,
        bytes=prepared.size,
        sha256=prepared.sha256,
    )
    db.session.add(row)
    db.session.flush()
    jobs.enqueue("files.drop_unsaid", run_at=now() + timedelta(hours=UNSAID_HOURS), attachment_id=row.id)
    return row


def check_may_upload(actor: Actor) -> None:
    """Doors ask before they read a file, the action asks again."""
    require(policies.can_upload(actor), _("Your account cannot send files just now."))
    if queries.bytes_of_a_day(actor) >= capacity.FILE_BYTES_PER_DAY:
        raise Conflict(_("You sent very many pictures and files today. Your words can be sent without them."))


@transactional
def attach_files(actor: Actor, kind: str, object_id: int, chosen: Sequence[Chosen]) -> list[Attachment]:
    """Say one's own uploaded files with something. Locks them.

    Raises Invalid for a file that is not there (any more), too many, and a picture without words for it.
    """
    rows = [_lock_own(actor, choice) for choice in chosen]
    _check_number(rows)
    for place, row in enumerate(rows):
        row.object_kind, row.object_id, row.place = kind, object_id, place
    db.session.flush()
    return rows


def _lock_own(actor: Actor, choice: Chosen) -> Attachment:
    found = db.session.scalar(select(Attachment.id).where(Attachment.key == choice.key))
    row = find_locked(Attachment, found) if found is not None else None
    if row is None or row.is_said or not policies.can_change(actor, row):
        raise _wrong(gone())
    _describe(row, choice.alt_text)
    return row


def _describe(row: Attachment, alt_text: str | None) -> None:
    row.alt_text = row.alt_text if alt_text is None else tidy_alt(alt_text)
    if row.is_picture and not row.alt_text:
        raise _wrong(missing_alt())


def gone() -> str:
    return _("A picture or file is not there any more. Choose it again; your words are kept.")


def missing_alt() -> str:
    return _("Say in a few words what the picture shows, for people who cannot see it.")


def _check_number(rows: Sequence[Attachment]) -> None:
    pictures = sum(row.is_picture for row in rows)
    if pictures > MOST_PICTURES or len(rows) - pictures > MOST_PAPERS or len(set(rows)) != len(rows):
        raise _wrong(
            _("At most %(pictures)s pictures and %(papers)s PDFs go with one comment.",
              pictures=MOST_PICTURES, papers=MOST_PAPERS)
        )  # fmt: skip


@transactional
def change_files(
    actor: Actor, kind: str, object_id: int, alts: Mapping[str, str], dropped: Sequence[str] = ()
) -> bool:
    """Describe one's own pictures anew and take files out; whether anything changed. Locks them.

    Raises Invalid for a picture left without words for it. Dropped files leave the store after the commit.
    """
    rows = queries.attachments_of(kind, [object_id])[object_id]
    changed = False
    for row in rows:
        require(policies.can_change(actor, row))
        row = find_locked(Attachment, row.id) or row
        if row.key in dropped:
            _drop(row)
            changed = True
        elif row.key in alts and tidy_alt(alts[row.key]) != row.alt_text:
            _describe(row, alts[row.key])
            changed = True
    db.session.flush()
    return changed


@transactional
def drop_unsaid(actor: Actor, attachment_id: int) -> None:
    """Let an upload go that is in nothing after a day; the house does it."""
    require(actor is SYSTEM)
    row = find_locked(Attachment, attachment_id)
    if row is not None and not row.is_said:
        _drop(row)


@transactional
def erase_files(actor: Actor, kind: str, object_ids: Sequence[int]) -> None:
    """Let the files of what was erased go for good; the house does it, with the words."""
    require(actor is SYSTEM)
    for rows in queries.attachments_of(kind, object_ids).values():
        for row in rows:
            _drop(row)


def _drop(row: Attachment) -> None:
    """A crash between the commit and the deleting leaves a file without a row: ``doctor`` finds those."""
    kept, names = store(), row.parts
    db.session.delete(row)
    after_commit(lambda: delete_parts(kept, names))


def delete_parts(kept: Store, names: Sequence[str]) -> None:
    for name in names:
        kept.delete(name)


def tidy_alt(text: str) -> str:
    """One line that describes a picture. Raises Invalid for one that is too long."""
    line = " ".join(clean_text(text).split())
    if len(line) > MAX_ALT_CHARACTERS:
        raise _wrong(_("Words for a picture have at most %(most)s characters.", most=MAX_ALT_CHARACTERS))
    return line


def _wrong(sentence: str) -> Invalid:
    return Invalid(errors={"files": [sentence]})
