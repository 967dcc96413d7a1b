"""The live channel of a town hall: who may watch it, and how it looks to everybody."""

from collections.abc import Mapping, Sequence

from flask import Flask, render_template

from civicforum.accounts.models import Actor
from civicforum.live.registry import ChannelType, Item, register
from civicforum.partnerships import audience
from civicforum.townhalls import queries, schemas


def init_app(_app: Flask) -> None:
    register(
        ChannelType(
            "townhall",
            check_watch=_check_watch,
            render={"townhall": _render_town_halls},
            list_closed=queries.closed_channels,
        )
    )
    audience.register(queries.channels_of_project)


def _check_watch(viewer: Actor, town_hall_id: int) -> None:
    queries.check_town_hall(viewer, town_hall_id)


def _render_town_halls(ids: Sequence[int]) -> Mapping[int, Item]:
    """The API's town hall as everybody may know it, plus the part of its page that says how it stands."""
    rows = queries.find_published(ids)
    seats = queries.seats_by_mode(rows)
    return {
        row.id: {
            **told,
            "fragment": render_template("townhalls/_status.html", town_hall=row, seats=seats[row.id]).strip(),
        }
        for row, told in zip(rows, schemas.public_json(rows), strict=True)
    }
