"""What an installation sets for moderation."""

from flask import current_app


def hide_at_score() -> float | None:
    """The score at which flags hide a comment by themselves; None where they never do."""
    threshold: float | None = current_app.config["SETTINGS"].hide_at_score
    return threshold
