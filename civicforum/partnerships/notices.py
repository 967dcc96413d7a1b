"""What the inbox says about a project's news."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from civicforum.notifications.registry import Notice, register
from civicforum.partnerships import queries


def describe_updates(viewer: Any, reason: str, ids: Sequence[int]) -> Mapping[int, Notice]:
    """News that still stands, in projects that the viewer may still see."""
    return {
        id_: Notice(
            _("News of %(project)s: %(title)s", project=update.project.title, title=update.title),
            url_for("partnerships.show_update", slug=update.project.slug, update_id=id_),
        )
        for id_, update in queries.find_updates(viewer, ids).items()
    }


def describe_projects(viewer: Any, _reason: str, ids: Sequence[int]) -> Mapping[int, Notice]:
    """Projects by their titles, those that the viewer may see."""
    return {
        project.id: Notice(project.title, url_for("partnerships.show_project", slug=project.slug))
        for project in queries.find_projects(viewer, ids)
    }


register("update", describe_updates)
register("project", describe_projects)
