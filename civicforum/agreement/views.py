"""The pages of the community agreement: its rules and how they read before; listed words; vouching."""

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from civicforum.accounts import arrivals, offers, wording
from civicforum.accounts.models import Actor, User
from civicforum.accounts.queries import get_person
from civicforum.agreement import actions, masking, policies, queries
from civicforum.agreement.forms import AcceptForm, WordForm
from civicforum.agreement.models import AgreementVersion
from civicforum.agreement.objections import object_to_words
from civicforum.text import render_markdown
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

bp = Blueprint("agreement", __name__)


def init_app(_app: Flask) -> None:
    arrivals.register(actions.greet)
    masking.listen()
    offers.register(_offer_vouching)
    wording.register_objection(object_to_words)


@bp.get("/agreement")
def show_agreement() -> Any:
    """The agreement as it stands, in the reader's language."""
    return _show(queries.current_agreement())


@bp.get("/agreement/versions/<int:number>")
def show_version(number: int) -> Any:
    """The agreement as it stood: what was decided under it stays understandable."""
    return _show(queries.get_agreement(number))


def _show(version: AgreementVersion | None) -> Any:
    versions = queries.list_agreements()
    return render_template(
        "agreement/show.html",
        version=version,
        versions=versions,
        is_current=version is None or version.number == versions[0].number,
        language=str(get_locale()),
        written=lambda words: Markup(render_markdown(words)),  # noqa: S704 - made safe by its own walls
        has_accepted=queries.has_accepted(viewer(), version),
        accept_form=AcceptForm(formdata=None, data={"version": version.number if version else 0}),
        may_edit_words=policies.can_edit_words(viewer()),
    )


@bp.post("/agreement/accept")
@limited("write")
def accept_agreement() -> Any:
    form = AcceptForm()
    form.submits(lambda: True)
    actions.accept_agreement(viewer(), form.version.data or 0)
    flash(_("Thank you. We keep that you accepted this version."), "success")
    return redirect(url_for("agreement.show_agreement"))


@bp.route("/agreement/words", methods=["GET", "POST"])
@limited("write")
def list_words() -> Any:
    """The words that are held, masked or flagged; for moderators."""
    listed = queries.list_words(viewer())
    form = WordForm()
    if form.submits(lambda: actions.list_word(viewer(), form.word.data, form.action.data)):
        flash(_("Listed."), "success")
        return redirect(url_for("agreement.list_words"))
    actions_in_words = {choice.value: choice.label for choice in form.action.choices}
    words = render_template("agreement/words.html", form=form, words=listed, in_words=actions_in_words)
    return words, 422 if form.errors else 200


@bp.post("/agreement/words/<int:word_id>/unlist")
@limited("write")
def unlist_word(word_id: int) -> Any:
    actions.unlist_word(viewer(), word_id)
    flash(_("Taken off the list."), "success")
    return redirect(url_for("agreement.list_words"))


@bp.post("/people/<handle>/vouch")
@limited("write")
def vouch(handle: str) -> Any:
    """Say that one knows somebody: the limits of newcomers end for them."""
    person = get_person(handle)
    actions.vouch(viewer(), person)
    flash(_("Thank you. %(name)s is a newcomer no longer.", name=person.name), "success")
    return redirect(url_for("accounts.show_person", handle=handle))


def _offer_vouching(asker: Actor, person: User) -> list[offers.Offer]:
    if not (policies.can_vouch(asker, person) and queries.is_newcomer(person)):
        return []
    url = url_for("agreement.vouch", handle=person.handle)
    return [offers.Offer(_("I know this person: end the newcomer's limits"), url)]
