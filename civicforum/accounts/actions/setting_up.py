"""The first run: a town gets its name and its first administrator."""

from zoneinfo import available_timezones

from flask_babel import gettext as _

from civicforum import jobs
from civicforum.accounts import arrivals, policies, queries
from civicforum.accounts.actions.arriving import insert_person, plain_email, plain_name
from civicforum.accounts.models import Actor, RoleGrant, User
from civicforum.db import db, now, transactional
from civicforum.errors import Conflict, Invalid, require
from civicforum.web.site import lock_site


@transactional
def set_up_site(
    actor: Actor,
    *,
    site_name: str,
    sentence: str,
    timezone: str,
    locale: str,
    contact_phone: str,
    name: str,
    email: str,
    password_hash: str,
    independent_name: str = "",
    independent_email: str = "",
) -> User:
    """Name the town and its first administrator. Raises Conflict once there is one.

    The door has asked for the set-up code; a test mail goes to the administrator.
    """
    site = lock_site()
    if not policies.can_set_up(actor, queries.has_administrator()):
        raise Conflict(_("This town has been set up already. Sign in instead."))
    if timezone not in available_timezones():
        raise Invalid(errors={"timezone": [_("This is not a time zone.")]})
    site.name, site.sentence, site.contact_phone = site_name, sentence, contact_phone
    site.timezone, site.locale, site.set_up_at = timezone, locale, now()
    site.independent_name = independent_name
    site.independent_email = plain_email(independent_email) if independent_email else ""
    user = _first_administrator(plain_email(email), plain_name(name), password_hash, locale)
    arrivals.greet(user, has_accepted_agreement=True)
    jobs.enqueue("accounts.mail_test", user_id=user.id, at=now().isoformat())
    return user


def _first_administrator(email: str, name: str, password_hash: str, locale: str) -> User:
    # Somebody who tried signing up before the set-up would only stand in the way.
    if queries.find_by_email(email) is not None:
        raise Invalid(errors={"email": [_("This address has an account already; use another one.")]})
    user = insert_person(email, name, password_hash, locale)
    user.email_confirmed_at = now()
    user.grants.append(RoleGrant(role="administrator"))
    # A flag must reach somebody from the first day on.
    user.grants.append(RoleGrant(role="moderator"))
    db.session.flush()
    return user


@transactional
def send_test_mail(actor: Actor) -> None:
    """Mail a test to the administrator who asks for it."""
    require(policies.can_administer(actor))
    jobs.enqueue("accounts.mail_test", user_id=actor.id, at=now().isoformat())
