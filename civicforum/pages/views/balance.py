"""Who is heard in a project: a page for people, tables for spreadsheets."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from flask import Response, render_template, request

from civicforum.discussions.queries import list_spoken, project_balance
from civicforum.discussions.schemas import ToldBalance, tell_balance
from civicforum.pages import queries
from civicforum.pages.views.blueprint import bp
from civicforum.partnerships.queries import get_project
from civicforum.townhalls.sheets import cell
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

FIGURES = tuple(ToldBalance.__dataclass_fields__)


@bp.get("/projects/<slug>/balance")
def show_balance(slug: str) -> Any:
    person = viewer()
    project = get_project(person, slug)
    return render_template(
        "pages/balance.html",
        project=project,
        balance=project_balance(person, project),
        page=queries.list_weighed(person, project, request.args.get("cursor")),
    )


@bp.get("/projects/<slug>/balance.csv")
@limited("search")
def export_balance(slug: str) -> Response:
    """The figures of the page, thread by thread; the project's own in the first line."""
    person = viewer()
    project = get_project(person, slug)
    lines = [["", project.title, *_figures(tell_balance(project_balance(person, project)))]]
    for row in queries.list_all_weighed(person, project):
        lines.append([row.thread.id, row.thread.title, *_figures(tell_balance(row.balance))])
    return _sheet(f"{project.slug}-balance.csv", ["thread", "title", *FIGURES], lines)


@bp.get("/projects/<slug>/posts.csv")
@limited("search")
def export_posts(slug: str) -> Response:
    """What every figure is computed from: who spoke when, nobody by name."""
    person = viewer()
    project = get_project(person, slug)
    rows = [
        [
            row.thread_id,
            row.seq,
            row.published_at.isoformat(),
            row.reply_to_seq,
            row.author,
            _yes(row.has_hat),
            _yes(row.is_first_in_town),
        ]
        for row in list_spoken(person, project)
    ]
    header = ["thread", "seq", "published_at", "reply_to_seq", "author", "hat", "first_in_town"]
    return _sheet(f"{project.slug}-posts.csv", header, rows)


def _figures(told: ToldBalance) -> list[Any]:
    return [getattr(told, name) for name in FIGURES]


def _yes(answer: bool) -> str:
    return "yes" if answer else ""


def _sheet(name: str, header: list[str], rows: Iterable[list[Any]]) -> Response:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([cell(value) for value in row] for row in rows)
    return Response(
        out.getvalue(),
        mimetype="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )
