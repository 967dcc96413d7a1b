"""What every form for speaking shares: said once, and told what became of it."""

from collections.abc import Callable
from typing import Any

from flask import flash, request
from flask_babel import gettext as _

from civicforum.agreement.actions import accept_agreement
from civicforum.agreement.limits.words import delay_sentence
from civicforum.agreement.queries import current_agreement
from civicforum.discussions import queries
from civicforum.discussions.forms import new_nonce
from civicforum.discussions.models import Post
from civicforum.errors import Limited, TooMany
from civicforum.web.idempotency import Done, fingerprint, once
from civicforum.web.limits import person_key
from civicforum.web.numbers import whole_number
from civicforum.web.viewer import viewer


def do_once(nonce: str | None, said: list[Any], deed: Any) -> Done:
    """Do it once for each opened form, however often its button is pressed."""
    key = f"form:{(nonce or new_nonce())[:80]}"
    return once(viewer(), person_key(), key, fingerprint("FORM", request.path, {"said": said}), deed)


def accept_new_rules(project_id: int) -> None:
    """Where the button said so, accept the rules that stood above the box, before the words are sent.

    If others hold meanwhile nothing is accepted: the action asks again, and the words stay.
    """
    version = current_agreement(project_id) if request.form.get("do") == "accept" else None
    if version is not None and whole_number(request.form.get("accepts")) == version.id:
        accept_agreement(viewer(), version.number, version.project_id)


def say_held(is_held: bool) -> None:
    if is_held:
        flash(
            _("A moderator reads this first, and you are told within a day. Nothing is lost."),
            "info",
        )


def say_waiting(post: Post) -> None:
    """What became of a comment that is not shown at once: who reads it first, or when it is shown."""
    shown_at = queries.shown_at([post]).get(post.id)
    if shown_at is None:
        say_held(post.state == "pending")
    else:
        flash(delay_sentence(shown_at), "info")


def submits_for_now(form: Any, deed: Callable[[], Any]) -> Any:
    """As ``form.submits``; where somebody may not write just now, their words stay in the box, under why."""
    try:
        return form.submits(deed)
    except (TooMany, Limited) as refusal:
        (form.body if "body" in form else form.why).errors = [str(refusal)]
        return None
