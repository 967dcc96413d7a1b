"""Access needs as commitments: asked, confirmed, provided, or an honest no."""

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.db import db, lock, transactional
from civicforum.errors import Invalid, NotFound, require
from civicforum.text import clean_text
from civicforum.townhalls import policies, queries
from civicforum.townhalls.actions.telling import tell_one
from civicforum.townhalls.models import NEED_STATES, Need, TownHall

MAXIMUM_REPLY = 500


@transactional
def settle_need(actor: Actor, town_hall_id: int, need_id: int, state: str, reply: str = "") -> Need:
    """Say what becomes of a need; its person is told of each change. A no needs a reason and an offer."""
    town_hall = lock(TownHall, town_hall_id)
    if not policies.can_see(actor, town_hall):
        raise NotFound
    require(policies.can_settle_needs(actor, town_hall))
    need = queries.get_need(actor, town_hall, need_id)
    reply = clean_text(reply).strip()
    _check(state, reply)
    if (need.state, need.reply) == (state, reply):
        return need
    need.state, need.reply, need.replied_by_id = state, reply, actor.id
    need.rsvp.revision += 1
    db.session.flush()
    tell_one(need.rsvp, "need")
    return need


def _check(state: str, reply: str) -> None:
    if state not in NEED_STATES:
        raise Invalid(errors={"state": [_("Choose what becomes of it.")]})
    if len(reply) > MAXIMUM_REPLY:
        raise Invalid(
            errors={"reply": [_("This is too long: at most %(most)d characters.", most=MAXIMUM_REPLY)]}
        )
    if state == "cannot_provide" and not reply:
        raise Invalid(errors={"reply": [_("Say why not, and what you can offer instead.")]})


@transactional
def purge_needs(actor: Actor, town_hall_id: int) -> None:
    """Forget who needed what, weeks after the meeting; how many asked and how many were met stays."""
    town_hall = lock(TownHall, town_hall_id)
    require(policies.can_purge_needs(actor))
    if town_hall.needs_asked is not None or not town_hall.is_over():
        return
    town_hall.needs_asked, town_hall.needs_met = queries.count_needs(town_hall)
    for need in queries.list_all_needs(town_hall.id):
        db.session.delete(need)
