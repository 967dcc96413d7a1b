"""Organizations, and who speaks for them."""

from typing import Any

from flask_babel import gettext as _

from civicforum.accounts import appearances
from civicforum.accounts.models import Actor, User
from civicforum.db import db, lock, transactional
from civicforum.errors import Invalid, require
from civicforum.live.changes import shrink_audience
from civicforum.partnerships import audience, policies, queries
from civicforum.partnerships.actions.projects import check_revision
from civicforum.partnerships.models import Organization, Seat
from civicforum.partnerships.slugs import free_slug
from civicforum.search.index import refresh

EDITABLE = frozenset({"name", "kind", "about", "url"})


@transactional
def create_organization(actor: Actor, name: str, kind: str, about: str = "", url: str = "") -> Organization:
    """Add an organization to the town's list."""
    require(policies.can_found_organization(actor))
    slug = free_slug(name, queries.is_organization_slug_taken)
    organization = Organization(slug=slug, name=name, kind=kind, about=about, url=url)
    db.session.add(organization)
    db.session.flush()
    refresh("organization", organization.id)
    return organization


@transactional
def edit_organization(
    actor: Actor, organization: Organization, revision: int | None = None, **changes: Any
) -> Organization:
    """Change what is given of ``EDITABLE``; its address stays, because others link to it."""
    organization = lock(Organization, organization.id)
    require(policies.can_edit_organization(actor, organization))
    check_revision(organization, revision)
    unknown = changes.keys() - EDITABLE
    if unknown:
        raise TypeError(f"An organization's {', '.join(sorted(unknown))} cannot be set.")
    is_renamed = changes.get("name", organization.name) != organization.name
    for name, value in changes.items():
        setattr(organization, name, value)
    organization.revision += 1
    refresh("organization", organization.id)
    if is_renamed:  # it stands beside the names of its people
        appearances.show_again(seat.user_id for seat in organization.seats)
    return organization


@transactional
def add_seat(actor: Actor, organization: Organization, handle: str) -> Seat:
    """Let the person of this handle speak for the organization; asking again is no error."""
    organization = lock(Organization, organization.id)
    require(policies.can_seat(actor, organization))
    user = queries.find_by_handle(handle)
    if user is None:
        raise Invalid(errors={"handle": [_("Nobody here has this name. Ask them to join first.")]})
    return queries.find_seat(organization.id, user.id) or _seat(organization, user)


def _seat(organization: Organization, user: User) -> Seat:
    seat = Seat(user_id=user.id)
    organization.seats.append(seat)
    db.session.flush()
    appearances.show_again([user.id])
    return seat


@transactional
def remove_seat(actor: Actor, seat: Seat) -> None:
    """Somebody speaks for the organization no longer, and sees its closed projects no longer."""
    organization = lock(Organization, seat.organization_id)
    seat = lock(Seat, seat.id)
    require(policies.can_seat(actor, organization))
    user_id = seat.user_id
    organization.seats.remove(seat)
    appearances.show_again([user_id])
    for project_id in queries.project_ids_of(organization.id):
        shrink_audience(audience.channels_of(project_id))
