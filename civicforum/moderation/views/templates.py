"""The reasons that moderators begin with."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from civicforum.errors import NotFound
from civicforum.moderation import actions, policies, queries
from civicforum.moderation.forms import TemplateForm
from civicforum.moderation.views.blueprint import bp
from civicforum.moderation.views.choices import rules_offered
from civicforum.web.forms import options
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer


@bp.route("/moderation/templates", methods=["GET", "POST"])
@limited("write")
def list_templates() -> Any:
    """All of them, and a form for one more."""
    if not policies.can_edit_templates(viewer()):
        raise NotFound
    form = _form()
    if form.submits(lambda: actions.word_template(viewer(), form.wording())):
        flash(_("Saved. Moderators can begin with it from now on."), "success")
        return redirect(url_for("moderation.list_templates"))
    page = render_template(
        "moderation/templates.html", form=form, templates=queries.list_templates(str(get_locale()))
    )
    return page, (422 if form.errors else 200)


@bp.route("/moderation/templates/<key>", methods=["GET", "POST"])
@limited("write")
def edit_template(key: str) -> Any:
    template = queries.get_template(viewer(), key, "en")
    form = _form(
        label=template.label,
        words=template.words,
        rule=str(template.rule or ""),
        words_es=queries.get_template(viewer(), key, "es").words,
    )
    if form.submits(lambda: actions.word_template(viewer(), form.wording(), key)):
        flash(_("Saved. Moderators can begin with it from now on."), "success")
        return redirect(url_for("moderation.list_templates"))
    return render_template("moderation/template.html", form=form, key=key), (422 if form.errors else 200)


def _form(**values: Any) -> TemplateForm:
    form = TemplateForm(**({"formdata": None} if request.method == "GET" else {}), **values)
    rules = rules_offered()
    form.rule.choices = options([("", _("Every rule")), *rules])
    return form


@bp.post("/moderation/templates/<key>/drop")
@limited("write")
def drop_template(key: str) -> Any:
    queries.get_template(viewer(), key, "en")
    actions.drop_template(viewer(), key)
    flash(_("It is offered no longer. What was said with it stands."), "success")
    return redirect(url_for("moderation.list_templates"))
