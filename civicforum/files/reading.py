"""A file that somebody sent, read and written anew by ``workshop``: a process with bounds of its own."""

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from civicforum import capacity
from civicforum.errors import Invalid, Unavailable
from civicforum.text import clean_text

WORKSHOP = Path(__file__).with_name("workshop.py")
MAX_NAME_CHARACTERS = 100
ENDINGS = {"picture": ".webp", "pdf": ".pdf"}
_places = threading.BoundedSemaphore(capacity.FILES_READ_AT_ONCE)


@dataclass(frozen=True)
class Prepared:
    """A file as it is kept: in parts that were made here, and what is known of it."""

    kind: str
    name: str
    parts: dict[str, bytes]
    width: int | None = None
    height: int | None = None

    @property
    def size(self) -> int:
        return len(self.main)

    @property
    def main(self) -> bytes:
        return self.parts["full" if self.kind == "picture" else "file"]

    @property
    def sha256(self) -> str:
        return sha256(self.main).hexdigest()


def prepare_file(content: bytes, name: str) -> Prepared:
    """The file, decoded and written anew. What it is, its bytes decide; its name is only shown.

    Raises Invalid for what will not do, Unavailable where many wait; it takes a second or two, outside of any
    transaction.
    """
    _check_size(content)
    told, parts = _read_apart(content)
    if "refused" in told:
        raise _wrong(_reason(told["refused"]))
    kind = told["kind"]
    return Prepared(kind, tidy_name(name, kind), parts, told.get("width"), told.get("height"))


def _check_size(content: bytes) -> None:
    if not content:
        raise _wrong(_("This file is empty. Choose another one."))
    is_paper = content.startswith(b"%PDF-")
    most = capacity.LARGEST_PAPER_BYTES if is_paper else capacity.LARGEST_PICTURE_BYTES
    if len(content) > most:
        raise _wrong(
            _(
                "This file is too large: at most %(most)s MB, and it has %(size)s MB. Choose a smaller one.",
                most=most // 1_000_000,
                size=f"{len(content) / 1_000_000:.1f}",
            )
        )


def _read_apart(content: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    if not _places.acquire(timeout=capacity.FILE_PATIENCE_SECONDS):
        raise Unavailable(_("Many pictures come in just now. Your words are kept: try again in a moment."))
    try:
        done = subprocess.run(  # noqa: S603 - our own program, with nothing of theirs in its arguments
            [sys.executable, "-I", str(WORKSHOP)],
            input=content,
            capture_output=True,
            timeout=capacity.FILE_SECONDS,
            env={},
            cwd="/",
        )
    except subprocess.TimeoutExpired as error:
        raise _wrong(_reason("damaged")) from error
    finally:
        _places.release()
    if done.returncode:
        raise _wrong(_reason("damaged"))
    return _unpack(done.stdout)


def _unpack(answer: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    line, _newline, rest = answer.partition(b"\n")
    told, parts = json.loads(line), {}
    for name, length in told.pop("parts"):
        parts[name], rest = rest[:length], rest[length:]
    return told, parts


def _reason(word: str) -> str:
    return {
        "unknown": _(
            "This is no picture and no PDF that can be shown here. Use JPEG, PNG, WebP, GIF, HEIC or PDF."
        ),
        "pixels": _(
            "This picture has too many dots: at most 40 million. Make it smaller, then choose it again."
        ),
        "locked": _("This PDF is locked with a password. Save it without one, then choose it again."),
    }.get(
        word, _("This file is damaged, or cannot be read here. Open it, save it anew, then choose it again.")
    )


def _wrong(sentence: str) -> Invalid:
    return Invalid(errors={"file": [sentence]})


def tidy_name(name: str, kind: str) -> str:
    """The name to show: one line, no folders, nothing that turns the direction, and its present ending."""
    last = clean_text(name).replace("\\", "/").rpartition("/")[2]
    stem = " ".join(last.split()).rpartition(".")[0] or " ".join(last.split())
    stem = "".join(c for c in stem if c.isprintable()).strip(". ")[:MAX_NAME_CHARACTERS].strip(". ")
    return (stem or kind) + ENDINGS[kind]
