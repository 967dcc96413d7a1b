"""Being on duty: a moderator says that they read what comes, until a time that ends by itself."""

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from civicforum.accounts.models import Actor, User
from civicforum.agreement import policies
from civicforum.agreement.models import DUTY_HOURS, Duty
from civicforum.db import db, now, transactional
from civicforum.errors import Invalid, require


@transactional
def begin_duty(actor: Actor, hours: int) -> Duty:
    """From now on, read what comes in every place one moderates; saying it again sets another end.

    Locks nothing: the row is one's own. Raises NotAllowed for who moderates nowhere, Invalid for other times
    than are offered.
    """
    require(policies.can_be_on_duty(actor), _("Only moderators are on duty."))
    assert isinstance(actor, User)
    if hours not in DUTY_HOURS:
        choices = ", ".join(map(str, DUTY_HOURS))
        raise Invalid(errors={"hours": [_("Choose one of: %(choices)s.", choices=choices)]})
    duty = _row_of(actor) or Duty(user_id=actor.id)
    duty.created_at = now()
    duty.ends_at = duty.created_at + timedelta(hours=hours)
    db.session.add(duty)
    db.session.flush()
    return duty


@transactional
def end_duty(actor: Actor) -> None:
    """Be off duty before the time is over; doing it twice changes nothing. What waits goes on waiting.

    Locks nothing: the row is one's own. Raises NotAllowed for who moderates nowhere.
    """
    require(policies.can_be_on_duty(actor), _("Only moderators are on duty."))
    duty = find_duty(actor)
    if duty is not None:
        duty.ends_at = now()


def find_duty(viewer: Actor) -> Duty | None:
    """The viewer's own duty, while it lasts."""
    duty = _row_of(viewer)
    return duty if duty is not None and duty.ends_at > now() else None


def list_duties() -> Sequence[Duty]:
    """Everybody who is on duty anywhere just now. For rooms above, which know who moderates where."""
    return db.session.scalars(select(Duty).where(Duty.ends_at > now()).order_by(Duty.id)).all()


def _row_of(viewer: Actor) -> Duty | None:
    return db.session.scalar(select(Duty).where(Duty.user_id == viewer.id))
