"""What all of the API shares: flask-smorest's Api, its blueprints, scopes of tokens, idempotent deeds."""

import importlib
import pkgutil
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, g, request
from flask_babel import gettext as _
from flask_smorest import Api
from marshmallow import Schema, fields, validate

import civicforum.api
from civicforum.api import docs
from civicforum.errors import NotAllowed
from civicforum.web.idempotency import Done, fingerprint, once
from civicforum.web.limits import person_key
from civicforum.web.pagination import MAXIMUM_LIMIT
from civicforum.web.viewer import viewer


class QuietApi(Api):
    """flask-smorest's Api without its error handler, which would answer pages with JSON too."""

    def _register_error_handlers(self) -> None:
        """One handler for the whole house: web.problems."""


def init_app(app: Flask) -> None:
    """Register every module of this package that has a ``blp``."""
    app.config.update(
        API_TITLE="CivicForum",
        API_VERSION="v1",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = QuietApi(app)
    for module in sorted(pkgutil.iter_modules(civicforum.api.__path__), key=lambda m: m.name):
        room = importlib.import_module(f"civicforum.api.{module.name}")
        if hasattr(room, "blp"):
            api.register_blueprint(room.blp)
    docs.init_app(app, api.spec)


class PageQuery(Schema):
    """How every list is asked for: ``?limit=`` (at most 200) and the opaque ``?cursor=``."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, MAXIMUM_LIMIT))
    cursor = fields.String(load_default=None, validate=validate.Length(max=500))


def scoped(scope: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Refuse a token without ``scope`` (read, write, moderate, admin); a session cookie has all."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def run(*args: Any, **kwargs: Any) -> Any:
            viewer()
            token = g.get("api_token")
            if token is not None and scope not in token.scopes.split():
                raise NotAllowed(_("This API token lacks the scope for that: %(scope)s.", scope=scope))
            return view(*args, **kwargs)

        return run

    return decorate


def idempotent(deed: Callable[[], Done]) -> Done:
    """Do ``deed`` once for each Idempotency-Key of this person; answer from the object as it is now."""
    print_ = fingerprint(request.method, request.path, request.get_json(silent=True) or {})
    return once(viewer(), person_key(), request.headers.get("Idempotency-Key"), print_, deed)
