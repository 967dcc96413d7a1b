"""Deciding a second look in part: a limit that somebody else found too long, or too wide."""

from datetime import datetime

from flask_babel import gettext as _

from civicforum.agreement.limits.models import PERSONAL
from civicforum.agreement.limits.setting import change_limit, settle_suspension
from civicforum.agreement.models import Limit
from civicforum.db import db, lock, now
from civicforum.errors import Conflict, Invalid
from civicforum.moderation import queries
from civicforum.moderation.kinds import Softer
from civicforum.moderation.models import Appeal


def soften(appeal: Appeal, softer: Softer) -> Limit:
    """Put a shorter or narrower limit in the place of the one that is contested, which ends.

    The thread and the case are locked; locks the limit, and last the person. Raises Conflict where it is over
    already, Invalid for what is not less than it was.
    """
    measure = appeal.measure
    limit = lock(Limit, measure.limit_id)
    if not limit.is_in_force():
        raise Conflict(_("This is over already, so nothing is left to make shorter. Uphold or overturn it."))
    kind = softer.kind or limit.kind
    until = now() + softer.lasts if softer.lasts is not None else limit.until
    _check_is_less(limit, kind, until)
    place = limit.place if kind == limit.kind else _place(appeal, kind)
    was, person_id = limit.kind, limit.user_id
    measure.limit = change_limit(limit, kind, place, until)
    db.session.flush()
    if was == "suspend" and person_id is not None:
        settle_suspension(person_id)
    return measure.limit


def _check_is_less(limit: Limit, kind: str, until: datetime) -> None:
    # From the smallest place to the widest.
    sizes = {name: size for size, name in enumerate(PERSONAL)}
    if sizes.get(kind, len(sizes)) > sizes[limit.kind]:
        raise Invalid(errors={"kind": [_("Choose a smaller place than it holds in now.")]})
    if not now() < until <= limit.until:
        raise Invalid(errors={"lasts": [_("Choose an end that is to come, and no later than it was.")]})
    if kind == limit.kind and until == limit.until:
        raise Invalid(errors={"lasts": [_("Make it shorter, or let it hold in a smaller place.")]})


def _place(appeal: Appeal, kind: str) -> str:
    post = queries.post_of(appeal.case)
    if post is None:
        raise Invalid(errors={"kind": [_("This is about a person, not about words in one place.")]})
    return post.thread.channel if kind == "mute" else f"project:{post.thread.project_id}"
