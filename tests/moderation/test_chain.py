"""The chain of the public log: every way to rewrite history shows."""

import copy
import json
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicforum.moderation import chain
from civicforum.moderation.chain import GENESIS, canonical, first_broken, row_hash, stamp

Row = dict[str, Any]


def write_log(length: int) -> list[Row]:
    rows: list[Row] = []
    previous = GENESIS
    for number in range(1, length + 1):
        row: Row = {"number": number, "rule": f"Règle {number}", "until": None, "by": ["x"]}
        row |= {"previous": previous, "hash": row_hash(previous, row)}
        previous = row["hash"]
        rows.append(row)
    return rows


def test_a_row_has_the_hash_that_is_documented() -> None:
    row = {"rule": "é", "number": 1, "until": None, "ok": True}
    assert canonical(row) == '{"number":1,"ok":true,"rule":"é","until":null}'
    # printf '%064d\n{"number":1,"ok":true,"rule":"é","until":null}' 0 | sha256sum
    assert row_hash(GENESIS, row) == ("b701668e0c4f99bad202842d46717b8f45f8c56caa5b3e53053dbd5d68d9a6c9")


def test_the_links_of_a_row_do_not_count_in_its_words() -> None:
    row = {"number": 1, "rule": "Be kind"}
    assert row_hash(GENESIS, row) == row_hash(GENESIS, row | {"hash": "x", "previous": "y"})
    assert row_hash(GENESIS, row) != row_hash("1" * 64, row)


def test_an_untouched_log_holds() -> None:
    assert first_broken(write_log(5)) is None
    assert first_broken([]) is None
    assert first_broken(iter(write_log(1))) is None


def _rehash(rows: list[Row], first: int) -> None:
    """Do what somebody does who knows the chain: mend all hashes from a row on."""
    previous = rows[first - 1]["previous"]
    for row in rows[first - 1 :]:
        row |= {"previous": previous, "hash": row_hash(previous, row)}
        previous = row["hash"]


@pytest.mark.parametrize(
    ("tamper", "broken"),
    [
        (lambda rows: rows[2].update(rule="Another rule"), 3),
        (lambda rows: rows[2].update(extra="x"), 3),
        (lambda rows: rows[2].pop("until"), 3),
        (lambda rows: rows[2].update(hash="0" * 64), 3),
        (lambda rows: rows[2].pop("hash"), 3),
        (lambda rows: rows[2].update(previous=GENESIS), 3),
        (lambda rows: rows[2].update(number=3.5), 3),
        (lambda rows: rows[2].update(rule=1.5), 3),
        (lambda rows: rows[2].update(rule="\ud800"), 3),
        (lambda rows: rows.insert(2, rows[2]), 4),
        (lambda rows: rows.insert(2, {"number": 3}), 3),
        (lambda rows: rows.reverse(), 1),
        (lambda rows: rows.insert(1, rows.pop(2)), 2),
        (lambda rows: rows.pop(2), 3),
        (lambda rows: rows.pop(0), 1),
    ],
)
def test_tampering_breaks_the_chain_at_its_row(tamper: Callable[[list[Row]], object], broken: int) -> None:
    rows = write_log(5)
    tamper(rows)
    assert first_broken(rows) == broken


def test_a_changed_row_with_a_hash_of_its_own_breaks_the_next() -> None:
    rows = write_log(5)
    rows[2]["rule"] = "Another rule"
    rows[2]["hash"] = row_hash(rows[2]["previous"], rows[2])
    assert first_broken(rows) == 4


def test_a_log_rewritten_to_its_end_does_not_reach_the_head_that_was_noted() -> None:
    rows = write_log(5)
    head = rows[-1]["hash"]
    rows[2]["rule"] = "Another rule"
    _rehash(rows, 3)
    assert first_broken(rows) is None
    assert first_broken(rows, [(5, head)]) == 5


def test_a_log_cut_off_is_found_by_a_head() -> None:
    rows = write_log(5)
    heads = [(2, rows[1]["hash"]), (5, rows[4]["hash"])]
    assert first_broken(rows[:3]) is None
    assert first_broken(rows[:3], heads) == 4
    assert first_broken([], heads) == 1


def test_a_log_that_has_grown_since_still_holds() -> None:
    rows = write_log(5)
    assert first_broken(rows, [(3, rows[2]["hash"]), (5, rows[4]["hash"])]) is None
    assert first_broken(rows, [(4, rows[2]["hash"])]) == 4
    assert first_broken(rows, [(3, rows[2]["hash"]), (3, "another")]) == 3
    assert first_broken([], [(0, GENESIS)]) is None
    assert first_broken(rows, [(0, GENESIS)]) is None
    assert first_broken(rows, [(0, "another")]) == 1


@pytest.mark.parametrize(
    "value", [1.5, datetime(2026, 1, 1, tzinfo=UTC), b"x", {1: "x"}, [[{"a": 0.1}]], {"x"}]
)
def test_what_two_programs_would_write_in_two_ways_is_not_hashed(value: object) -> None:
    with pytest.raises(TypeError):
        row_hash(GENESIS, {"number": 1, "value": value})


def test_moments_are_written_in_one_way() -> None:
    noon = datetime(2026, 11, 3, 12, tzinfo=UTC)
    assert stamp(noon) == "2026-11-03T12:00:00.000000Z"
    assert stamp(noon.astimezone(timezone(timedelta(hours=5, minutes=45)))) == stamp(noon)
    with pytest.raises(ValueError, match="time zone"):
        stamp(noon.replace(tzinfo=None))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(st.lists(json_values, min_size=1, max_size=4), st.data())
def test_a_log_survives_json_and_no_change_does(values: list[object], data: st.DataObject) -> None:
    rows: list[Row] = []
    for number, value in enumerate(values, start=1):
        previous = rows[-1]["hash"] if rows else GENESIS
        row: Row = {"number": number, "value": value, "previous": previous}
        rows.append(row | {"hash": row_hash(previous, row)})
    saved = json.loads(json.dumps(rows))
    assert first_broken(saved) is None
    changed = copy.deepcopy(saved)
    at = data.draw(st.integers(0, len(rows) - 1))
    changed[at]["value"] = [saved[at]["value"]]
    assert first_broken(changed) == at + 1


def _documented_program() -> str:
    lines = (chain.__doc__ or "").splitlines()
    first = next(at for at, line in enumerate(lines) if line.strip().startswith("import hashlib"))
    last = next(at for at, line in enumerate(lines) if line.strip() == "print(previous)")
    return textwrap.dedent("\n".join(lines[first : last + 1]))


def test_the_program_that_we_document_checks_the_log(tmp_path: Path) -> None:
    rows = write_log(5)
    (tmp_path / "log.json").write_text(json.dumps(rows), encoding="utf-8")
    program = [sys.executable, "-c", _documented_program()]
    told = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == rows[-1]["hash"]
    rows[2]["rule"] = "Another rule"
    (tmp_path / "log.json").write_text(json.dumps(rows), encoding="utf-8")
    refused = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert refused.stderr.strip().endswith("AssertionError: 3")
