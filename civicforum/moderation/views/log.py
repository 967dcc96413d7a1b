"""In the open: the public log, and the log in figures."""

from datetime import datetime
from typing import Any

from flask import render_template, request, url_for

from civicforum.moderation import queries
from civicforum.moderation.log import line_json
from civicforum.moderation.views.blueprint import bp

LOG_PAGE = 50


@bp.get("/moderation/log")
def show_log() -> Any:
    page = queries.list_log(request.args.get("cursor"), LOG_PAGE)
    count, head = queries.log_head()
    lines = [_line(line) for line in page.items]
    return render_template("moderation/log.html", lines=lines, next_cursor=page.next, count=count, head=head)


def _line(entry: Any) -> dict[str, Any]:
    """A line of the log for the page: also its moment, and where the discussion is read."""
    # A thread that was moved is read at its own address still.
    place = entry.target if entry.action == "move" else entry.place
    kind, _colon, id_ = place.partition(":")
    url = url_for("discussions.show_thread", thread_id=int(id_)) if kind == "thread" else None
    return {**line_json(entry), "moment": datetime.fromisoformat(entry.at), "thread_id": id_, "url": url}


@bp.get("/moderation/report")
def show_report() -> Any:
    rows = queries.report()
    return render_template("moderation/report.html", rows=rows, total=sum(row.count for row in rows))
