"""Mails that people may stop: to one person, with the reason under it and a way out in one click."""

from typing import Any

from flask import url_for
from flask_babel import force_locale

from civicforum import mail
from civicforum.accounts.models import SYSTEM, User
from civicforum.jobs import GiveUp
from civicforum.notifications import actions, queries
from civicforum.notifications.stops import Stop, sign_stop
from civicforum.web.site import get_site


def in_language_of(user: User) -> Any:
    """What is worded inside is worded for this person, whoever's request or job it is."""
    return force_locale(user.locale or get_site().locale)


def mail_person(
    user: User,
    template: str,
    *,
    key: str,
    because: Any,
    stop: Stop,
    reply_to: str | None = None,
    **context: Any,
) -> bool:
    """Send it, unless there is no address that takes mail; says whether it left.

    An address that refuses for good is not tried again, until its person says so.
    """
    if not queries.can_be_mailed(user, queries.read_wishes(user)):
        return False
    address, user_id = user.email, user.id
    try:
        mail.send(
            address,
            template,
            locale=user.locale or get_site().locale,
            key=key,
            because=because_of(because, stop),
            reply_to=reply_to,
            person=user,
            **context,
        )
    except GiveUp:
        actions.note_refused(SYSTEM, user_id, address)
        raise
    return True


def because_of(sentence: Any, stop: Stop) -> mail.Because:
    """Why a mail comes, with the ways to stop it and to choose what else is mailed."""
    return mail.Because(
        sentence,
        url_for("notifications.stop_mails", token=sign_stop(stop), _external=True),
        url_for("notifications.mail_settings", _external=True),
    )
