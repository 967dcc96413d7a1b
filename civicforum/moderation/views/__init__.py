"""The pages of moderation: the queue, one comment, why it was hidden, flags, and the public log."""

from civicforum.moderation.views import appeals, flags, log, moving, panels, posts, queue, reasons, room
from civicforum.moderation.views.blueprint import bp

bp.register_blueprint(moving.bp)

__all__ = ["appeals", "bp", "flags", "log", "moving", "panels", "posts", "queue", "reasons", "room"]
