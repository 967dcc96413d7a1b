"""The whole public log as a file, piece by piece, so that its length costs no memory."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flask import Response, request, stream_with_context

from civicforum.moderation import queries
from civicforum.moderation.log import FIRST, SECOND
from civicforum.moderation.views.blueprint import bp
from civicforum.townhalls.sheets import cell
from civicforum.web.limits import limited
from civicforum.web.numbers import whole_number

COLUMNS = (*FIRST, *SECOND, "previous", "hash")
Line = Mapping[str, Any]


@bp.get("/moderation/log.jsonl")
@limited("search")
def export_lines() -> Response:
    """One JSON object a line, oldest first: what is hashed, and the hashes. ``?after=`` a number goes on
    from there."""
    lines = queries.each_line(_after())
    return _stream(
        (json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "application/jsonl", "jsonl"
    )


@bp.get("/moderation/log.csv")
@limited("search")
def export_table() -> Response:
    """The same for spreadsheets. It cannot be verified: a table cannot tell an empty field from none."""
    return _stream(_table(queries.each_line(_after())), "text/csv", "csv")


def _after() -> int:
    return whole_number(request.args.get("after")) or 0


def _table(lines: Iterable[Line]) -> Iterator[str]:
    yield _row(COLUMNS)
    for line in lines:
        yield _row(cell(line.get(name)) for name in COLUMNS)


def _row(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _stream(pieces: Iterator[str], mimetype: str, ending: str) -> Response:
    return Response(
        stream_with_context(pieces),
        mimetype=mimetype,
        headers={"Content-Disposition": f'attachment; filename="moderation-log.{ending}"'},
    )
