"""What the inbox says about a town hall."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from civicforum.notifications.registry import Notice, register
from civicforum.townhalls import queries
from civicforum.townhalls.models import TownHall
from civicforum.web.filters import localtime, zone_name


def describe(viewer: Any, reason: str, ids: Sequence[int]) -> Mapping[int, Notice]:
    """What became of a meeting or of one's own answer, as it is now; hidden meetings are left out."""
    rows = queries.find_town_halls(viewer, ids)
    if reason == "promoted":
        return _seats(viewer, rows)
    return {id_: Notice(_sentence(reason, row), _address(reason, row)) for id_, row in rows.items()}


def _seats(viewer: Any, rows: Mapping[int, TownHall]) -> Mapping[int, Notice]:
    """The seat is theirs only until they give it back."""
    own = queries.find_own_answers(viewer, rows)
    reasons = {id_: "promoted" if id_ in own and own[id_].takes_seats else "" for id_ in rows}
    return {id_: Notice(_sentence(reasons[id_], row), _address("", row)) for id_, row in rows.items()}


def _address(reason: str, row: TownHall) -> str:
    endpoint = "townhalls.show_minutes" if reason == "summary" else "townhalls.show_town_hall"
    return url_for(endpoint, town_hall_id=row.id)


def _sentence(reason: str, row: TownHall) -> str:
    when = f"{localtime(row.starts_at, row.timezone)} ({zone_name(row.starts_at, row.timezone)})"
    words = {"title": row.title, "when": when}
    if reason == "promoted":
        return _("A seat is yours: you are coming to “%(title)s”, %(when)s.", **words)
    if reason == "cancelled":
        return _("Cancelled: “%(title)s”, %(when)s.", **words)
    if reason == "moved":
        return _("Changed: “%(title)s” is now %(when)s. Look at the place, too.", **words)
    if reason == "need":
        return _("There is an answer to what you need at “%(title)s”.", **words)
    if reason == "summary":
        return _("What came of “%(title)s”: the summary is here.", **words)
    if reason in ("two_days", "two_hours"):
        return _("Soon: “%(title)s”, %(when)s.", **words)
    return _("There is something new about “%(title)s”.", **words)


register("townhall", describe)
