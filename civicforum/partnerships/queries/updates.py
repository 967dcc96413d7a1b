"""News of projects."""

from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from civicforum.accounts.models import Actor
from civicforum.db import db
from civicforum.errors import NotFound
from civicforum.partnerships.models import (
    Project,
    Update,
)
from civicforum.partnerships.queries.projects import visible_projects_clause
from civicforum.web.pagination import Page, decode_cursor, page_of


def list_updates(
    viewer: Actor, project: Project | None = None, limit: int = 20, cursor: str | None = None
) -> Page[Update]:
    """News that still stands, newest first: of one project, or of all that ``viewer`` may see."""
    statement = _updates(viewer)
    if project is not None:
        statement = statement.where(Update.project_id == project.id)
    after = decode_cursor(cursor, int)
    if after:
        statement = statement.where(Update.id < after[0])
    rows = db.session.scalars(statement.limit(limit + 1)).all()
    return page_of(rows, limit, lambda row: [row.id])


def get_update(viewer: Actor, update_id: int, slug: str) -> Update:
    """One piece of news, in the project of this slug."""
    row = db.session.scalar(_updates(viewer).where(Update.id == update_id, Project.slug == slug))
    if row is None:
        raise NotFound
    return row


def find_updates(viewer: Actor, ids: Iterable[int]) -> dict[int, Update]:
    """Those of these news that ``viewer`` may see, by id, in one query."""
    return {row.id: row for row in db.session.scalars(_updates(viewer).where(Update.id.in_(list(ids))))}


def _updates(viewer: Actor) -> Select[Update]:
    return (
        select(Update)
        .join(Update.project)
        .where(Update.withdrawn_at.is_(None), visible_projects_clause(viewer))
        .options(selectinload(Update.project), selectinload(Update.author))
        .order_by(Update.id.desc())
    )
