"""What follows when a second look was decided, whoever decided it; inside their action, under its locks."""

from flask_babel import gettext as _

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Actor
from civicforum.agreement.models import Rule
from civicforum.db import db, lock, now
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Post
from civicforum.errors import Conflict
from civicforum.moderation import policies, queries
from civicforum.moderation.actions.deeds import Deed
from civicforum.moderation.actions.measures.names import take_back
from civicforum.moderation.actions.measures.scene import Scene
from civicforum.moderation.actions.recording import open_flaggers, settle_flags, tell_flaggers, tell_measure
from civicforum.moderation.actions.recording_appeals import record_appeal
from civicforum.moderation.actions.undoing import undo_measure
from civicforum.moderation.actions.varying import soften
from civicforum.moderation.kinds import PARTS, Softer
from civicforum.moderation.models import Appeal, Case, Measure
from civicforum.notifications.actions import notify
from civicforum.web.site import get_site


def settle_appeal(
    actor: Actor, appeal: Appeal, outcome: str, reason: str, softer: Softer | None = None
) -> None:
    """Write the outcome down, carry it out, tell who asked. ``actor`` is SYSTEM for three residents."""
    appeal.state, appeal.outcome, appeal.reason = "decided", outcome, reason.strip()
    appeal.decided_at, appeal.decided_by_id = now(), actor.id
    appeal.version += 1
    db.session.flush()
    if outcome == "varied":
        _vary(actor, appeal, softer or Softer())
    else:
        carry_out = {"overturned": _overturn, "upheld": _uphold}[outcome]
        carry_out(actor, appeal)
    tell_outcome(actor, appeal)


def role_in(actor: Actor, appeal: Appeal) -> str:
    if appeal.way == "panel":
        return "three residents"
    is_named = policies.is_independent(actor, get_site().independent_email)
    return "independent person" if is_named else "moderator"


def _uphold(actor: Actor, appeal: Appeal) -> None:
    record_appeal(appeal, "upheld", role_in(actor, appeal))


def _overturn(actor: Actor, appeal: Appeal) -> None:
    if appeal.side == "flagger":
        _hide_after_all(actor, appeal)
    else:
        undo_measure(actor, appeal.measure, appeal.reason, role_in(actor, appeal))


def _vary(actor: Actor, appeal: Appeal, softer: Softer) -> None:
    """A limit is made less; what is hidden stays so, but its author may mend it once more."""
    if appeal.measure.limit_id is not None:
        limit = soften(appeal, softer)
        lock(Case, appeal.case_id).version += 1
        record_appeal(appeal, "varied", role_in(actor, appeal), limit=limit)
        return
    post = queries.post_of(appeal.case)
    if appeal.measure.action != "hide" or post is None or post.state != "hidden":
        raise Conflict(
            _("Only a limit, or what is hidden, can be changed in part. Uphold or overturn this one.")
        )
    for case in queries.cases_mended(post.id):
        case.mended_at = None
    _have_decided(lock(Case, appeal.case_id))
    record_appeal(appeal, "varied", role_in(actor, appeal))


def _hide_after_all(actor: Actor, appeal: Appeal) -> None:
    """The flag was right: its rule holds, and the author is told as of every measure, with all ways out."""
    flag, post = queries.find_refused_flag(appeal), queries.post_of(appeal.case)
    if flag is not None:
        flag.state = "agreed"
        if flag.part is not None:
            _take_back(actor, appeal, PARTS[flag.part], flag.rule)
        if post is not None and post.state == "visible":
            _hide(actor, appeal, flag.rule)
    record_appeal(appeal, "overturned", role_in(actor, appeal))


def _hide(actor: Actor, appeal: Appeal, rule: Rule) -> None:
    # The house carries it out: whoever decides a second look may be no moderator.
    post = discussions.hide_post(SYSTEM, appeal.case.target_id, rule)
    found = queries.find_case_about("post", post.id)
    case = lock(Case, found.id if found else appeal.case_id)
    measure = Measure(
        case_id=case.id,
        action="hide",
        rule_id=rule.id,
        reason=appeal.reason,
        actor_id=actor.id,
        target_revision=post.revision,
    )
    db.session.add(measure)
    _have_decided(case)
    record_appeal(appeal, "hide", role_in(actor, appeal), rule)
    _tell_hidden(case, measure, post)


def _take_back(actor: Actor, appeal: Appeal, action: str, rule: Rule) -> None:
    """Take the name or clear the profile, where there is still something of the person's own."""
    found = queries.find_case_about("person", appeal.case.target_id)
    case = lock(Case, found.id if found else appeal.case_id)
    try:
        was = take_back(Scene(case), Deed(action, rule.number, appeal.reason))
    except Conflict:
        return
    measure = Measure(
        case_id=case.id, action=action, rule_id=rule.id, reason=appeal.reason, actor_id=actor.id, was=was
    )
    db.session.add(measure)
    flaggers = open_flaggers(case)
    settle_flags(case, Deed(action, None, appeal.reason))
    _have_decided(case)
    record_appeal(appeal, action, role_in(actor, appeal), rule)
    tell_measure(actor, measure, None, flaggers)


def _have_decided(case: Case) -> None:
    case.state, case.closed_at = "decided", None
    case.version += 1
    db.session.flush()


def _tell_hidden(case: Case, measure: Measure, post: Post) -> None:
    # Others may have flagged it anew, and wait for an answer.
    flaggers = open_flaggers(case)
    settle_flags(case, Deed("hide", None, measure.reason))
    tell_flaggers(SYSTEM, measure, post, flaggers)
    notify([post.author_id], "post_hide", "post_case", post.id)
    key = f"measure:{measure.id}:author"
    jobs.enqueue("moderation.tell_author", unique_key=key, measure_id=measure.id)


def tell_outcome(actor: Actor, appeal: Appeal) -> None:
    """Who asked is told at once and by mail; who acted learns it, too."""
    notify([appeal.person_id], f"appeal_{appeal.outcome}", "appeal", appeal.id, actor_id=actor.id)
    acted = queries.list_who_acted(appeal.measure)
    notify(acted, f"yours_{appeal.outcome}", "appeal", appeal.id, actor_id=actor.id)
    key = f"appeal:{appeal.id}:decided"
    jobs.enqueue("moderation.mail_outcome", unique_key=key, appeal_id=appeal.id)


def tell_asked(appeal: Appeal) -> None:
    """Those who may decide are told; where nobody may, the administrators, so that they name somebody."""
    deciders = queries.list_deciders(appeal)
    notify(deciders, "appeal_asked", "appeal", appeal.id, actor_id=appeal.person_id)
    if get_site().independent_email:
        key = f"appeal:{appeal.id}:asked"
        jobs.enqueue("moderation.mail_asked", unique_key=key, appeal_id=appeal.id)
    elif not deciders:
        notify(queries.list_administrators(), "appeal_alone", "appeal_alone", appeal.id)
