"""The pages of moderation: the queue, one comment, why it was hidden, flags, and the public log."""

from civicforum.moderation.views import (
    duty,
    flags,
    log,
    measures,
    moving,
    posts,
    queue,
    reasons,
    records,
    room,
    standing,
    templates,
)
from civicforum.moderation.views.blueprint import bp

bp.register_blueprint(moving.bp)

__all__ = [
    "bp",
    "duty",
    "flags",
    "log",
    "measures",
    "moving",
    "posts",
    "queue",
    "reasons",
    "records",
    "room",
    "standing",
    "templates",
]
