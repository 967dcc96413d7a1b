"""The pages of mediation: asking for it, proposing it, and the room."""

from civicforum.mediation.views import agreeing, asking, rooms
from civicforum.mediation.views.blueprint import bp

__all__ = ["agreeing", "asking", "bp", "rooms"]
