"""The parts of a thread's page about who is heard: drawn with the page, and alone when it changes."""

from collections.abc import Sequence
from datetime import datetime

from flask import flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from civicforum.accounts.models import Actor
from civicforum.agreement.limits.models import DELAY, Limit
from civicforum.agreement.limits.words import own_sentence, wait_sentence
from civicforum.discussions import actions, queries
from civicforum.discussions.addresses import thread_url
from civicforum.discussions.models import Nudge, Thread
from civicforum.discussions.views.blueprint import bp
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer


@bp.get("/threads/<int:thread_id>/balance")
def show_balance(thread_id: int) -> str:
    """Who is heard here, as everybody may know it."""
    person = viewer()
    thread = queries.get_thread(person, thread_id)
    return render_template(
        "discussions/_balance.html", balance=queries.thread_balance(person, thread), project=thread.project
    )


@bp.get("/threads/<int:thread_id>/own")
def show_own(thread_id: int) -> str:
    """What only this viewer is told above the composer: a quiet word, or when they may write again."""
    person = viewer()
    thread = queries.get_thread(person, thread_id)
    return render_template(
        "discussions/_own.html",
        own=own_words(person, thread, queries.limits_of([thread])[thread.id]),
        thread=thread,
    )


def own_words(
    person: Actor, thread: Thread, limits: Sequence[Limit]
) -> dict[str, Nudge | str | bool | datetime | None]:
    """``nudge``, and ``wait``: the sentence for who must wait; ``until``: the moment, for scripts.
    ``read_first_until``: until when somebody on duty reads first what this newcomer says. ``delayed_until``:
    until when what anybody says here is shown a little later.

    ``is_limited``: a moderator's limit binds this person, and nothing can be written meanwhile.
    """
    limit = queries.own_limit_in(person, thread)
    wait, until = (own_sentence(limit), limit.until) if limit else _wait(person, thread, limits)
    return {
        "read_first_until": queries.is_read_first_until(person, thread),
        "nudge": queries.find_nudge(person, thread.id),
        "is_limited": limit is not None,
        "wait": wait,
        "until": until.isoformat() if until else None,
        "delayed_until": next((each.until for each in limits if each.kind == DELAY), None),
    }


def _wait(person: Actor, thread: Thread, limits: Sequence[Limit]) -> tuple[str | None, datetime | None]:
    """How long whoever spoke just now, or most, waits for the others."""
    slow = next((limit for limit in limits if limit.kind == "slow"), None)
    slow_until = queries.slow_until(person, thread, slow)
    if slow is not None and slow_until is not None:
        return wait_sentence(slow, slow_until), slow_until
    again_at = queries.speaks_again_at(person, thread.id)
    return (actions.room_sentence(again_at), again_at) if again_at else (None, None)


@bp.post("/threads/<int:thread_id>/nudge/dismiss")
@limited("write")
def dismiss_nudge(thread_id: int) -> Response:
    person = viewer()
    thread = queries.get_thread(person, thread_id)
    actions.dismiss_nudge(person, thread_id)
    flash(_("Put away. It is not said again in this thread."), "success")
    return redirect(thread_url(thread, _anchor="reply"))
