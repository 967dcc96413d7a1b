"""What an inbox says of mediation: that there is something, never what, nor by whom."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _

from civicforum.mediation import policies, queries
from civicforum.notifications.registry import Notice, register


def init_app(_app: Flask) -> None:
    register(queries.KIND, describe)


def describe(viewer: Any, reason: str, ids: Sequence[int]) -> Mapping[int, Notice]:
    """Of those the viewer may still see; of an offer that came to nothing, that it did not come about."""
    rows = queries.find_mediations(viewer, ids)
    if reason == "mediation_not":
        return {id_: Notice(_words(reason)) for id_ in rows}
    seen = [id_ for id_, row in rows.items() if policies.can_see(viewer, row)]
    # What is new stands above the box in which one answers.
    place = "reply" if reason == "mediation_message" else None
    return {
        id_: Notice(_words(reason), url_for("mediation.show", mediation_id=id_, _anchor=place))
        for id_ in seen
    }


def _words(reason: str) -> str:
    return {
        "mediation_offer": _("Would you talk something over, with a mediator? It is up to you."),
        "mediation_begun": _("All three said yes: the room with the mediator is open."),
        "mediation_message": _("There is something new in your room with the mediator."),
        "mediation_text": _("There are words for an agreement in your room with the mediator."),
        "mediation_time": _("Somebody would like more time in your room with the mediator."),
        "mediation_over": _("The conversation with the mediator is over."),
        "mediation_follow_up": _("How has it been since? A mediator would like to know."),
        "mediation_not": _("The conversation with a mediator did not come about. Nothing follows from that."),
    }.get(reason, _("There is something new in your room with the mediator."))
