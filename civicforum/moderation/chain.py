"""The hash chain of the public log: arithmetic alone, so that an outsider can write it again in 20 lines.

A row's hash is SHA-256 over the previous row's hash, a newline, and the row as JSON: keys sorted, no spaces,
UTF-8. The first row's previous hash is 64 zeros.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256

GENESIS = "0" * 64


def row_hash(previous: str, row: Mapping[str, object]) -> str:
    """The hash of ``row`` (without its own hashes) after ``previous``, in 64 hexadecimal digits."""
    text = json.dumps(dict(row), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(f"{previous}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()


def first_broken(rows: Iterable[Mapping[str, object]]) -> int | None:
    """The number of the first row that is not as it was written; None if all are.

    ``rows`` carry their facts, ``number`` from 1 without holes, ``previous`` and ``hash``.
    """
    previous = GENESIS
    for expected, row in enumerate(rows, 1):
        facts = {name: value for name, value in row.items() if name not in ("previous", "hash")}
        is_sound = (
            row["number"] == expected
            and row["previous"] == previous
            and row["hash"] == row_hash(previous, facts)
        )
        if not is_sound:
            return expected
        previous = str(row["hash"])
    return None
