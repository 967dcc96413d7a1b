"""What the gathering pages change: the site's own settings, and a reader's language."""

from typing import Any
from zoneinfo import available_timezones

from flask_babel import gettext as _

from civicforum.accounts.models import Actor, User
from civicforum.accounts.policies import can_administer
from civicforum.db import lock, transactional
from civicforum.errors import Invalid, NotAllowed, require
from civicforum.moderation.redress import LEAST_MONTHS
from civicforum.web.models import Site
from civicforum.web.site import lock_site

SITE_FIELDS = frozenset(
    {
        "name",
        "sentence",
        "contact_phone",
        "contact_address",
        "timezone",
        "locale",
        "independent_name",
        "independent_email",
        "access_statement",
        "answer_days",
        "appeal_months",
        "shows_links",
    }
)


@transactional
def change_site(actor: Actor, **changes: Any) -> Site:
    """Change what is given of ``SITE_FIELDS``. Raises Invalid for a time zone that there is not, or less
    time to contest a measure than the law gives."""
    site = lock_site()
    require(can_administer(actor))
    unknown = changes.keys() - SITE_FIELDS
    if unknown:
        raise TypeError(f"The site's {', '.join(sorted(unknown))} cannot be set.")
    if changes.get("timezone", site.timezone) not in available_timezones():
        raise Invalid(errors={"timezone": [_("This is not a time zone.")]})
    if changes.get("appeal_months", site.appeal_months) < LEAST_MONTHS:
        raise Invalid(errors={"appeal_months": [_("Six months is the least.")]})
    for name, value in changes.items():
        setattr(site, name, value)
    return site


@transactional
def choose_language(actor: Actor, locale: str) -> None:
    """Remember the language of somebody with an account; everybody may choose their own."""
    if not isinstance(actor, User):
        raise NotAllowed
    lock(User, actor.id).locale = locale
