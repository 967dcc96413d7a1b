"""What somebody puts beside their words before they send them, kept over each sending of the form.

Without JavaScript the form itself is the memory: it names what was uploaded, and what is said of each.
Nothing of it belongs to anything yet, and all of it is its owner's alone.
"""

from dataclasses import dataclass, field

from flask import request

from civicforum.accounts.models import Actor
from civicforum.errors import CivicForumError, NotAllowed
from civicforum.files import queries
from civicforum.files.actions import Chosen, FileChanges, gone, missing_alt
from civicforum.files.models import MOST_PAPERS, MOST_PICTURES, Attachment
from civicforum.files.schemas import ToldFile, tell_file
from civicforum.files.uploads import take_file
from civicforum.web.limits import check_limit

MOST_FILES = MOST_PICTURES + MOST_PAPERS


@dataclass
class Row:
    """One upload, and what its owner says of it."""

    file: ToldFile
    alt: str
    print: str
    error: str | None = None


@dataclass
class Tray:
    rows: list[Row] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    wants_more: bool = False

    @property
    def is_ready(self) -> bool:
        """Whether the words may go with what is in it."""
        return not self.wants_more and not self.errors and not any(row.error for row in self.rows)

    @property
    def is_used(self) -> bool:
        return bool(self.rows or self.errors)

    @property
    def chosen(self) -> list[Chosen]:
        return [Chosen(row.file.key, row.alt) for row in self.rows]

    @property
    def prints(self) -> list[str]:
        """What makes two sendings the same, though each uploaded its own copy."""
        return [f"{row.print} {row.alt}" for row in self.rows]

    def add(self, row: Attachment, alt: str) -> None:
        lacks_words = row.is_picture and not alt.strip()
        self.rows.append(Row(tell_file(row), alt, row.sha256, missing_alt() if lacks_words else None))


def read_tray(person: Actor) -> Tray:
    """The tray of this request: what was in it, without what was taken out, with what came along now."""
    tray = Tray(wants_more="add" in request.form)
    if request.method != "POST":
        return tray
    keys = request.form.getlist("files")[:MOST_FILES]
    kept = [key for key in keys if f"drop-{key}" not in request.form]
    for row in queries.list_own_unsaid(person, kept):
        tray.add(row, request.form.get(f"alt-{row.key}", row.alt_text))
    if len(tray.rows) < len(kept):
        tray.errors.append(gone())
    _take_in(person, tray)
    return tray


def _take_in(person: Actor, tray: Tray) -> None:
    """A file that will not do is told beside the form, which keeps everything else."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return
    check_limit("upload")
    alt = request.form.get("file-alt", "")
    try:
        tray.add(take_file(person, upload, alt), alt)
    except NotAllowed:
        raise
    except CivicForumError as error:
        tray.errors.append(str(error))


def sent_changes() -> FileChanges:
    """What an edit form says of the files that are there: new words for pictures, and what goes."""
    keys = request.form.getlist("files")[:MOST_FILES]
    return FileChanges(
        alts={key: request.form[f"alt-{key}"] for key in keys if f"alt-{key}" in request.form},
        dropped=[key for key in keys if f"drop-{key}" in request.form],
    )
