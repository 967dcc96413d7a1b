"""A poll in a post: voting, closing, what comes of it; and putting one into a post."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from civicforum.discussions import actions, policies, queries
from civicforum.discussions.addresses import post_url
from civicforum.discussions.forms import OutcomeForm, PollForm, VoteForm, last_day, today
from civicforum.discussions.models import Poll
from civicforum.discussions.views.blueprint import bp
from civicforum.discussions.views.cards import make_cards
from civicforum.discussions.views.sending import accept_new_rules, do_once, say_waiting, submits_for_now
from civicforum.discussions.words import prepare_words
from civicforum.errors import NotFound
from civicforum.web.filters import localtime
from civicforum.web.idempotency import Done
from civicforum.web.limits import check_limit, limited
from civicforum.web.numbers import whole_number
from civicforum.web.viewer import viewer


@bp.get("/polls/<int:poll_id>")
def show_poll(poll_id: int) -> Response:
    """The poll, in its post."""
    return redirect(_url(queries.get_poll(viewer(), poll_id)))


@bp.get("/polls/<int:poll_id>/results")
def show_results(poll_id: int) -> str:
    """What the poll offers this viewer, alone: the live page asks for it when the poll has changed."""
    person = viewer()
    card = make_cards(person, [queries.get_poll(person, poll_id).post])[0]
    return render_template("discussions/_poll.html", card=card)


@bp.route("/polls/<int:poll_id>/vote", methods=["GET", "POST"])
@limited("write")
def vote(poll_id: int) -> Any:
    """The poll on a page of its own, which keeps what was chosen where something is missing."""
    person = viewer()
    poll = queries.get_poll(person, poll_id)
    form = VoteForm()
    done = submits_for_now(form, lambda: _cast(form, poll_id))
    if done is None:
        poll = queries.get_poll(person, poll_id)
        card = make_cards(person, [poll.post])[0]
        typed = _typed() if request.method == "POST" else None
        return render_template(
            "discussions/vote.html",
            form=form,
            card=card,
            typed=typed,
            project=poll.post.thread.project,
            back_url=_url(poll),
        )
    if done.kind == "post":
        say_waiting(queries.get_post(person, done.object_id))
    flash(_("Your vote counts. You can change it until %(when)s.", when=localtime(poll.closes_at)), "success")
    return redirect(_url(queries.get_poll(person, poll_id)))


def _cast(form: VoteForm, poll_id: int) -> Done:
    choices = _typed()
    if not (form.why.data or "").strip():
        return Done(200, "poll", actions.cast_vote(viewer(), poll_id, choices).id)
    check_limit("post")
    why = prepare_words(form.why.data)
    accept_new_rules(queries.get_poll(viewer(), poll_id).post.thread.project_id)

    def say() -> Done:
        return Done(201, "post", actions.vote_and_say(viewer(), poll_id, choices, why).id)

    return do_once(form.nonce.data, [poll_id, sorted(choices.items()), why.body], say)


def _typed() -> dict[int, int]:
    """What was chosen: options by name, or a score for each."""
    chosen = {number: 1 for text in request.form.getlist("choice") if (number := whole_number(text))}
    for name, text in request.form.items():
        option, score = whole_number(name.removeprefix("score-")), whole_number(text)
        if name.startswith("score-") and option and score is not None:
            chosen[option] = score
    return chosen


@bp.post("/polls/<int:poll_id>/vote/withdraw")
@limited("write")
def take_back_vote(poll_id: int) -> Response:
    poll = actions.take_back_vote(viewer(), poll_id)
    flash(_("You took your vote back."), "success")
    return redirect(_url(poll))


@bp.post("/polls/<int:poll_id>/close")
@limited("write")
def close_poll(poll_id: int) -> Response:
    """Close it, and go on to what happens next."""
    poll = actions.close_poll(viewer(), poll_id)
    flash(_("The poll is closed, and everyone sees the counts."), "success")
    return redirect(_url(poll))


@bp.route("/polls/<int:poll_id>/outcome", methods=["GET", "POST"])
@limited("write")
def write_outcome(poll_id: int) -> Any:
    person = viewer()
    poll = queries.get_poll(person, poll_id)
    if not policies.can_write_outcome(person, poll.post) or not poll.is_closed():
        raise NotFound
    form = OutcomeForm(words=poll.outcome, review_on=poll.review_on)
    written = form.submits(
        lambda: actions.write_outcome(person, poll_id, form.words.data, form.review_on.data)
    )
    if written is None:
        poll = queries.get_poll(person, poll_id)
        return render_template(
            "discussions/outcome.html",
            form=form,
            poll=poll,
            card=make_cards(person, [poll.post])[0],
            back_url=_url(poll),
            today=today(),
        )
    flash(_("It stands at the poll now, and those who voted are told."), "success")
    return redirect(_url(written))


@bp.route("/posts/<int:post_id>/poll", methods=["GET", "POST"])
@limited("write")
def set_poll(post_id: int) -> Any:
    """Ask with a comment that is there already, or ask otherwise while nobody has voted."""
    person = viewer()
    post = queries.get_post(person, post_id)
    if not policies.can_set_poll(person, post):
        raise NotFound
    form = PollForm(revision=post.revision, **_as_asked(queries.find_poll(post_id)))
    poll = form.submits(lambda: _set(form, post_id))
    if poll is None:
        post = queries.get_post(person, post_id)
        return render_template(
            "discussions/set_poll.html",
            form=form,
            post=post,
            today=today(),
            back_url=post_url(post.thread, post.id, post.seq),
        )
    say_waiting(poll.post)
    return redirect(_url(poll))


def _set(form: PollForm, post_id: int) -> Poll:
    return actions.set_poll(viewer(), post_id, form.as_poll(), form.revision.data)


def _as_asked(poll: Poll | None) -> dict[str, Any]:
    """What the form shows of the poll that is there."""
    if poll is None:
        return {}
    lines = "" if poll.kind == "sense" else "\n".join(option.text for option in poll.options)
    return {
        "poll_question": poll.question,
        "poll_kind": poll.kind,
        "poll_options": lines,
        "poll_closes_on": last_day(poll.closes_at),
        "poll_results": poll.results,
    }


def _url(poll: Poll) -> str:
    return post_url(poll.post.thread, poll.post_id, poll.post.seq)
