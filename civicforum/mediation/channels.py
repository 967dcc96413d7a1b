"""The live channel of a room. Its three people watch it, and nobody else, whatever their role."""

from collections.abc import Iterable, Mapping, Sequence

from flask import Flask, render_template

from civicforum.accounts import appearances
from civicforum.accounts.models import Actor
from civicforum.live.changes import touch
from civicforum.live.registry import ChannelType, Item, register
from civicforum.mediation import queries


def init_app(_app: Flask) -> None:
    register(
        ChannelType(
            "mediation",
            check_watch=_check_watch,
            render={"mediation_message": _render_messages, "mediation": _render_rooms},
            list_closed=queries.closed_channels,
        )
    )
    appearances.register(_show_again)


def _check_watch(viewer: Actor, mediation_id: int) -> None:
    queries.get_room(viewer, mediation_id)


def _render_messages(ids: Sequence[int]) -> Mapping[int, Item]:
    """As each of the three sees it."""
    return {
        message.id: {
            "state": "visible",
            "fragment": render_template("mediation/_message.html", message=message).strip(),
        }
        for message in queries.find_messages(ids)
    }


def _render_rooms(ids: Sequence[int]) -> Mapping[int, Item]:
    """That something changed: what it means for each of the three their own page asks for."""
    return {row.id: {"state": row.state, "revision": row.revision} for row in queries.find_rooms(ids)}


def _show_again(user_ids: Iterable[int]) -> None:
    """Whoever was renamed is told by the new name; what was said under a pseudonym stays as it is."""
    for room_id, message_id in queries.messages_by_name(user_ids):
        touch(f"mediation:{room_id}", "mediation_message", message_id)
