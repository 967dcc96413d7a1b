"""Founding and changing projects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from civicforum.accounts.models import Actor, User
from civicforum.db import db, lock, transactional
from civicforum.errors import Conflict, Invalid, require
from civicforum.live.changes import shrink_audience, touch_whole
from civicforum.notifications.actions import set_attention
from civicforum.partnerships import audience, policies, queries
from civicforum.partnerships.models import Membership, Organization, Partner, Phase, Project
from civicforum.partnerships.slugs import free_slug, is_well_formed
from civicforum.search.index import refresh

EDITABLE = frozenset(
    {"title", "summary", "vision", "decides", "level", "status", "visibility", "allows_pseudonyms"}
)


@dataclass(frozen=True)
class PhaseDraft:
    """A phase as an organizer wrote it; without an end it goes on."""

    title: str
    starts_on: date
    ends_on: date | None = None
    text: str = ""


@transactional
def create_project(
    actor: Actor,
    title: str,
    vision: str,
    slug: str | None = None,
    partners: Sequence[Organization] = (),
    **facts: Any,
) -> Project:
    """Found a project, which its founder then organizes. ``facts``: further columns of ``EDITABLE``.

    Raises Invalid for a slug that is taken or is no slug.
    """
    require(policies.can_found_project(actor), _("Only organizers can start a project."))
    _check_names(facts)
    project = Project(slug=_slug(title, slug), title=title, vision=vision, **facts)
    project.partners = [
        Partner(organization_id=organization.id, role="lead" if place == 0 else "member", position=place)
        for place, organization in enumerate(partners)
    ]
    if isinstance(actor, User):
        project.memberships = [Membership(user_id=actor.id, role="organizer")]
    db.session.add(project)
    db.session.flush()
    refresh("project", project.id)
    return project


def _slug(title: str, wanted: str | None) -> str:
    if wanted is None:
        return free_slug(title, queries.is_project_slug_taken)
    if not is_well_formed(wanted):
        raise Invalid(errors={"slug": [_("Use small letters, digits and hyphens, such as warm-evenings.")]})
    if queries.is_project_slug_taken(wanted):
        raise Invalid(errors={"slug": [_("Another project has this address. Choose another one.")]})
    return wanted


def _check_names(changes: Mapping[str, Any]) -> None:
    unknown = changes.keys() - EDITABLE
    if unknown:
        raise TypeError(f"A project's {', '.join(sorted(unknown))} cannot be set.")


@transactional
def edit_project(actor: Actor, project: Project, revision: int | None = None, **changes: Any) -> Project:
    """Change what is given of ``EDITABLE``; with ``revision``, only if nobody else did meanwhile.

    Where the project closes its doors, everybody who watches it is asked again; where it is over, or goes
    on after all, pages that are open offer no more, or again, to speak.
    """
    project = lock(Project, project.id)
    require(policies.can_edit_project(actor, project))
    _check_names(changes)
    check_revision(project, revision)
    was_public, was_open = project.is_public, project.is_open
    for name, value in changes.items():
        setattr(project, name, value)
    project.revision += 1
    if was_public and not project.is_public:
        shrink_audience(audience.channels_of(project.id))
    if was_open != project.is_open:
        touch_whole(audience.channels_of(project.id))
    refresh("project", project.id)
    return project


def check_revision(row: Project | Organization, revision: int | None) -> None:
    """Raise Conflict if ``row`` is no longer the one that the form or client had read."""
    if revision is not None and revision != row.revision:
        raise Conflict(
            _("Somebody else changed this while you were writing. Look at it again, then add yours."),
            revision=row.revision,
        )


@transactional
def set_phases(actor: Actor, project: Project, phases: Sequence[PhaseDraft]) -> Project:
    """Put these phases in place of the present ones. Raises Invalid where one ends before it starts."""
    project = lock(Project, project.id)
    require(policies.can_edit_project(actor, project))
    for phase in phases:
        if phase.ends_on is not None and phase.ends_on < phase.starts_on:
            raise Invalid(errors={"phases": [_("%(title)s ends before it starts.", title=phase.title)]})
    project.phases = [
        Phase(title=p.title, text=p.text, starts_on=p.starts_on, ends_on=p.ends_on) for p in phases
    ]
    project.revision += 1
    return project


@transactional
def follow_project(actor: Actor, slug: str, level: str | None) -> None:
    """Follow a project so closely (``notifications.models.LEVELS``), with all its threads of which nothing
    else was said; None: as if nothing had been said.

    Locks nothing. Raises NotFound for who may not know of it, Invalid for a level that there is not.
    """
    set_attention(actor, "project", queries.get_project(actor, slug).id, level)
