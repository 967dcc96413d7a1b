"""The record in figures, quarter by quarter: a page, JSON, and a table for spreadsheets."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from flask import Response, jsonify, render_template
from flask_babel import get_locale

from civicforum.errors import NotFound
from civicforum.moderation import queries, words
from civicforum.moderation.quarters import Quarter, read_quarter
from civicforum.moderation.queries import Report
from civicforum.moderation.views.blueprint import bp
from civicforum.townhalls.sheets import cell


@bp.get("/moderation/report")
def show_report() -> str:
    """The latest: of the quarter that runs."""
    return _page(queries.latest_quarter())


@bp.get("/moderation/report/<quarter>")
def show_quarter(quarter: str) -> str:
    return _page(_asked(quarter))


@bp.get("/moderation/report/<quarter>.json")
def export_figures(quarter: str) -> Response:
    return jsonify(queries.get_report(_asked(quarter)).json())


@bp.get("/moderation/report/<quarter>.csv")
def export_figures_table(quarter: str) -> Response:
    """A line for each figure; an empty cell where it would tell of too few."""
    report = queries.get_report(_asked(quarter))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["figure", "of", "value"])
    writer.writerows([cell(value) for value in row] for row in _rows(report))
    name = f"moderation-{report.quarter.name}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(out.getvalue(), mimetype="text/csv", headers=headers)


def _asked(name: str) -> Quarter:
    quarter = read_quarter(name)
    if quarter is None:
        raise NotFound
    return quarter


def _page(quarter: Quarter) -> str:
    report = queries.get_report(quarter)
    return render_template(
        "moderation/report.html",
        report=report,
        figures=report.figures,
        words=words,
        rules=words.rules_in(str(get_locale()), queries.rules_ever()),
        before=quarter.previous if quarter > queries.first_quarter() else None,
        after=quarter.next if quarter < queries.latest_quarter() else None,
    )


def _rows(report: Report) -> Iterator[tuple[str, Any, Any]]:
    """(figure, of what, value), from the JSON: whatever is told there is told here."""
    for name, value in report.json().items():
        if isinstance(value, dict):
            yield from _rows_of(name, value)
        elif isinstance(value, list):
            yield from ((name, *row.values()) for row in value)
        else:
            yield name, "", value


def _rows_of(name: str, parts: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for part, value in parts.items():
        if isinstance(value, list):
            yield from ((name, f"{part} {place}", count) for place, count in enumerate(value, 1))
        else:
            yield name, part, value
