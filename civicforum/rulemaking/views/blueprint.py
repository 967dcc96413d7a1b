"""The blueprint of this room, and what its pages share."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, url_for
from flask_babel import get_locale
from markupsafe import Markup

from civicforum.agreement.wording import Wording
from civicforum.errors import Conflict
from civicforum.languages import LOCALES
from civicforum.partnerships.models import Project
from civicforum.partnerships.queries import get_project
from civicforum.rulemaking.comparing import Comparison, compare
from civicforum.text import render_markdown
from civicforum.web.forms import Form
from civicforum.web.viewer import viewer

bp = Blueprint("rulemaking", __name__)


def place(slug: str | None) -> Project | None:
    """The project whose rules an address is about; None for the town's."""
    return get_project(viewer(), slug) if slug is not None else None


def home_of(project: Project | None) -> str:
    """Where the rules of this place are read."""
    if project is None:
        return url_for("agreement.show_agreement")
    return url_for("rulemaking.show_project_agreement", slug=project.slug)


def address_in(project: Project | None, endpoint: str) -> str:
    """The page of this name for the town, or for the project."""
    if project is None:
        return url_for(f"rulemaking.{endpoint}")
    return url_for(f"rulemaking.{endpoint}", slug=project.slug)


def submits(form: Form, deed: Callable[[], Any]) -> Any:
    """As ``form.submits``; what stands against it is said in the form as well, which keeps what was typed."""
    try:
        return form.submits(deed)
    except Conflict as conflict:
        form.form_errors.append(str(conflict))
        return None


def written(words: str) -> Markup:
    return Markup(render_markdown(words))  # noqa: S704 - made safe by its own walls


def language() -> str:
    return str(get_locale() or "en")


def compared(before: Wording, after: Wording) -> dict[str, Any]:
    """The comparison in the reader's language, and in each other one that it changes, by name."""
    others: dict[str, Comparison] = {}
    for code, name in LOCALES.items():
        found = compare(before, after, code)
        if code != language() and not found.is_same:
            others[name] = found
    return {"comparison": compare(before, after, language()), "others": others}


def vote_days() -> int:
    days: int = current_app.config["SETTINGS"].vote_days
    return days


def vote_quorum() -> int:
    quorum: int = current_app.config["SETTINGS"].vote_quorum
    return quorum
