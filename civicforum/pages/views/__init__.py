"""The pages that gather from many rooms."""

from flask import Flask

from civicforum.pages import context
from civicforum.pages.views import (
    balance,
    embeds,
    feeds,
    health,
    heard,
    home,
    language,
    projects,
    search,
    site,
)
from civicforum.pages.views.blueprint import bp

__all__ = [
    "balance",
    "bp",
    "embeds",
    "feeds",
    "health",
    "heard",
    "home",
    "init_app",
    "language",
    "projects",
    "search",
    "site",
]


def init_app(app: Flask) -> None:
    context.init_app(app)
