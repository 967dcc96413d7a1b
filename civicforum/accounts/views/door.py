"""The blueprint of accounts, and what its doors share."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask_babel import gettext as _

from civicforum.accounts.models import User
from civicforum.errors import SignInNeeded
from civicforum.web.limits import count_mail as count_mail
from civicforum.web.redirects import safe_next
from civicforum.web.viewer import viewer

bp = Blueprint("accounts", __name__)

# Longer than any of these forms usually takes, shorter than anybody minds.
BEAT_SECONDS = 0.15


def signed_in() -> User:
    """The person of this request; otherwise SignInNeeded, which leads to the sign-in page and back."""
    person = viewer()
    if not isinstance(person, User):
        raise SignInNeeded(_("Please sign in, and you will come right back here."))
    return person


def for_guests(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page that makes no sense to somebody signed in: they are sent on."""

    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> Any:
        if viewer().is_authenticated:
            return redirect(safe_next(request.args.get("next")))
        return view(*args, **kwargs)

    return run


def evenly(view: Callable[..., Any]) -> Callable[..., Any]:
    """A form that takes as long for an address with an account as for one without.

    The answer to a POST leaves at the next full beat since it came, and the difference is lost in between.
    """

    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> Any:
        began = time.monotonic()
        try:
            return view(*args, **kwargs)
        finally:
            if request.method == "POST":
                spent = time.monotonic() - began
                time.sleep(BEAT_SECONDS - spent % BEAT_SECONDS)

    return run


def page(template: str, form: Any = None, **context: Any) -> Any:
    """A page; with 422 if its form was sent and did not go through."""
    words = render_template(template, form=form, **context)
    return words, 422 if form is not None and form.errors else 200


def unreferred(words: Any) -> Response:
    """A page whose address is a secret: it is told to nobody, also not as a referrer."""
    response = make_response(words)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
