"""Who is heard in a project: a page for people, tables for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain
from tempfile import SpooledTemporaryFile
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

IN_MEMORY_BYTES = 64 * 1024
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
    total = ["", project.title, *_figures(tell_balance(project_balance(person, project)))]
    threads = (
        [row.thread.id, row.thread.title, *_figures(tell_balance(row.balance))]
        for row in queries.list_all_weighed(person, project)
    )
    return _sheet(f"{project.slug}-balance.csv", ["thread", "title", *FIGURES], chain([total], threads))


@bp.get("/projects/<slug>/posts.csv")
@limited("search")
def export_posts(slug: str) -> Response:
    """What every figure is computed from: who spoke when.

    Authors are numbers, but thread and place lead to the comment, and that to its author's name.
    """
    person = viewer()
    project = get_project(person, slug)
    rows = (
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
    )
    header = ["thread", "seq", "published_at", "reply_to_seq", "author", "hat", "first_in_town"]
    return _sheet(f"{project.slug}-posts.csv", header, rows)


def _figures(told: ToldBalance) -> list[Any]:
    return [getattr(told, name) for name in FIGURES]


def _yes(answer: bool) -> str:
    return "yes" if answer else ""


def _sheet(name: str, header: list[str], rows: Iterable[list[Any]]) -> Response:
    """The table, however long: it is written into a file that leaves memory when it grows, then sent.

    All of it is read before the first of it leaves, so that no slow reader holds the database.
    """
    with ExitStack() as until_written:
        file = until_written.enter_context(SpooledTemporaryFile(IN_MEMORY_BYTES))
        _write(file, chain([header], rows))
        until_written.pop_all()
    answer = Response(_read_out(file), mimetype="text/csv")
    answer.call_on_close(file.close)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _write(file: SpooledTemporaryFile[bytes], rows: Iterable[list[Any]]) -> None:
    words = io.TextIOWrapper(file, encoding="utf-8", newline="")
    csv.writer(words).writerows([cell(value) for value in row] for row in rows)
    words.detach()
    file.seek(0)


def _read_out(file: SpooledTemporaryFile[bytes]) -> Iterator[bytes]:
    with file:
        while part := file.read(IN_MEMORY_BYTES):
            yield part
