"""The live channel of the queue: for moderators, and it tells only that something changed."""

from collections.abc import Mapping, Sequence

from flask import Flask

from civicforum.accounts.models import Actor
from civicforum.errors import NotFound
from civicforum.live.registry import ChannelType, Item, register
from civicforum.moderation import policies
from civicforum.moderation.telling import CHANNEL, KIND, NUMBER
from civicforum.partnerships import audience


def init_app(_app: Flask) -> None:
    register(
        ChannelType(KIND, check_watch=_check_watch, render={KIND: _render}, list_closed=lambda: [CHANNEL])
    )
    audience.register(_channels_of_project)


def _check_watch(viewer: Actor, number: int) -> None:
    if number != NUMBER or not policies.can_see_queue(viewer):
        raise NotFound


def _render(ids: Sequence[int]) -> Mapping[int, Item]:
    return {number: {"state": "changed"} for number in ids}


def _channels_of_project(_project_id: int) -> list[str]:
    """Who is no moderator of a project any more may be none at all."""
    return [CHANNEL]
