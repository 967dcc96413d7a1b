"""The pages of changing the rules in public."""

from flask import Flask

from civicforum.rulemaking.views import proposals, publishing, reading
from civicforum.rulemaking.views.blueprint import bp

__all__ = ["bp", "init_app", "proposals", "publishing"]


def init_app(app: Flask) -> None:
    app.jinja_env.globals["rules_to_accept"] = reading.rules_to_accept
    app.jinja_env.globals["rulemaking_card"] = reading.rulemaking_card
