"""create_app(): the one place that knows every room."""

import gc
import importlib
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.routing import IntegerConverter
from whitenoise import WhiteNoise

from civicforum import db, languages, mail, paths
from civicforum.accounts import sessions
from civicforum.capacity import LARGEST_BODY_BYTES
from civicforum.config import Settings, is_loopback, load_settings
from civicforum.web import bodies, filters, headers, limits, problems, request_log
from civicforum.web.numbers import LARGEST
from civicforum.web.viewer import login_manager

ROOMS = (
    "live",
    "search",
    "web",
    "accounts",
    "files",
    "links",
    "agreement",
    "notifications",
    "partnerships",
    "voices",
    "discussions",
    "rulemaking",
    "townhalls",
    "moderation",
    "mediation",
    "digests",
    "pages",
)
YEAR_SECONDS = 365 * 24 * 3600
csrf = CSRFProtect()


class RowNumber(IntegerConverter):
    """A row's id in an address: a number that no database holds is simply not there (404)."""

    def __init__(self, map: Any, *args: Any, **limits: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST, **limits})


@contextmanager
def _uncollected() -> Iterator[None]:
    """What is loaded stays: to look for garbage in it while it grows is a quarter of a start."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@_uncollected()
def create_app(settings: Settings | None = None) -> Flask:
    """The application, with every room's doors open. Settings come from the environment if not given."""
    settings = settings or load_settings()
    static_url = f"/static/{static_version()}"
    app = Flask(
        "civicforum",
        template_folder=str(paths.TEMPLATES),
        static_folder=str(paths.STATIC),
        static_url_path=static_url,
    )
    app.config.update(_configuration(settings))
    app.url_map.converters["int"] = RowNumber
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app, settings.database_url)
    Migrate(app, db.db, directory=str(paths.MIGRATIONS), render_as_batch=True)
    request_log.init_app(app)
    languages.init_app(app)
    login_manager.init_app(app)
    csrf.init_app(app)
    limits.init_app(app, settings.redis_url, settings.limits == "off")
    filters.init_app(app)
    headers.init_app(app)
    problems.init_app(app)
    mail.init_app(app, settings.mail_url, settings.data_dir)
    app.before_request(bodies.allow_files)
    sessions.init_app(app, csrf)
    bodies.init_app(app)
    for room in ROOMS:
        _open_room(app, room)
    _open_api(app)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]  # Flask's own way to wrap an app
        app.wsgi_app, root=str(paths.STATIC), prefix=static_url, max_age=YEAR_SECONDS, autorefresh=False
    )
    return app


def _configuration(settings: Settings) -> dict[str, object]:
    is_secure = settings.base_url.startswith("https")
    return {
        "SETTINGS": settings,
        "BASE_URL": settings.base_url,
        "MAIL_FROM": settings.mail_from,
        "REPLY_ADDRESS": settings.reply_address,
        "LOG_WITNESS": settings.log_witness,
        "DATA_DIR": settings.data_dir,
        "SECRET_KEY": settings.secret_key,
        "TRUSTED_HOSTS": _trusted_hosts(settings.base_url),
        "SESSION_COOKIE_NAME": "__Host-session" if is_secure else "civicforum_session",
        "SESSION_COOKIE_SECURE": is_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
        "MAX_CONTENT_LENGTH": LARGEST_BODY_BYTES,
        "MAX_FORM_MEMORY_SIZE": 500_000,
        "MAX_FORM_PARTS": 500,
        "WTF_CSRF_TIME_LIMIT": None,  # a form may stay open as long as its session
        "WTF_CSRF_CHECK_DEFAULT": False,  # sessions.init_app checks all but bearer tokens
        "WTF_CSRF_HEADERS": ["X-CSRF-Token"],
    }


def _trusted_hosts(base_url: str) -> list[str]:
    host = base_url.partition("://")[2]
    return ["127.0.0.1", "localhost", "[::1]"] if is_loopback(base_url) else [host.partition(":")[0]]


def _open_room(app: Flask, room: str) -> None:
    """Register a room's tables, views (``bp``), tasks, channels, notices, and what can be found of it."""
    for door in ("models", "views", "tasks", "channels", "notices", "findable"):
        name = f"civicforum.{room}.{door}"
        if importlib.util.find_spec(name) is not None:
            module = importlib.import_module(name)
            if hasattr(module, "bp"):
                app.register_blueprint(module.bp)
            if hasattr(module, "init_app"):
                module.init_app(app)


def _open_api(app: Flask) -> None:
    from civicforum import api

    api.init_app(app)


def static_version() -> str:
    """A name for the static files as they are now, so that they may be cached for a year."""
    digest = sha256()
    for path in sorted(Path(paths.STATIC).rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(paths.STATIC).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
