"""The clock's door: reminders, and every mail about a town hall. Each asks how things are now."""

from typing import Any

from flask import current_app, url_for
from flask_babel import lazy_gettext as _

from civicforum import jobs, mail
from civicforum.accounts.models import SYSTEM, User
from civicforum.accounts.queries import find_user
from civicforum.errors import NotFound
from civicforum.mail import Because
from civicforum.notifications.mailing import because_of, mail_person
from civicforum.notifications.queries import read_wishes
from civicforum.notifications.stops import Stop
from civicforum.townhalls import actions, policies, queries, tokens
from civicforum.townhalls.calendar import calendar_text
from civicforum.townhalls.models import Rsvp, TownHall
from civicforum.townhalls.schemas import calendar_entry
from civicforum.web.site import get_site

# For each kind of mail: in which states of the answer it is still true.
TRUE_FOR = {
    "confirm": ("unconfirmed", "going", "maybe", "waitlisted", "not_going"),
    "answered": ("going", "maybe", "waitlisted"),
    "promoted": ("going",),
    "moved": ("going", "maybe", "waitlisted"),
    "cancelled": ("going", "maybe", "waitlisted"),
    "need": ("going", "maybe", "waitlisted"),
    "two_days": ("going", "maybe"),
    "two_hours": ("going", "maybe"),
    "summary": ("going", "maybe", "waitlisted", "not_going", "cancelled", "unconfirmed"),
}
# Mails about a meeting that is called off, or over, are no longer of use.
BEFORE = ("confirm", "answered", "promoted", "moved", "need", "two_days", "two_hours")
# Those that a person may stop; the others are about their own answer.
STOPPED_BY = {"two_days": "reminder", "two_hours": "reminder", "summary": "summary"}
WITH_CALENDAR = ("answered", "promoted", "moved", "cancelled", "two_days", "two_hours")


@jobs.task("townhalls.tell_all")
def tell_all(town_hall_id: int, what: str, number: int) -> None:
    actions.tell_all(SYSTEM, town_hall_id, what, number)


@jobs.task("townhalls.remind")
def remind(town_hall_id: int, kind: str) -> None:
    actions.remind(SYSTEM, town_hall_id, kind)


@jobs.task("townhalls.purge_needs")
def purge_needs(town_hall_id: int) -> None:
    actions.purge_needs(SYSTEM, town_hall_id)


@jobs.task("townhalls.tell_summary")
def tell_summary(town_hall_id: int) -> None:
    actions.tell_summary(SYSTEM, town_hall_id)


@jobs.task("townhalls.mail_answer")
def mail_answer(rsvp_id: int, what: str, number: int) -> None:
    """Mail one person about one answer, if it is still true."""
    try:
        row = queries.get_answer(rsvp_id)
    except NotFound:
        return
    if row.address is None or row.state not in TRUE_FOR[what] or not _is_timely(row, what):
        return
    mail.send(
        row.address,
        f"townhalls/mail/{what}.md",
        locale=_locale(row),
        key=f"rsvp:{row.id}:{what}:{number}",
        because=_because(row, what),
        attachments=_calendar(row.town_hall) if what in WITH_CALENDAR else (),
        **_context(row, what),
    )


def _is_timely(row: Rsvp, what: str) -> bool:
    """A guest's link, and whoever may no longer see the meeting, are looked at again."""
    town_hall = row.town_hall
    if row.user is not None and not (policies.can_see(row.user, town_hall) and _is_wanted(row.user, what)):
        return False
    return what not in BEFORE or (town_hall.status == "published" and not town_hall.is_over())


def _is_wanted(user: User, what: str) -> bool:
    return what not in STOPPED_BY or bool(getattr(read_wishes(user), STOPPED_BY[what]))


def _because(row: Rsvp, what: str) -> Because:
    """A guest stops all of them by cancelling: the link to their answer is in each."""
    if what == "confirm":
        return Because(_("You get this because somebody answered the invitation with this address."))
    sentence = _(
        "You get this because you answered the invitation to “%(title)s”.", title=row.town_hall.title
    )
    if row.user is None or what not in STOPPED_BY:
        return Because(sentence)
    return because_of(sentence, Stop(row.user.id, (STOPPED_BY[what],)))


def _locale(row: Rsvp) -> str:
    return (row.user.locale if row.user else row.locale) or row.locale or get_site().locale


def _context(row: Rsvp, what: str) -> dict[str, Any]:
    needs = [need for need in row.needs if need.state != "requested"] if what == "need" else []
    return {
        "town_hall": row.town_hall,
        "rsvp": row,
        "place": queries.count_ahead(row),
        "needs": needs,
        "page_url": _page(row.town_hall),
        "answer_url": _answer_url(row),
        "minutes_url": _minutes(row.town_hall),
    }


def _answer_url(row: Rsvp) -> str:
    """Where this answer is changed or cancelled, without signing in."""
    token = tokens.sign_answer(current_app.config["SECRET_KEY"], row.id)
    return url_for("townhalls.show_answer", token=token, _external=True)


def _page(town_hall: TownHall) -> str:
    return url_for("townhalls.show_town_hall", town_hall_id=town_hall.id, _external=True)


def _minutes(town_hall: TownHall) -> str:
    return url_for("townhalls.show_minutes", town_hall_id=town_hall.id, _external=True)


def _calendar(town_hall: TownHall) -> tuple[mail.Attachment, ...]:
    text = calendar_text([calendar_entry(town_hall, _page(town_hall))], town_hall.title)
    return (mail.Attachment(f"meeting-{town_hall.id}.ics", text, "calendar"),)


@jobs.task("townhalls.mail_writer")
def mail_writer(town_hall_id: int, user_id: int) -> None:
    """Mail the summary to somebody who wrote in the discussion, but did not come."""
    user = find_user(user_id)
    if user is None or user.erased_at is not None:
        return
    try:
        town_hall = queries.get_town_hall(user, town_hall_id)
    except NotFound:
        return
    if not read_wishes(user).summary:
        return
    mail_person(
        user,
        "townhalls/mail/summary.md",
        key=f"townhall:{town_hall.id}:summary:user:{user.id}",
        because=_(
            "You get this because you wrote in the discussion before “%(title)s”.", title=town_hall.title
        ),
        stop=Stop(user.id, ("summary",)),
        town_hall=town_hall,
        rsvp=None,
        minutes_url=_minutes(town_hall),
    )
