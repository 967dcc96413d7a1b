"""The clock's door: what comes due in offers and rooms, and mails that say only that there is something."""

from datetime import timedelta

from flask import Flask, current_app, url_for
from flask_babel import lazy_gettext as _

from civicforum import jobs, mail
from civicforum.accounts.models import SYSTEM
from civicforum.db import now
from civicforum.mail import Because
from civicforum.mediation import actions, queries
from civicforum.moderation import agreements
from civicforum.moderation import queries as moderation
from civicforum.notifications.queries import can_be_mailed, read_wishes
from civicforum.web.site import get_site

EVERY = timedelta(minutes=15)


def init_app(_app: Flask) -> None:
    agreements.on_agreement(actions.restore_mended)
    moderation.bind(queries.sat_together)


@jobs.task_of_round("mediation.tend", EVERY)
def tend() -> None:
    """Each in a transaction of its own: one that fails does not hold up the others."""
    keep_days = current_app.config["SETTINGS"].mediation_keep_days
    for mediation_id in queries.list_due(now(), keep_days):
        actions.tend_mediation(SYSTEM, mediation_id, keep_days)


@jobs.task("mediation.lift_limits")
def lift_limits(mediation_id: int) -> None:
    actions.lift_limits(SYSTEM, mediation_id)


@jobs.task("mediation.mail_person")
def mail_person(mediation_id: int, user_id: int) -> None:
    """One mail without content, if there is still something unread."""
    user = queries.find_reader(mediation_id, user_id)
    if user is None or not can_be_mailed(user, read_wishes(user)):
        return
    newest = queries.unread_of(mediation_id, [user_id])[user_id][-1]
    mail.send(
        user.email,
        "mediation/mail/something.md",
        locale=user.locale or get_site().locale,
        key=f"mediation:{user_id}:{newest}",
        because=Because(_("You get this because something waits for you, and for nobody else.")),
        name=user.name,
        url=url_for("mediation.list_mediations", _external=True),
    )
