"""A person's name and profile: asking the moderators to look, and what a moderator does about it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from civicforum.accounts.models import Actor, User
from civicforum.accounts.offers import Offer
from civicforum.accounts.queries import get_person
from civicforum.errors import NotFound, require
from civicforum.moderation import actions, forms, policies, queries, words
from civicforum.moderation.actions import Deed
from civicforum.moderation.actions.ties import tie_sentence
from civicforum.moderation.models import Flag
from civicforum.moderation.views.blueprint import bp
from civicforum.moderation.views.choices import act_about, person_choices, rules_offered
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer


def offer_to_look(viewer: Actor, person: User) -> list[Offer]:
    """On a person's page: flagging it, and what moderators of the site do about it."""
    offers = []
    if policies.can_flag_person(viewer, person):
        flag_url = url_for("moderation.flag_person", handle=person.handle)
        offers.append(Offer(_("Flag the name or profile"), flag_url, is_page=True))
    if policies.can_act_for_site(viewer) and viewer.id != person.id:
        look_url = url_for("moderation.moderate_person", handle=person.handle)
        offers.append(Offer(_("Look at it as a moderator"), look_url, is_page=True))
    return offers


@bp.route("/people/<handle>/flag", methods=["GET", "POST"])
@limited("flag")
def flag_person(handle: str) -> Any:
    person = get_person(handle)
    require(
        policies.can_flag_person(viewer(), person),
        _("You can flag names and profiles of other people, once signed in."),
    )
    mine = queries.find_own_flag_of_person(viewer(), person.id)
    form = forms.FlagPersonForm(**_as_flagged(mine))
    form.rule.choices = rules_offered()
    deed = lambda: actions.flag_person(  # noqa: E731 - one deed of one form
        viewer(), person.id, form.part.data, int(form.rule.data), form.note.data or ""
    )
    if form.submits(deed):
        flash(_("Thank you. A moderator looks at it; you will be told what was decided."), "success")
        return redirect(url_for("accounts.show_person", handle=person.handle))
    page = render_template("moderation/flag_person.html", person=person, form=form, mine=mine)
    return page, (422 if form.errors and request.method == "POST" else 200)


def _as_flagged(mine: Flag | None) -> dict[str, Any]:
    return {"part": mine.part, "rule": str(mine.rule.number), "note": mine.note} if mine else {}


@bp.post("/people/<handle>/flag/withdraw")
@limited("write")
def withdraw_flag_of_person(handle: str) -> Any:
    person = get_person(handle)
    actions.withdraw_flag_of_person(viewer(), person.id)
    flash(_("Your flag is taken back."), "success")
    return redirect(url_for("accounts.show_person", handle=person.handle))


@bp.get("/moderation/people/<handle>")
def moderate_person(handle: str) -> Any:
    """One person's name and profile before a moderator, and everything that was done about it."""
    return _person_page(handle)


@bp.post("/moderation/people/<handle>/leave")
@limited("write")
def leave_person(handle: str) -> Any:
    person = _person_before(handle)
    form = forms.ReasonForm()
    deed = lambda: act_about("person", person.id, Deed("leave", None, form.reason.data), form.version.data)  # noqa: E731 - one deed of one form
    if form.submits(deed) is None:
        return _person_page(handle, form), 422
    flash(_("It stays as it is. Those who flagged it were told."), "success")
    return redirect(url_for("moderation.queue"))


def _person_before(handle: str) -> User:
    """Somebody, for moderators of the whole site; NotFound for everybody else."""
    if not policies.can_act_for_site(viewer()):
        raise NotFound
    return get_person(handle)


def _person_page(handle: str, form: Any = None) -> Any:
    person = _person_before(handle)
    ties = queries.ties_to_person(viewer(), person.id)
    is_own = "author" in ties
    # Nobody reads who flagged them and what was said of it, moderators neither.
    case = None if is_own else queries.find_case_about("person", person.id)
    is_open = case is not None and case.closed_at is None
    return render_template(
        "moderation/person.html",
        person=person,
        case=case,
        flags=queries.open_flags(case),
        is_own=is_own,
        ties=ties,
        refusal=tie_sentence(ties),
        others=queries.count_free_of_person(viewer(), person) if ties else None,
        is_given=queries.is_name_given(person),
        choices=person_choices(person.handle, _pointless(person)),
        action_words=words.ACTIONS,
        is_waiting=is_open and case is not None and case.waits,
        form=form or forms.ReasonForm(formdata=None, version=case.version if case and is_open else 0),
    )


def _pointless(person: User) -> list[str]:
    """Measures that have nothing to act on just now."""
    nothing = []
    if queries.is_name_given(person):
        nothing.append("take_name")
    if not person.about and not person.neighbourhood:
        nothing.append("clear_profile")
    return nothing
