"""How words will look, as the server itself will draw them, and keeping them for later."""

from flask import flash, render_template, request
from flask_babel import gettext as _

from civicforum.discussions import actions, policies
from civicforum.discussions.views.blueprint import bp
from civicforum.discussions.words import prepare_words
from civicforum.errors import SignInNeeded
from civicforum.web.forms import Form
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer


@bp.post("/preview")
@limited("read")
def preview() -> str:
    """The words of a form as they will be drawn; a part of a page."""
    if not policies.can_keep_drafts(viewer()):
        raise SignInNeeded(_("Please sign in, and you will come right back here."))
    return render_template("discussions/_preview.html", html=prepare_words(request.form.get("body", "")).html)


def is_asked_for(deed: str) -> bool:
    """Whether the button that was pressed asks for this instead of sending."""
    return request.method == "POST" and request.form.get("do") == deed


def drawn(form: Form) -> str | None:
    """How the words in the form will look; None, with the errors in place, for words that will not do."""
    html: str | None = form.submits(lambda: prepare_words(form["body"].data).html)
    return html


def keep(form: Form, place: str) -> bool:
    """Keep the words of the form, if that was asked for."""
    if not is_asked_for("keep"):
        return False
    said = form.data
    draft = actions.keep_draft(
        viewer(), place, said["body"] or "", said.get("title") or "", said.get("reply_to")
    )
    if draft is None:
        flash(_("There was nothing to keep."), "info")
    else:
        flash(_("Kept as a draft. It waits for you here, on every device, for 180 days."), "success")
    return True
