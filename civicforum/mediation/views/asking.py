"""Asking somebody to talk with a mediator, and proposing it to two others."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from civicforum.discussions.models import Post
from civicforum.discussions.policies import can_read_words
from civicforum.discussions.schemas import name_of
from civicforum.errors import require
from civicforum.mediation import actions, forms, policies, queries
from civicforum.mediation.views.blueprint import bp, signed_in
from civicforum.web.forms import options
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer


@bp.get("/threads/<int:thread_id>/mediation")
def choose(thread_id: int) -> Any:
    """With whom: everybody else who spoke in the thread, by the name they did it under."""
    thread, posts = queries.list_people(signed_in(), thread_id)
    return render_template(
        "mediation/choose.html",
        thread=thread,
        posts=posts,
        name_of=name_of,
        may_ask=policies.can_look_for_somebody(viewer(), thread),
    )


@bp.route("/posts/<int:post_id>/mediation", methods=["GET", "POST"])
@limited("mediation")
def ask(post_id: int) -> Any:
    post = queries.get_post_to_ask(signed_in(), post_id)
    require(policies.can_ask(viewer(), post), _("You can ask about a comment that somebody else wrote."))
    form = forms.AskForm()
    mediation = form.submits(lambda: actions.ask_for_mediation(viewer(), post_id, int(form.days.data)))
    if mediation is not None:
        flash(_("You said yes. If everybody does, the room opens and you are told."), "success")
        return redirect(url_for("mediation.show", mediation_id=mediation.id))
    page = render_template("mediation/ask.html", form=form, post=post, name=name_of(post.author))
    return page, 422 if form.errors else 200


@bp.route("/moderation/posts/<int:post_id>/mediation", methods=["GET", "POST"])
@limited("write")
def propose(post_id: int) -> Any:
    """A moderator proposes it; whoever presses the button is told the same, whatever comes of it."""
    post = queries.get_post_to_propose(viewer(), post_id)
    form = forms.ProposeForm()
    form.other.choices = options(_sides(post))
    deed = lambda: _propose(post_id, form)  # noqa: E731 - one deed of one form
    if form.submits(deed):
        flash(
            _("Thank you. Both decide for themselves, and what comes of it is theirs: you are not told."),
            "success",
        )
        return redirect(url_for("moderation.moderate_post", post_id=post_id))
    barred = queries.is_barred(post.id)
    page = render_template(
        "mediation/propose.html",
        form=form,
        post=post,
        shows_words=can_read_words(viewer(), post),
        name=name_of(post.author),
        is_barred=barred,
    )
    return page, 422 if form.errors else 200


def _propose(post_id: int, form: forms.ProposeForm) -> bool:
    actions.propose_mediation(viewer(), post_id, form.other.data, int(form.days.data))
    return True


def _sides(post: Post) -> list[tuple[str, Any]]:
    """Whoever flagged it, by what they said of it and never by name; and everybody else in the thread."""
    flags = [(f"flag:{flag.id}", _flag_words(flag)) for flag in queries.list_flags(viewer(), post)]
    _thread, posts = queries.list_people(viewer(), post.thread_id)
    spoke = [
        (f"post:{other.id}", name_of(other.author))
        for other in posts
        if (other.author_id, other.pseudonym_id) != (post.author_id, post.pseudonym_id)
    ]
    return flags + spoke


def _flag_words(flag: Any) -> str:
    title = flag.rule.title_in(str(get_locale()))
    if flag.note:
        return _("Whoever flagged it under “%(rule)s”: “%(note)s”", rule=title, note=flag.note)
    return _("Whoever flagged it under “%(rule)s”", rule=title)
