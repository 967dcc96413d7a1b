"""One's own API tokens."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from civicforum.accounts import actions, policies, queries
from civicforum.accounts.forms import TokenForm
from civicforum.accounts.models import User
from civicforum.accounts.views.door import bp, page, signed_in
from civicforum.web.forms import options
from civicforum.web.limits import limited


@bp.route("/settings/tokens", methods=["GET", "POST"])
@limited("token")
def tokens() -> Any:
    """The tokens that work, and a form to make another. A new one is shown in this answer alone."""
    person = signed_in()
    form = TokenForm()
    form.scopes.choices = options((scope, _words(scope)) for scope in policies.token_scopes(person))
    token = form.submits(lambda: _create_token(person, form))
    if token:
        return render_template("accounts/new_token.html", token=token), 201
    return page("accounts/tokens.html", form, tokens=queries.list_tokens(person), words=_words)


def _words(scope: str) -> str:
    words = {
        "read": _("Read what I may read"),
        "write": _("Speak and act in my name"),
        "moderate": _("Moderate, where I may"),
        "admin": _("Administer this forum"),
    }
    return str(words[scope])


def _create_token(person: User, form: TokenForm) -> str:
    return actions.create_token(person, person, form.name.data, form.scopes.data, days=form.days.data or None)


@bp.post("/settings/tokens/<int:token_id>/revoke")
@limited("write")
def revoke_token(token_id: int) -> Any:
    actions.revoke_token(signed_in(), token_id)
    flash(_("Revoked. Whoever uses this token is refused from now on."), "success")
    return redirect(url_for("accounts.tokens"))
