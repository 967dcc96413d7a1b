"""The pages of moderation: the queue, one comment, why it was hidden, flags, and the public log."""

from flask import Flask

from civicforum.accounts import offers
from civicforum.moderation.views import (
    appeals,
    duty,
    exports,
    flags,
    lane,
    log,
    measures,
    moving,
    panels,
    people,
    posts,
    queue,
    ratings,
    reasons,
    records,
    report,
    room,
    standing,
    templates,
    together,
)
from civicforum.moderation.views.blueprint import bp

bp.register_blueprint(moving.bp)

__all__ = [
    "appeals",
    "bp",
    "duty",
    "exports",
    "flags",
    "lane",
    "log",
    "measures",
    "moving",
    "panels",
    "people",
    "posts",
    "queue",
    "ratings",
    "reasons",
    "records",
    "report",
    "room",
    "standing",
    "templates",
    "together",
]


def init_app(app: Flask) -> None:
    """The rooms below draw parts of this one on their pages without knowing it."""
    app.jinja_env.globals["facilitation_card"] = ratings.facilitation_card
    offers.register(people.offer_to_look)
    app.jinja_env.globals["lane_tools"] = lane.lane_tools
