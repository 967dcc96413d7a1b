"""The parts of a thread's page about who is heard: drawn with the page, and alone when it changes."""

from datetime import datetime

from flask import flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from civicforum.accounts.models import Actor
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
    return render_template("discussions/_own.html", own=own_words(person, thread), thread=thread)


def own_words(person: Actor, thread: Thread) -> dict[str, Nudge | str | datetime | None]:
    """``nudge``, and ``wait``: the sentence for who must wait; ``until``: the moment, for scripts.

    ``read_first_until``: until when somebody on duty reads first what this newcomer says.
    """
    again_at = queries.speaks_again_at(person, thread.id)
    return {
        "read_first_until": queries.is_read_first_until(person, thread),
        "nudge": queries.find_nudge(person, thread.id),
        "wait": actions.room_sentence(again_at) if again_at else None,
        "until": again_at.isoformat() if again_at else None,
    }


@bp.post("/threads/<int:thread_id>/nudge/dismiss")
@limited("write")
def dismiss_nudge(thread_id: int) -> Response:
    person = viewer()
    thread = queries.get_thread(person, thread_id)
    actions.dismiss_nudge(person, thread_id)
    flash(_("Put away. It is not said again in this thread."), "success")
    return redirect(thread_url(thread, _anchor="reply"))
