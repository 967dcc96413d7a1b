"""Several things decided alike, in one go."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from civicforum.errors import NotFound
from civicforum.moderation import actions, policies, queries
from civicforum.moderation.actions import Chosen, Deed, Refusal
from civicforum.moderation.views.blueprint import bp
from civicforum.moderation.views.queue import (
    SIZES,
    narrowed_as_asked,
    queue_page,
    together_form,
)
from civicforum.web.limits import limited
from civicforum.web.numbers import whole_number
from civicforum.web.viewer import viewer


@bp.post("/moderation/together")
@limited("write")
def decide_together() -> Any:
    """Publish, decline, hide or leave all that was chosen. What was refused stays chosen, and is named."""
    if not policies.can_see_queue(viewer()):
        raise NotFound
    chosen, action = _chosen(), request.form.get("deed", "")
    form = together_form()
    form.needs_reason = action != "approve"
    names = _names(chosen)
    keys = {each.key for each in chosen}

    def decide() -> list[Refusal]:
        return actions.decide_each(viewer(), chosen, _deed(form, action))

    is_sound = bool(chosen) and action in actions.TOGETHER
    refused = form.submits(decide) if is_sound else None
    if refused is None:
        if not is_sound:
            form.validate()
            form.form_errors.append(str(_("Choose what this is about, and what is to be done.")))
        return queue_page(form, keys), 422
    if refused:
        _tell_done(len(chosen) - len(refused))
        refusals = [(names.get(each.chosen.key), each) for each in refused]
        return queue_page(form, {each.chosen.key for each in refused}, refusals), 409
    _tell_done(len(chosen))
    return redirect(url_for("moderation.queue", **narrowed_as_asked()))


def _tell_done(count: int) -> None:
    if count:
        flash(ngettext("Done with %(num)d.", "Done with all %(num)d.", count), "success")


def _chosen() -> list[Chosen]:
    """What was chosen, each as it was seen: case-7-2 is case 7 at its version 2."""
    found = []
    for each in request.form.getlist("items")[: max(SIZES)]:
        kind, _dash, rest = each.partition("-")
        id_, _dash, version = rest.partition("-")
        number = whole_number(id_)
        if kind in ("case", "hold") and number:
            found.append(Chosen(kind, number, whole_number(version) or 0))
    return found


def _deed(form: Any, action: str) -> Deed:
    needs_rule = action in actions.CITING
    rule = whole_number(form.rule.data) if needs_rule else None
    return Deed(action, rule, "" if action == "approve" else form.reason.data or "")


def _names(chosen: Sequence[Chosen]) -> dict[str, Any]:
    """What each is about, to call it by; before anything is done, since some is seen no more afterwards."""
    ids = {kind: [each.id for each in chosen if each.kind == kind] for kind in ("case", "hold")}
    return queries.subjects_of(viewer(), ids["case"], ids["hold"])
