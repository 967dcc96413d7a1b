"""The page of one thread."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from civicforum.accounts.models import SYSTEM, Actor
from civicforum.discussions import actions, policies, queries, schemas
from civicforum.discussions.addresses import (
    page_start,
    post_url,
    room_url,
    thread_url,
)
from civicforum.discussions.forms import ReplyForm
from civicforum.discussions.models import QUIET_DAYS, Draft, Post, Thread, ThreadChange
from civicforum.discussions.views import previewing
from civicforum.discussions.views.answering import go_along, settle
from civicforum.discussions.views.balance import own_words
from civicforum.discussions.views.blueprint import bp
from civicforum.discussions.views.bylines import speaker
from civicforum.discussions.views.cards import make_cards
from civicforum.discussions.views.rail import make_rail, seen_url
from civicforum.discussions.views.sending import accept_new_rules, do_once, say_waiting, submits_for_now
from civicforum.discussions.words import prepare_words
from civicforum.errors import Limited, TooMany
from civicforum.files.tray import Tray, read_tray
from civicforum.notifications.queries import level_of
from civicforum.web import bodies
from civicforum.web.idempotency import Done
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

# What the address of a thread may say beside its name; url_for takes other words for its own.
PLACES = {"from", "quote", "reply_to"}
# What the room above does with whole threads.
ELSEWHERE = ("move_thread", "split_thread", "merge_thread")

bodies.taking_files.add("discussions.show_thread")


@dataclass(frozen=True)
class NewHere:
    """What of the thread is new to this person, and the seq at which that begins if they were here before."""

    told: queries.NewToYou
    first: int | None


@bp.get("/threads/<int:thread_id>", defaults={"slug": None})
@bp.route("/threads/<int:thread_id>/<slug>", methods=["GET", "POST"])
@limited("post")
def show_thread(thread_id: int, slug: str | None) -> Any:
    person = viewer()
    thread = queries.get_thread(person, thread_id)
    form, tray = ReplyForm(), read_tray(person) if policies.can_reply(person, thread) else Tray()
    if request.method == "GET":
        if queries.overdue_threads(thread.id):
            actions.show_due(SYSTEM, thread.id)
        new = _new_here(thread)
        return _elsewhere(thread, slug, new) or _draw_thread(thread, form, tray, new=new)
    if previewing.keep(form, thread.channel):
        return redirect(thread_url(thread, start=page_start(max(1, thread.last_seq)), _anchor="reply"))
    if previewing.is_asked_for("preview"):
        return _draw_thread(thread, form, tray, previewing.drawn(form))
    if previewing.is_asked_for("there"):
        return go_along(form, thread) or _draw_thread(thread, form, tray)
    try:
        done = form.submits(lambda: _post_reply(form, thread_id, tray)) if tray.is_ready else None
    except (TooMany, Limited) as refusal:
        # What was typed stays in the box, under when it may be sent.
        form.body.errors = [str(refusal)]
        page = _draw_thread(queries.get_thread(person, thread_id), form, tray)
        when = {"Retry-After": str(refusal.retry_after)} if isinstance(refusal, TooMany) else {}
        return page, refusal.status, when
    if done is None:
        return _draw_thread(queries.get_thread(person, thread_id), form, tray)
    post = queries.get_post(person, done.object_id)
    say_waiting(post)
    return redirect(post_url(post.thread, post.id, post.seq))


def _elsewhere(thread: Thread, slug: str | None, new: NewHere) -> Response | None:
    """Where this address leads instead: to the thread's own, or to where its reader goes on."""
    asked = PLACES & set(request.args)
    if slug != thread.slug:
        return redirect(thread_url(thread, **{name: request.args[name] for name in asked}))
    place = _place_to_open(thread, new)
    if place > 1 and not asked:
        return redirect(thread_url(thread, start=place, _anchor="new" if new.first else None))
    return None


def _post_reply(form: ReplyForm, thread_id: int, tray: Tray) -> Done:
    words, poll = prepare_words(form.body.data), form.asked()
    accept_new_rules(queries.get_thread(viewer(), thread_id).project_id)
    reply_to = form.reply_to.data or None

    def reply() -> Done:
        post = actions.post_reply(viewer(), thread_id, words, reply_to, tray.chosen, poll, forgets_draft=True)
        return Done(201, "post", post.id)

    return do_once(form.nonce.data, [thread_id, words.body, reply_to, tray.prints, poll], reply)


