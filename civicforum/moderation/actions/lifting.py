"""Ending a limit before its time, because it is no longer needed."""

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.agreement.models import Limit
from civicforum.db import db, lock, transactional
from civicforum.errors import Conflict, Invalid, NotFound, require
from civicforum.moderation import policies
from civicforum.moderation.actions.deeds import Deed, site_only
from civicforum.moderation.actions.recording import record_measure, tell_measure
from civicforum.moderation.actions.ties import check_ties
from civicforum.moderation.actions.undoing import end_measured, lock_measure, thread_of
from civicforum.moderation.models import MAX_REASON, Measure


@transactional
def lift_measure(actor: Actor, measure_id: int, reason: str) -> Measure:
    """End what a measure set, early; whoever it bound is told, and a line goes into the public log.

    Locks the thread, the post, the case. NotFound as for the case, NotAllowed for who has a part in it,
    or may not set such a limit, Conflict where it is over already.
    """
    measure = db.session.get(Measure, measure_id)
    if measure is None or measure.limit_id is None:
        raise NotFound
    post = lock_measure(measure)
    thread = post.thread if post is not None else thread_of(measure.case)
    if not policies.can_work_on(actor, measure.case, thread.project if thread is not None else None):
        raise NotFound
    require(policies.can_undo(actor, measure), site_only())
    check_ties(actor, measure.case)
    if not 0 < len(reason.strip()) <= MAX_REASON:
        raise Invalid(errors={"reason": [_("Say why, in words the author can understand.")]})
    limit = lock(Limit, measure.limit_id)
    if not limit.is_in_force():
        raise Conflict(_("This is over already."))
    end_measured(limit)
    lifted = record_measure(actor, measure.case, Deed("lift", None, reason), None, post, thread)
    if limit.user_id is not None:
        tell_measure(actor, lifted, post, ())
    return lifted
