"""Doors that answer everybody alike: feeds, cards in other pages, what oEmbed tells.

What they say is read elsewhere, long after, by whomever: so whoever asks is a guest to them, and the words
are in the site's first language.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, make_response, request
from flask_babel import force_locale

from civicforum.web.site import get_site
from civicforum.web.viewer import look_as_guest

FRESH_SECONDS = 60


def for_everybody(view: Callable[..., Any]) -> Callable[..., Response]:
    """A view of what guests may see; its answer may be kept for a minute, also between us and the reader."""

    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> Response:
        look_as_guest()
        with force_locale(get_site().locale):
            response = make_response(view(*args, **kwargs))
        # An answer to somebody with a cookie may renew that cookie, which is for nobody else to keep.
        keeper = "private" if request.cookies else "public"
        response.headers["Cache-Control"] = f"{keeper}, max-age={FRESH_SECONDS}"
        return response

    return run
