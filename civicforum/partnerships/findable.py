"""What a search finds of organizations, projects and news."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Flask
from sqlalchemy import select

from civicforum.db import db
from civicforum.partnerships.models import Organization, Project, Update
from civicforum.search.sources import Findable, Source, register
from civicforum.text import plain_text, words_of_html


def init_app(_app: Flask) -> None:
    register("organization", Source(_organizations, _ids(Organization)))
    register("project", Source(_projects, _ids(Project)))
    register("update", Source(_updates, _ids(Update)))


def _ids(model: Any) -> Callable[[int, int], Sequence[int]]:
    def after(last: int, limit: int) -> Sequence[int]:
        return db.session.scalars(
            select(model.id).where(model.id > last).order_by(model.id).limit(limit)
        ).all()

    return after


def _organizations(ids: Sequence[int]) -> Mapping[int, Findable]:
    rows = db.session.scalars(select(Organization).where(Organization.id.in_(ids)))
    return {row.id: Findable(row.name, plain_text(row.about), row.created_at) for row in rows}


def _projects(ids: Sequence[int]) -> Mapping[int, Findable]:
    rows = db.session.scalars(select(Project).where(Project.id.in_(ids)))
    return {row.id: Findable(row.title, text_of(row), row.created_at, project_id=row.id) for row in rows}


def text_of(project: Project) -> str:
    """What is said of a project below its title."""
    return f"{project.summary}\n{plain_text(project.vision)}"


def _updates(ids: Sequence[int]) -> Mapping[int, Findable]:
    rows = db.session.scalars(select(Update).where(Update.id.in_(ids), Update.withdrawn_at.is_(None)))
    return {
        row.id: Findable(
            row.title,
            words_of_html(row.html),
            row.published_at,
            project_id=row.project_id,
            author_id=row.author_id,
        )
        for row in rows
    }
