"""Choosing a language. The link in the footer leads to a page in that language; its button changes it."""

from typing import Any

from flask import redirect, render_template, request, session
from flask_babel import force_locale

from civicforum.errors import NotFound
from civicforum.languages import LOCALES
from civicforum.pages import actions
from civicforum.pages.forms import LanguageForm
from civicforum.pages.views.blueprint import bp
from civicforum.web.limits import limited
from civicforum.web.redirects import safe_next
from civicforum.web.viewer import viewer


@bp.route("/language/<code>", methods=["GET", "POST"])
@limited("write")
def set_language(code: str) -> Any:
    if code not in LOCALES:
        raise NotFound
    form = LanguageForm(data={"next": request.args.get("next")})
    if form.validate_on_submit():
        _remember(code)
        return redirect(safe_next(form.next.data))
    with force_locale(code):
        return render_template("pages/language.html", form=form, code=code, name=LOCALES[code])


def _remember(code: str) -> None:
    """In the account where there is one, so that mails speak it too; else in this session."""
    session["locale"] = code
    if viewer().is_authenticated:
        actions.choose_language(viewer(), code)
