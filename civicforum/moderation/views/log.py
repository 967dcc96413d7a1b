"""In the open: the public log, line by line, and the head that is published of each day."""

from datetime import date, datetime
from typing import Any

from flask import Response, jsonify, render_template, request, url_for
from flask_babel import format_date, get_locale

from civicforum.moderation import queries, words
from civicforum.moderation.forms import LogFilterForm
from civicforum.moderation.log import line_json
from civicforum.moderation.models import DayHead, LogEntry
from civicforum.moderation.queries import LogFilter
from civicforum.moderation.views.blueprint import bp
from civicforum.partnerships.queries import get_project_by_id
from civicforum.web.pagination import encode_cursor
from civicforum.web.viewer import viewer

LOG_PAGE = 50
HEADS_PAGE = 60


@bp.get("/moderation/log")
def show_log() -> Any:
    rules = words.rules_in(str(get_locale()), queries.rules_ever())
    form = _filter_form(rules)
    wanted = _wanted(form) if form.validate() else LogFilter()
    page = queries.list_log(request.args.get("cursor"), LOG_PAGE, wanted)
    count, head = queries.log_head()
    outcomes = queries.outcomes_of(page.items)
    return render_template(
        "moderation/log.html",
        form=form,
        is_narrowed=wanted != LogFilter(),
        lines=[_line(line, outcomes.get(line.number), rules) for line in page.items],
        next_url=url_for("moderation.show_log", **_kept(form), cursor=page.next) if page.next else None,
        count=count,
        head=head,
        latest_head=queries.latest_head(),
    )


def _filter_form(rules: dict[str, str]) -> LogFilterForm:
    form = LogFilterForm(request.args)
    form.offer("action", words.ACTIONS.items())
    form.offer("rule", rules.items())
    form.offer("month", ((f"{month:%Y-%m}", format_date(month, "LLLL y")) for month in queries.log_months()))
    form.offer("project", ((str(row.id), row.title) for row in queries.projects_in_log()))
    return form


def _wanted(form: LogFilterForm) -> LogFilter:
    """NotFound for a project that the viewer may not know of."""
    project = form.project.data and get_project_by_id(viewer(), int(form.project.data))
    return LogFilter(
        action=form.action.data or "",
        rule=form.rule.data or "",
        month=date.fromisoformat(f"{form.month.data}-01") if form.month.data else None,
        project_id=project.id if project else None,
    )


def _kept(form: LogFilterForm) -> dict[str, Any]:
    """What the address of the next page keeps of this one's."""
    return {field.name: field.data for field in form if field.data}


def _line(entry: LogEntry, outcome: LogEntry | None, rules: dict[str, str]) -> dict[str, Any]:
    """A line of the log for the page: also its moments, and where the discussion is read."""
    # A thread that was moved is read at its own address still.
    place = entry.target if entry.action == "move" else entry.place
    kind, _colon, id_ = place.partition(":")
    url = url_for("discussions.show_thread", thread_id=int(id_)) if kind == "thread" and id_ else None
    return {
        **line_json(entry),
        "what": words.ACTIONS.get(entry.action, entry.action),
        "rule": rules.get(entry.rule, entry.rule),
        "role": words.ROLES.get(entry.actor_role, entry.actor_role),
        "where": words.scope_of(entry),
        "moment": datetime.fromisoformat(entry.at),
        "ends_at": datetime.fromisoformat(entry.until) if entry.until else None,
        "thread_id": id_,
        "url": url,
        "about_url": _url_of_line(entry.about) if entry.about else None,
        "later": outcome and _answer(outcome),
    }


def _answer(outcome: LogEntry) -> dict[str, Any]:
    """What became of an appeal against a line, and the line that says so."""
    told = words.OUTCOMES.get(outcome.action, outcome.action)
    return {"number": outcome.number, "words": told, "url": _url_of_line(outcome.number)}


def _url_of_line(number: int) -> str:
    """The page that begins with this line."""
    return url_for("moderation.show_log", cursor=encode_cursor([number + 1]), _anchor=f"line-{number}")


@bp.get("/moderation/log/heads")
def show_heads() -> str:
    page = queries.list_heads(request.args.get("cursor"), HEADS_PAGE)
    return render_template("moderation/heads.html", heads=page.items, next_cursor=page.next)


@bp.get("/moderation/log/heads.json")
def export_heads() -> Response:
    """Every head there is, oldest first, and the present one: to be kept elsewhere."""
    number, code = queries.log_head()
    return jsonify(
        {
            "items": [head_json(head) for head in queries.all_heads()],
            "now": {"number": number, "hash": code},
        }
    )


def head_json(head: DayHead) -> dict[str, Any]:
    return {"day": head.day.isoformat(), "number": head.number, "hash": head.hash}
