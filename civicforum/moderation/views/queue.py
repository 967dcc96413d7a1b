"""What waits, in one list; who looks at what, and notes about it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from civicforum.agreement.duty import find_duty
from civicforum.agreement.limits.queries import shared_limits
from civicforum.clock import now
from civicforum.discussions.queries import files_of_posts
from civicforum.discussions.schemas import tell_polls
from civicforum.live.changes import channel_revision, current_stream
from civicforum.moderation import actions, forms, policies, queries, words
from civicforum.moderation.queries import QueueCounts, QueueFilter
from civicforum.moderation.telling import CHANNEL
from civicforum.moderation.views.blueprint import bp
from civicforum.moderation.views.choices import offer_rules
from civicforum.web.filters import number
from civicforum.web.limits import limited
from civicforum.web.numbers import whole_number
from civicforum.web.viewer import viewer

# So many at once; whoever clears a bad hour may ask for more.
SIZES = (10, 25, 50)
NARROWS = ("about", "why", "project", "whose", "thread", "show")
ITEM = "/moderation/items/<any(case,hold):kind>/<int:item_id>"


@dataclass(frozen=True)
class Asked:
    """What the address of the page asks for. ``kept``: what the addresses on it keep of that."""

    form: forms.QueueFilterForm
    wanted: QueueFilter
    size: int
    kept: dict[str, Any]


@bp.get("/moderation")
def queue() -> Any:
    return queue_page()


def queue_page(
    form: forms.TogetherForm | None = None, chosen: Collection[str] = (), refusals: Sequence[Any] = ()
) -> str:
    """The queue as asked for; ``chosen`` are the keys that stay chosen, ``refusals`` what was not done."""
    counts = queries.count_waiting(viewer())
    asked = what_is_asked(counts)
    at = now()
    stream, revision = current_stream(), channel_revision(CHANNEL)
    page = queries.read_queue(viewer(), asked.wanted, request.args.get("cursor"), asked.size)
    posts = [item.post for item in page.items if item.post]
    return render_template(
        "moderation/queue.html",
        items=page.items,
        next_url=url_for("moderation.queue", **asked.kept, cursor=page.next) if page.next else None,
        counts=counts,
        total=at_least(counts.total, counts),
        asked=asked,
        sizes=SIZES,
        is_narrowed=asked.wanted != QueueFilter(),
        here={**asked.kept, **_cursor()},
        attachments=files_of_posts(posts),
        polls=tell_polls(viewer(), posts),
        histories=queries.histories_of(viewer(), [queries.identity_of(post) for post in posts]),
        paces=shared_limits([item.thread.channel for item in page.items if item.thread]),
        identity_of=queries.identity_of,
        together=form or together_form(),
        note_form=forms.QueueNoteForm(formdata=None),
        chosen=chosen,
        refusals=refusals,
        live={"channel": CHANNEL, "stream": stream, "revision": revision},
        duty=find_duty(viewer()),
        duty_form=forms.DutyForm(formdata=None),
        at=at,
        edits_templates=policies.can_edit_templates(viewer()),
        second_looks=queries.count_to_decide(viewer()),
    )


def at_least(count: int, counts: QueueCounts) -> str:
    """A count in words: where not all was counted, it is that many or more."""
    return _("%(number)s or more", number=number(count)) if counts.is_capped else number(count)


def what_is_asked(counts: QueueCounts) -> Asked:
    """The filters in the address; what nobody offers asks for everything."""
    form = forms.QueueFilterForm(request.args)
    _offer(form, counts)
    fields = {field.name: field.data or "" for field in form} if form.validate() else {}
    size = whole_number(request.args.get("show"))
    size = size if size in SIZES else SIZES[0]
    wanted = QueueFilter(
        kind=fields.get("about", ""),
        why=fields.get("why", ""),
        project_id=whole_number(fields.get("project")),
        whose=fields.get("whose", ""),
        thread_id=whole_number(fields.get("thread")),
    )
    kept = {name: value for name, value in fields.items() if value}
    return Asked(form, wanted, size, kept | ({"show": size} if size != SIZES[0] else {}))


def _offer(form: forms.QueueFilterForm, counts: QueueCounts) -> None:
    """Every choice with how many there are; a project is offered where something waits in it."""

    def counted(names: Any, found: Any) -> list[tuple[str, str]]:
        return [(str(key), f"{name} · {at_least(found[key], counts)}") for key, name in names]

    form.offer("about", counted(words.QUEUE_KINDS.items(), counts.kinds))
    form.offer("why", counted(words.WHYS.items(), counts.whys))
    form.offer("whose", counted(words.WHOSE.items(), counts.whose))
    # The one asked for may wait behind what was counted.
    asked = whole_number(request.args.get("project")) or 0
    rows = queries.projects_moderated(viewer(), [*counts.projects, asked])
    projects = {row.id: row.title for row in rows}
    form.offer("project", counted(projects.items(), counts.projects))


def together_form() -> forms.TogetherForm:
    form = forms.TogetherForm(**({"formdata": None} if request.method == "GET" else {}))
    offer_rules(form)
    return form


@bp.post(f"{ITEM}/claim")
@limited("write")
def claim_item(kind: str, item_id: int) -> Any:
    claim = actions.claim_item(viewer(), kind, item_id, request.form.get("takes_over") == "yes")
    if claim.taken_from is not None:
        flash(_("You look at it now, instead of %(name)s.", name=claim.taken_from.name), "success")
    return _back_to(kind, item_id)


@bp.post(f"{ITEM}/release")
@limited("write")
def release_item(kind: str, item_id: int) -> Any:
    actions.release_item(viewer(), kind, item_id)
    return _back_to(kind, item_id)


@bp.post(f"{ITEM}/notes")
@limited("write")
def add_note(kind: str, item_id: int) -> Any:
    queries.check_item(viewer(), kind, item_id)
    form = forms.QueueNoteForm()
    if form.submits(lambda: actions.add_note(viewer(), kind, item_id, form.text.data)) is None:
        return render_template("moderation/note.html", form=form), 422
    flash(_("Noted, for moderators alone."), "success")
    return _back_to(kind, item_id)


def _back_to(kind: str, item_id: int) -> Any:
    """To where it stands in the list, narrowed as it was; or to the page of the comment."""
    post_id = whole_number(request.args.get("post"))
    if post_id:
        return redirect(url_for("moderation.moderate_post", post_id=post_id))
    here = {**narrowed_as_asked(), **_cursor()}
    return redirect(url_for("moderation.queue", **here, _anchor=f"{kind}-{item_id}"))


def narrowed_as_asked() -> dict[str, Any]:
    """What the address asks for, to go on with; the page that it leads to finds out what of it is offered."""
    return {name: value for name in NARROWS if (value := request.args.get(name))}


def _cursor() -> dict[str, Any]:
    return {"cursor": cursor} if (cursor := request.args.get("cursor")) else {}


@bp.get("/moderation/news")
def queue_news() -> str:
    """What became of the things on somebody's page, and how many came since: for the page to read."""
    asked = what_is_asked(queries.count_waiting(viewer()))
    count = queries.count_since(viewer(), asked.wanted, _moment(request.args.get("since")))
    is_all = count < queries.MOST_COUNTED
    return render_template(
        "moderation/_news.html",
        count=count,
        words=ngettext("%(num)d new: show it", "%(num)d new: show them", count)
        if is_all
        else _("%(number)s or more are new: show them", number=number(count)),
        items=queries.read_news(viewer(), request.args.get("shown", "").split(",")[: max(SIZES)]),
        here=asked.kept,
        settled=words.ACTIONS,
    )


def _moment(text: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return now()
    return moment if moment.tzinfo and 1970 < moment.year < 9000 else now()
