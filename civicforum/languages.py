"""English and Spanish: which one a reader gets, and the catalogue of the other."""

import io
from functools import cache
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context, request, session
from flask_babel import Babel, Domain, get_locale

from civicforum import paths
from civicforum.web.site import get_site
from civicforum.web.viewer import viewer

LOCALES = {"en": "English", "es": "Español"}
ENGLISH = "en"


class Catalogues(Domain):
    """Reads the .po files themselves, so that no generated file can be forgotten or go stale."""

    def get_translations(self) -> Any:
        return catalogue(str(get_locale() or ENGLISH))


@cache
def catalogue(locale: str) -> NullTranslations:
    path = paths.TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return Translations(compiled)


def init_app(app: Flask) -> None:
    babel = Babel()
    babel.init_app(
        app,
        locale_selector=select_locale,
        timezone_selector=select_timezone,
    )
    babel.domain_instance = Catalogues()


def select_locale() -> str:
    """The person's own language; else the one chosen in this session, the browser's, or the site's."""
    if not has_request_context():
        return ENGLISH
    chosen = getattr(viewer(), "locale", None) or session.get("locale")
    if chosen in LOCALES:
        return str(chosen)
    return request.accept_languages.best_match(list(LOCALES)) or get_site().locale


def select_timezone() -> str:
    return getattr(viewer(), "timezone", None) or get_site().timezone
