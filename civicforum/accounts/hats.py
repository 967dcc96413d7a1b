"""Hats: what shows beside a name when somebody speaks for more than themselves. Never typed."""

from typing import Any

from flask_babel import gettext as _

OFFICES = ("moderator", "mediator", "administrator")


def hats_of(person: Any) -> list[str]:
    """The organizations this person speaks for, and the offices they hold in the whole site."""
    organizations = sorted(seat.organization.name for seat in getattr(person, "seats_at", ()))
    return organizations + [_office(role) for role in OFFICES if person.has_role(role)]


def _office(role: str) -> str:
    words = {
        "moderator": _("Moderator"),
        "mediator": _("Mediator"),
        "administrator": _("Administrator"),
    }
    return str(words[role])
