"""The JSON API: /api/v1."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Open the API's doors."""
    from civicforum.api import door

    door.init_app(app)
