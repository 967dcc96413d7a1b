"""The first run: /set-up, until there is an administrator, for who sits at the machine or has the code."""

from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from civicforum.accounts import actions, queries
from civicforum.accounts.forms import SetUpForm
from civicforum.accounts.models import User
from civicforum.accounts.passwords import hash_password
from civicforum.accounts.sessions import begin_session
from civicforum.accounts.set_up_code import forget_code, is_code
from civicforum.accounts.views.door import bp, page
from civicforum.config import is_loopback
from civicforum.errors import Invalid, NotFound
from civicforum.web.limits import address, check_limit
from civicforum.web.viewer import viewer

# What a proxy adds: then the near address is the proxy's, and says nothing of who asks.
_PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


@bp.app_context_processor
def _offer_set_up() -> dict[str, Any]:
    return {"needs_set_up": lambda: not queries.has_administrator()}


@bp.route("/set-up", methods=["GET", "POST"])
def set_up() -> Any:
    """Name the town, and become its first administrator."""
    if queries.has_administrator():
        raise NotFound
    form = SetUpForm(data={"timezone": current_app.config["SETTINGS"].timezone, "locale": str(get_locale())})
    done = form.submits(lambda: _set_up(form))
    if done is None:
        return page("accounts/set_up.html", form, asks_code=not _is_at_the_machine())
    forget_code(current_app.config["DATA_DIR"])
    begin_session(done)
    flash(_("Your town is set up. A test mail went to %(email)s.", email=done.email), "success")
    return redirect(url_for("pages.set_up_next"))


def _set_up(form: SetUpForm) -> User:
    _check_code(form.code.data or "")
    return actions.set_up_site(
        viewer(),
        site_name=form.site_name.data,
        sentence=form.sentence.data or "",
        timezone=form.timezone.data,
        locale=form.locale.data,
        contact_phone=form.contact_phone.data or "",
        name=form.name.data,
        email=form.email.data,
        password_hash=hash_password(form.password.data),
        independent_name=form.independent_name.data or "",
        independent_email=form.independent_email.data or "",
    )


def _check_code(code: str) -> None:
    """Raise Invalid unless the code is right, or none is needed here."""
    if _is_at_the_machine():
        return
    check_limit("set-up", f"address:{address()}")
    if not is_code(current_app.config["DATA_DIR"], code):
        raise Invalid(errors={"code": [_("This is not the code that was printed when CivicForum started.")]})


def _is_at_the_machine() -> bool:
    """Whether the request surely comes from the machine itself, through nobody else's hands."""
    return (
        not current_app.config["SETTINGS"].is_public
        and is_loopback(f"http://{_bracketed(address())}")
        and not any(header in request.headers for header in _PROXY_HEADERS)
    )


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
