"""News of a project."""

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.db import db, lock, now, transactional
from civicforum.errors import NotFound, require
from civicforum.notifications.actions import notify
from civicforum.partnerships import policies, queries
from civicforum.partnerships.models import Project, Update
from civicforum.search.index import refresh
from civicforum.text import render_markdown


@transactional
def publish_update(actor: Actor, project: Project, title: str, body: str) -> Update:
    """Publish news, and tell everybody who belongs to the project."""
    project = lock(Project, project.id)
    require(policies.can_publish_update(actor, project), _("Only organizers publish news of a project."))
    update = Update(
        project_id=project.id,
        author_id=actor.id,
        title=title,
        body=body,
        html=render_markdown(body),
        published_at=now(),
    )
    db.session.add(update)
    db.session.flush()
    refresh("update", update.id)
    readers = [user_id for user_id in queries.audience_ids(project.id) if user_id != actor.id]
    notify(readers, "news", "update", update.id, actor_id=actor.id)
    return update


@transactional
def edit_update(actor: Actor, update: Update, title: str, body: str) -> Update:
    """Put the news right. That it was edited, and when, stands under it."""
    update = _locked(update)
    require(policies.can_edit_update(actor, update))
    update.title, update.body, update.html = title, body, render_markdown(body)
    update.edited_at = now()
    refresh("update", update.id)
    return update


@transactional
def withdraw_update(actor: Actor, update: Update) -> None:
    """Take news back: from the page, from feeds and from every inbox, which show what still stands."""
    update = _locked(update)
    require(policies.can_edit_update(actor, update))
    update.withdrawn_at = now()
    refresh("update", update.id)


def _locked(update: Update) -> Update:
    lock(Project, update.project_id)
    update = lock(Update, update.id)
    if update.withdrawn_at is not None:
        raise NotFound
    return update
