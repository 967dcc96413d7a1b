"""A project's threads, and a new one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.discussions import actions, policies, queries, schemas
from civicforum.discussions.addresses import (
    thread_url,
)
from civicforum.discussions.forms import KIND_WORDS, TagsForm, ThreadForm
from civicforum.discussions.models import THREAD_KINDS, Tag, Thread
from civicforum.discussions.views import previewing
from civicforum.discussions.views.blueprint import bp
from civicforum.discussions.views.bylines import speaker
from civicforum.discussions.views.sending import accept_new_rules, do_once, say_held, submits_for_now
from civicforum.discussions.words import prepare_title, prepare_words
from civicforum.errors import NotAllowed
from civicforum.files.tray import Tray, read_tray
from civicforum.partnerships.models import Project
from civicforum.partnerships.queries import get_project
from civicforum.text import excerpt_of_html
from civicforum.web import bodies
from civicforum.web.idempotency import Done
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

bodies.taking_files.add("discussions.new_thread")
STATUSES = ("open", "closed", "archived")
# Words, address, whether it is chosen, why: as ``nav.sort`` takes it.
Choice = tuple[str, str, bool, str | None]


@bp.get("/projects/<slug>/threads")
def list_threads(slug: str) -> str:
    person = viewer()
    project = get_project(person, slug)
    wanted = _wanted()
    cursor = request.args.get("cursor")
    readings = schemas.watch_readings(person)
    page = queries.list_threads(person, project, cursor, wanted=wanted)
    pinned = queries.list_pinned(person, project) if wanted.is_anything and not cursor else []
    shown = [*pinned, *page.items]
    told = schemas.tell_threads(shown)
    return render_template(
        "discussions/list.html",
        project=project,
        wanted=wanted,
        filters=_filters(project, wanted, queries.list_tags(project)),
        pinned=told[: len(pinned)],
        threads=told[len(pinned) :],
        openings=_openings(shown),
        readings=readings,
        new=queries.new_to(person, shown),
        next_cursor=page.next,
        can_set_tags=policies.can_set_tags(person, project),
        can_start=policies.can_start_thread(person, project),
    )


def _wanted() -> queries.Wanted:
    """What the address asks for; words that are none of ours ask for nothing."""
    kind, status, tag = (request.args.get(name) for name in ("kind", "status", "tag"))
    wanted = queries.Wanted(
        kind=kind if kind in THREAD_KINDS else None,
        status=status if status in STATUSES else None,
        tag=tag[:60] if tag else None,
    )
    return replace(wanted, is_pinned=False) if wanted.is_anything else wanted


def _filters(project: Project, wanted: queries.Wanted, tags: Sequence[Tag]) -> list[tuple[str, list[Choice]]]:
    """What the list can be narrowed to, as links; a choice keeps the others."""

    def choices(name: str, pairs: Iterable[tuple[str | None, Any]]) -> list[Choice]:
        chosen: dict[str, Any] = {"kind": wanted.kind, "status": wanted.status, "tag": wanted.tag}
        return [
            (
                words,
                url_for("discussions.list_threads", slug=project.slug, **{**chosen, name: value}),
                chosen[name] == value,
                None,
            )
            for value, words in [(None, _("All")), *pairs]
        ]

    found = [
        (_("Kind of thread"), choices("kind", KIND_WORDS.items())),
        (
            _("How it stands"),
            choices("status", [("open", _("Open")), ("closed", _("Closed")), ("archived", _("Put away"))]),
        ),
    ]
    if tags:
        found.append((_("Tag"), choices("tag", [(tag.slug, tag.name) for tag in tags])))
    return found


def _openings(threads: Sequence[Thread]) -> dict[int, str]:
    """How each thread begins, in a line."""
    posts = queries.opening_posts([thread.id for thread in threads])
    return {thread_id: excerpt_of_html(post.html) for thread_id, post in posts.items() if post.is_visible}


@bp.route("/projects/<slug>/threads/new", methods=["GET", "POST"])
@limited("post")
def new_thread(slug: str) -> Any:
    person = viewer()
    project = get_project(person, slug)
    if not policies.can_start_thread(person, project):
        _refuse_start(person)
    form, tray = ThreadForm(), read_tray(person)
    form.offer(queries.list_tags(project), policies.can_start_kind(person, project, "announcement"))
    place = f"project:{project.id}"
    if previewing.keep(form, place):
        return redirect(url_for("discussions.list_drafts"))
    if previewing.is_asked_for("preview"):
        return _draw_new(form, tray, project, previewing.drawn(form))
    if request.method == "GET":
        _take_draft(form, place)
    start = lambda: _start_thread(form, project.id, tray)  # noqa: E731 - one deed of one form
    done = submits_for_now(form, start) if tray.is_ready else None
    if done is None:
        return _draw_new(form, tray, project)
    thread = queries.get_thread(person, done.object_id)
    say_held(thread.status == "pending")
    return redirect(thread_url(thread))


def _draw_new(form: ThreadForm, tray: Tray, project: Project, preview: str | None = None) -> str:
    return render_template(
        "discussions/new.html",
        form=form,
        tray=tray,
        project=project,
        preview=preview,
        speaker=speaker(viewer(), project),
    )


def _take_draft(form: ThreadForm, place: str) -> None:
    """What this person has begun to write here."""
    draft = queries.find_draft(viewer(), place)
    if draft is not None:
        form.title.data, form.body.data = draft.title, draft.body


def _refuse_start(person: Actor) -> None:
    if not person.is_authenticated:
        raise NotAllowed
    raise NotAllowed(
        _("You cannot start a thread here just now: the project is over, or your account may not write.")
    )


def _start_thread(form: ThreadForm, project_id: int, tray: Tray) -> Done:
    title, words, poll = prepare_title(form.title.data), prepare_words(form.body.data), form.asked()
    kind, tags = form.kind.data, form.chosen_tags
    accept_new_rules(project_id)

    def start() -> Done:
        thread = actions.start_thread(
            viewer(), project_id, title, words, tray.chosen, kind=kind, tags=tags, poll=poll
        )
        return Done(201, "thread", thread.id)

    return do_once(form.nonce.data, [project_id, title, words.body, kind, tags, tray.prints, poll], start)


@bp.route("/projects/<slug>/tags", methods=["GET", "POST"])
@limited("write")
def set_tags(slug: str) -> Any:
    """The words under which this project's threads are found."""
    person = viewer()
    project = get_project(person, slug)
    if not policies.can_set_tags(person, project):
        raise NotAllowed
    tags = queries.list_tags(project)
    form = TagsForm(names="\n".join(tag.name for tag in tags))
    if form.submits(lambda: _set_tags(form, project.id)):
        flash(_("The tags are saved."), "success")
        return redirect(url_for("discussions.list_threads", slug=project.slug))
    return render_template("discussions/tags.html", form=form, project=project)


def _set_tags(form: TagsForm, project_id: int) -> bool:
    actions.set_tags(viewer(), project_id, (form.names.data or "").splitlines())
    return True