def _new_here(thread: Thread) -> NewHere:
    new = queries.new_in(viewer(), thread)
    return NewHere(new, queries.first_new(thread, new) if new.is_opened else None)


def _place_to_open(thread: Thread, new: NewHere) -> int:
    """Where a page begins for somebody who was here before: at what is new, or where they left off."""
    if not new.told.is_opened:
        return 1
    return page_start(max(1, new.first or thread.last_seq))


def _draw_thread(
    thread: Thread, form: ReplyForm, tray: Tray, preview: str | None = None, new: NewHere | None = None
) -> str:
    person, new = viewer(), new or _new_here(thread)
    # The revision first: what is committed in between is told again, and nothing is missed.
    told = schemas.tell_threads([thread])[0]
    readings = schemas.watch_readings(person)
    start = _start(thread)
    posts = queries.list_posts(person, thread, after=start - 1, limit=queries.PAGE_POSTS + 1)
    shown, is_end = posts[: queries.PAGE_POSTS], len(posts) <= queries.PAGE_POSTS
    own = queries.list_own_unpublished(person, thread) if is_end else []
    return render_template(
        "discussions/thread.html",
        thread=told,
        project=thread.project,
        cards=make_cards(person, [*shown, *own], new.told if new.told.is_opened else None, new.first),
        form=form,
        preview=preview,
        draft=_take_draft(form, thread),
        tray=tray,
        answering=settle(form, thread),
        readings=readings,
        rail=make_rail(person, thread, new.told, new.first),
        seen_url=seen_url(person, thread, shown),
        here=_here(shown, told.post_count),
        balance=queries.thread_balance(person, thread),
        own=own_words(person, thread, told.limits),
        lock=next((limit for limit in told.limits if limit.kind == "lock"), None),
        opening=_opening(shown),
        **_pages(thread, start, is_end),
        **_end_of(thread),
        **_tools(person, thread),
    )


def _pages(thread: Thread, start: int, is_end: bool) -> dict[str, Any]:
    """The addresses before, behind and of this page of the thread."""
    latest = page_start(max(1, thread.last_seq))
    return {
        "is_end": is_end,
        "previous_url": thread_url(thread, start=max(1, start - queries.PAGE_POSTS)) if start > 1 else None,
        "next_url": None if is_end else thread_url(thread, start=start + queries.PAGE_POSTS),
        "latest_url": None if is_end else thread_url(thread, start=latest),
        "reply_url": thread_url(thread, start=start),
        "public_url": thread_url(thread, _external=True),
    }


def _end_of(thread: Thread) -> dict[str, Any]:
    """Where a thread goes on that takes no more, for how long it was quiet, and what was done with it."""
    return {
        "following": _if_seen(thread.continued_in),
        "merged_into": _if_seen(thread.merged_into),
        "is_full": thread.is_full,
        "can_continue": queries.goes_on_in(thread) is None,
        "continue_url": url_for("discussions.continue_thread", thread_id=thread.id),
        "quiet_days": thread.quiet_days if thread.quiet_days > QUIET_DAYS else None,
        "changes": _changes(thread),
    }


def _tools(person: Actor, thread: Thread) -> dict[str, Any]:
    """What this person may do with the thread."""
    return {
        "can_reply": policies.can_reply(person, thread),
        "can_close": policies.can_close_thread(person, thread),
        "can_shape": policies.can_shape_thread(person, thread),
        "is_moderator": policies.can_moderate_thread(person, thread),
        "rooms": {name: room_url(f"moderation.moving.{name}", thread_id=thread.id) for name in ELSEWHERE},
        "room_url": _room_url(thread),
        "calm": _calm_urls(thread),
        "gate_url": _gate_url(thread),
        "mediation_url": room_url("mediation.choose", thread_id=thread.id),
        "speaker": speaker(person, thread.project),
        "level": level_of(person, thread.project_id, thread.id) if person.is_authenticated else None,
    }


