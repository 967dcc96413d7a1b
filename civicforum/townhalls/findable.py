"""What a search finds of meetings: what they are about, where, the agenda, and what was decided."""

from collections.abc import Mapping, Sequence

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from civicforum.db import db
from civicforum.search.sources import Findable, Source, register
from civicforum.text import plain_text, words_of_html
from civicforum.townhalls import queries
from civicforum.townhalls.models import Summary, TownHall


def init_app(_app: Flask) -> None:
    register("townhall", Source(_town_halls, _ids))


def _ids(last: int, limit: int) -> Sequence[int]:
    statement = select(TownHall.id).where(TownHall.id > last).order_by(TownHall.id)
    return db.session.scalars(statement.limit(limit)).all()


def _town_halls(ids: Sequence[int]) -> Mapping[int, Findable]:
    rows = db.session.scalars(
        select(TownHall)
        .where(TownHall.id.in_(ids), TownHall.status != "draft")
        .options(selectinload(TownHall.agenda))
    ).all()
    minutes = queries.latest_summaries([row.id for row in rows])
    return {
        row.id: Findable(
            row.title, text_of(row, minutes.get(row.id)), row.starts_at, project_id=row.project_id
        )
        for row in rows
    }


def text_of(town_hall: TownHall, minutes: Summary | None) -> str:
    """Everything that is said of a meeting below its title, a line for each part."""
    parts = [plain_text(town_hall.summary), town_hall.location, *(item.title for item in town_hall.agenda)]
    if minutes is not None:
        parts += [words_of_html(minutes.html), *(f"{row.text} ({row.owner})" for row in minutes.decisions)]
    return "\n".join(part for part in parts if part)
