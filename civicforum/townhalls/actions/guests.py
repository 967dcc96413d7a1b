"""Answers without an account: a link by mail, and a button behind it."""

from civicforum.accounts.models import Actor, Guest
from civicforum.accounts.names import clean_name, normalize_email
from civicforum.accounts.queries import find_by_email
from civicforum.db import db, lock, transactional
from civicforum.errors import Invalid, require
from civicforum.townhalls import policies, queries
from civicforum.townhalls.actions.answers import (
    checked,
    give_back,
    lock_visible,
    new_row,
    refuse_if_closed,
    settle,
    write_needs,
)
from civicforum.townhalls.actions.telling import mail_one
from civicforum.townhalls.models import Rsvp, TownHall
from civicforum.townhalls.wishes import Wish


@transactional
def ask_by_mail(actor: Actor, town_hall_id: int, name: str, email: str, wish: Wish, locale: str) -> None:
    """Send a link to ``email``: no seat is taken until its reader presses the button there.

    Whether the address is known here is not told: it gets a link to its own answer in every case.
    """
    town_hall = lock_visible(actor, town_hall_id)
    require(policies.can_ask_by_mail(actor, town_hall))
    refuse_if_closed(town_hall)
    wish = checked(town_hall, wish)
    name, email = _clean_guest(name, email)
    user = find_by_email(email)
    account = user if user is not None and user.is_confirmed else None
    row = (
        queries.find_person_answer(town_hall.id, account)
        if account
        else queries.find_guest(town_hall.id, email)
    )
    if row is None:
        row = new_row(town_hall)
        if account:
            row.user = account
        else:
            row.guest_email = email
    if row.state in ("unconfirmed", "cancelled"):
        row.guest_name = "" if row.user else name
        row.state, row.mode, row.party_size = "unconfirmed", wish.mode, wish.party_size
        row.locale = locale
        write_needs(row, wish.needs)
    row.revision += 1
    db.session.flush()
    mail_one(row, "confirm", row.revision)


def _clean_guest(name: str, email: str) -> tuple[str, str]:
    errors = {}
    try:
        name = clean_name(name)
    except ValueError as wrong:
        errors["name"] = [str(wrong)]
    try:
        email = normalize_email(email)
    except ValueError as wrong:
        errors["email"] = [str(wrong)]
    if errors:
        raise Invalid(errors=errors)
    return name, email


@transactional
def answer_by_mail(actor: Guest, rsvp_id: int, wish: Wish | None = None) -> Rsvp:
    """Confirm (``wish`` None: what was asked for) or change the answer whose signed link was opened."""
    row = queries.get_answer(rsvp_id)
    town_hall = lock(TownHall, row.town_hall_id)
    row = lock(Rsvp, rsvp_id)
    require(policies.can_answer_by_mail(actor, row))
    refuse_if_closed(town_hall)
    if wish is None and row.state != "unconfirmed":
        return row  # the button was pressed twice
    wish = wish or Wish("going", row.mode, row.party_size, None)
    return settle(town_hall, row, checked(town_hall, wish))


@transactional
def cancel_by_mail(actor: Guest, rsvp_id: int) -> Rsvp:
    """Cancel the answer whose signed link was opened."""
    row = queries.get_answer(rsvp_id)
    town_hall = lock(TownHall, row.town_hall_id)
    row = lock(Rsvp, rsvp_id)
    require(policies.can_answer_by_mail(actor, row))
    return give_back(town_hall, row)