def _changes(thread: Thread) -> list[tuple[ThreadChange, Thread | None]]:
    """What was done with the thread; another thread is named only to who may see it."""
    return [(change, _if_seen(change.other_thread)) for change in queries.list_changes(thread)]


def _if_seen(thread: Thread | None) -> Thread | None:
    return thread if thread is not None and policies.can_see_thread(viewer(), thread) else None


def _room_url(thread: Thread) -> str | None:
    """Where those who run the talk make room for others."""
    if not (policies.can_make_room(viewer(), thread) and thread.is_open and thread.project.is_open):
        return None
    return room_url("moderation.make_room", thread_id=thread.id)


def _calm_urls(thread: Thread) -> dict[str, str | None] | None:
    """Where moderators slow a thread, read newcomers first, or lock it."""
    slow = room_url("moderation.calm_thread", thread_id=thread.id, action="slow")
    if slow is None or not (policies.can_moderate_thread(viewer(), thread) and thread.is_open):
        return None
    return {
        "slow": slow,
        "delay": room_url("moderation.calm_thread", thread_id=thread.id, action="delay"),
        "lock": room_url("moderation.calm_thread", thread_id=thread.id, action="lock"),
        "gate": _gate_url(thread),
    }


def _gate_url(thread: Thread) -> str | None:
    """Where moderators let comments be read before they are shown."""
    if not (policies.can_set_gate(viewer(), thread) and thread.is_open and thread.project.is_open):
        return None
    return room_url("moderation.set_gate", thread_id=thread.id)


def _opening(shown: list[Post]) -> str | None:
    """The thread's first words, where they stand on this page and everybody may read them."""
    return shown[0].html if shown and shown[0].seq == 1 and shown[0].is_visible else None


def _start(thread: Thread) -> int:
    """The place that ``?from=SEQ`` asks for, within the thread."""
    wanted = request.args.get("from", default=1, type=int)
    return max(1, min(wanted, thread.last_seq or 1))


def _here(posts: list[Post], count: int) -> str | None:
    if not posts or (posts[0].seq == 1 and posts[-1].seq == count):
        return None
    return _("%(first)s to %(last)s of %(count)s", first=posts[0].seq, last=posts[-1].seq, count=count)


def _take_draft(form: ReplyForm, thread: Thread) -> Draft | None:
    """What this person has begun to write here, put into the empty form."""
    if request.method != "GET" or form.body.data:
        return None
    draft = queries.find_draft(viewer(), thread.channel)
    if draft is not None:
        form.body.data, form.reply_to.data = draft.body, draft.reply_to_id
    return draft


@bp.post("/threads/<int:thread_id>/organize/continue")
@limited("post")
def continue_thread(thread_id: int) -> Any:
    """Say the next thing where the thread is full: the words are in its continuation."""
    person = viewer()
    thread = queries.get_thread(person, thread_id)
    form = ReplyForm()
    if previewing.keep(form, thread.channel):
        return redirect(thread_url(thread, start=page_start(max(1, thread.last_seq)), _anchor="continue"))
    if previewing.is_asked_for("preview"):
        return _draw_thread(thread, form, Tray(), previewing.drawn(form))
    done = submits_for_now(form, lambda: _continue(form, thread_id))
    if done is None:
        return _draw_thread(thread, form, Tray())
    post = queries.get_post(person, done.object_id)
    say_waiting(post)
    flash(_("The thread was full: what you said is in the one that continues it."), "success")
    return redirect(post_url(post.thread, post.id, post.seq))


def _continue(form: ReplyForm, thread_id: int) -> Done:
    words, poll = prepare_words(form.body.data), form.asked()
    accept_new_rules(queries.get_thread(viewer(), thread_id).project_id)

    def go_on() -> Done:
        return Done(201, "post", actions.continue_thread(viewer(), thread_id, words, poll).id)

    return do_once(form.nonce.data, [thread_id, words.body, poll], go_on)


@bp.post("/threads/<int:thread_id>/follow")
@limited("write")
def follow(thread_id: int) -> Response:
    actions.follow_thread(viewer(), thread_id, request.form.get("level", ""))
    flash(_("Saved."), "success")
    return redirect(thread_url(queries.get_thread(viewer(), thread_id)))
