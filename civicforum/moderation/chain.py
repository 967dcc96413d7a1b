"""The chain that makes the public moderation log tamper-evident.

Each row carries ``number`` (1, 2, 3 …), ``previous`` (the hash of the row before; 64 zeros in row
1) and ``hash``. Rows of different times have different fields: each hashes exactly those that it has
(docs/verify-log.md). A row's hash is the SHA-256, in lower-case hexadecimal, of these bytes in UTF-8:

    previous + "\\n" + the row as JSON without "previous" and "hash",
    keys sorted, no spaces, letters beyond ASCII as they are

So whoever has saved the log as a list of JSON objects can check it without us:

    import hashlib, json
    previous = "0" * 64
    for number, row in enumerate(json.load(open("log.json")), start=1):
        told = row.pop("hash")
        assert row.pop("previous") == previous and row["number"] == number, number
        words = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        previous = hashlib.sha256(f"{previous}\\n{words}".encode()).hexdigest()
        assert told == previous, number
    print(previous)

and compare what it prints with the head that was published, or that they noted another day. Only
what stands in JSON is hashed: text, whole numbers, true, false, null, lists and objects. Moments
are written by ``stamp`` before they are hashed, so that the log shows just what was hashed.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

GENESIS = "0" * 64

_LINKS = frozenset({"previous", "hash"})


def row_hash(previous: str, row: Mapping[str, object]) -> str:
    """Hash a row of the log together with the hash of the row before it.

    ``row`` may already carry ``previous`` and ``hash``; they do not count. Raises TypeError for a
    value that JSON has no one form of (a float, a datetime), ValueError for a lone surrogate.
    """
    return hashlib.sha256(f"{previous}\n{canonical(row)}".encode()).hexdigest()


def canonical(row: Mapping[str, object]) -> str:
    """Write a row as the one JSON text that is hashed."""
    words = {key: value for key, value in row.items() if key not in _LINKS}
    _refuse_other_values(words)
    return json.dumps(words, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def stamp(moment: datetime) -> str:
    """Write an aware moment as the log does: ``2026-11-03T18:00:00.000000Z``."""
    if moment.tzinfo is None:
        raise ValueError("A moment in the log has a time zone.")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def first_broken(rows: Iterable[Mapping[str, object]], heads: Iterable[tuple[int, str]] = ()) -> int | None:
    """Find the number of the first row that was changed, moved, added or taken out, or None.

    A row that was taken out of the middle is named itself: its number is the one that is missing. ``heads``
    are (number, hash) as they were published: a chain written anew is found at the first head behind the
    change, and one that ends too early at the row that is missing.
    """
    known: dict[int, set[str]] = {0: {GENESIS}}
    for number, code in heads:
        known.setdefault(number, set()).add(code)
    if known[0] != {GENESIS}:
        return 1
    previous, number = GENESIS, 0
    for number, row in enumerate(rows, start=1):
        code = str(row.get("hash"))
        if not _follows(row, number, previous) or known.get(number, {code}) != {code}:
            return number
        previous = code
    return None if number >= max(known) else number + 1


def _follows(row: Mapping[str, object], number: int, previous: str) -> bool:
    if row.get("number") != number or row.get("previous") != previous:
        return False
    try:
        return row.get("hash") == row_hash(previous, row)
    except (TypeError, ValueError):
        # What cannot be hashed was never written by us.
        return False


def _refuse_other_values(value: object) -> None:
    """Raise TypeError for what two programs might write in two ways."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _refuse_other_values(inner)
            if not isinstance(key, str):
                raise TypeError(f"A key of the log is text, not {key!r}.")
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_other_values(inner)
    elif value is not None and not isinstance(value, str | int):
        raise TypeError(f"The log holds text and whole numbers, not {value!r}.")
