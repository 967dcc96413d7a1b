"""Reasons to begin with: the shipped ones, and the town's own in their place."""

from dataclasses import dataclass, replace

from flask_babel import force_locale
from sqlalchemy import func, select

from civicforum.accounts.models import Actor
from civicforum.agreement.queries import newest_version
from civicforum.db import db
from civicforum.errors import NotFound
from civicforum.moderation import policies
from civicforum.moderation.models import ReasonTemplate
from civicforum.moderation.shipped import SHIPPED
from civicforum.partnerships.models import Project


@dataclass(frozen=True)
class Template:
    """A reason as this reader's language says it. ``is_own``: the town worded it."""

    key: str
    rule: int | None
    label: str
    words: str
    is_own: bool = False


def list_templates(locale: str, project: Project | None = None) -> list[Template]:
    """All that can be chosen, by rule; one whose words the town took away is left out.

    Where a project has rules of its own, the reasons are words alone: they were written for the town's.
    """
    rows = {row.key: row for row in db.session.scalars(select(ReasonTemplate).order_by(ReasonTemplate.id))}
    with force_locale(locale):
        shipped = [
            _own(rows.pop(each.key), locale)
            if each.key in rows
            else Template(each.key, each.rule, str(each.label), str(each.words))
            for each in SHIPPED
        ]
    found = [*shipped, *(_own(row, locale) for row in rows.values())]
    wanted = [template for template in found if template.words]
    if project is not None and newest_version(project.id) is not None:
        wanted = [replace(template, rule=None) for template in wanted]
    return sorted(wanted, key=lambda template: (template.rule is None, template.rule or 0))


def _own(row: ReasonTemplate, locale: str) -> Template:
    return Template(row.key, row.rule_number, row.label, row.words_in(locale), is_own=True)


def get_template(viewer: Actor, key: str, locale: str) -> Template:
    """One to be worded anew, for moderators of the site; NotFound for everybody else."""
    if not policies.can_edit_templates(viewer):
        raise NotFound
    for template in list_templates(locale):
        if template.key == key:
            return template
    raise NotFound


def find_own_template(key: str) -> ReasonTemplate | None:
    return db.session.scalar(select(ReasonTemplate).where(ReasonTemplate.key == key))


def count_own_templates() -> int:
    return db.session.scalar(select(func.count(ReasonTemplate.id))) or 0
