"""The pages of moderation: the queue, one comment, why it was hidden, flags, and the public log."""

from flask import Flask

from civicforum.moderation.views import (
    appeals,
    duty,
    exports,
    flags,
    log,
    measures,
    moving,
    panels,
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
    "log",
    "measures",
    "moving",
    "panels",
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
    """The rooms below draw a card of this one on their pages without knowing it."""
    app.jinja_env.globals["facilitation_card"] = ratings.facilitation_card
