"""Making accounts: one signs up oneself, or somebody with the keys adds one."""

import itertools
import secrets
from collections.abc import Iterator
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete

from civicforum import jobs
from civicforum.accounts import arrivals, links, names, plain, policies, queries, wording
from civicforum.accounts.models import SITE_ROLES, SYSTEM, Actor, RoleGrant, User
from civicforum.db import after_commit, db, find_locked, lock, now, transactional
from civicforum.errors import Conflict, Invalid, require
from civicforum.live.doorbell import ring_person

UNCONFIRMED_DAYS = 7
# So many people of one name get a number; whoever comes later gets a handle by chance.
HANDLE_NUMBERS = 10


@transactional
def sign_up(
    actor: Actor,
    email: str,
    name: str,
    password_hash: str | None = None,
    locale: str | None = None,
) -> None:
    """Ask for an account; a mail to the address says how it goes on.

    Whether the address has an account already is told to nobody but its owner, by that mail. An
    account that nobody confirmed is overwritten: whoever reads the mail decides. If two sign-ups came with
    two passwords, neither holds: nobody can say whose is the reader's. Raises Invalid for a name or an
    address that cannot be had.
    """
    require(policies.can_sign_up(actor))
    email, name = checked_email(email), checked_name(name)
    wording.check_words({"name": name})
    user = queries.find_by_email(email)
    if user is None:
        user = insert_person(email, name, password_hash, locale, handle=_no_handle_yet())
        arrivals.greet(user, has_accepted_agreement=True)
    else:
        user = lock(User, user.id)
    if user.is_confirmed:
        jobs.enqueue("accounts.mail_existing", user_id=user.id, at=now().isoformat())
        return
    rename(user, name)
    user.password_hash = password_hash if user.password_hash == password_hash else None
    user.locale = locale
    user.link_version += 1
    jobs.enqueue("accounts.mail_confirmation", user_id=user.id)
    jobs.enqueue(
        "accounts.drop_unconfirmed",
        unique_key=f"drop-unconfirmed:{user.id}",
        run_at=now() + timedelta(days=UNCONFIRMED_DAYS),
        user_id=user.id,
    )


@transactional
def confirm_address(actor: Actor, token: str) -> User:
    """Confirm the address that a mailed link went to. Raises DeadLink for one that no longer works."""
    user = lock_by_token(token, "confirm")
    settle(user)
    return user


@transactional
def discard_sign_up(actor: Actor, token: str) -> None:
    """'That was not me': forget an account that was asked for with somebody else's address."""
    user = lock_by_token(token, "confirm")
    if not user.is_confirmed:
        _forget(user)


@transactional
def drop_unconfirmed(actor: Actor, user_id: int) -> None:
    """Forget a sign-up that nobody confirmed within a week."""
    require(actor is SYSTEM)
    user = find_locked(User, user_id)
    if user is not None and not user.is_confirmed:
        _forget(user)


@transactional
def add_person(
    actor: Actor,
    email: str,
    name: str,
    role: str = "resident",
    password_hash: str | None = None,
    locale: str | None = None,
) -> User:
    """Make a confirmed account, with a role in the whole site. Raises Conflict if the address has one,
    Invalid for a name with a listed word."""
    require(policies.can_add_people(actor))
    check_role(role)
    # Whoever has the keys may name people as they are called, twins and 'Admin' included.
    email, name = plain_email(email), plain_name(name)
    wording.check_words({"name": name})
    if queries.find_by_email(email) is not None:
        raise Conflict(_("%(email)s has an account already.", email=email))
    user = insert_person(email, name, password_hash, locale)
    user.email_confirmed_at = now()
    if role != "resident":
        user.grants.append(RoleGrant(role=role))
    arrivals.greet(user, has_accepted_agreement=False)
    db.session.flush()
    wording.let_look(user.id, {"name": user.name, "handle": user.handle})
    return user


def _forget(user: User) -> None:
    # By a statement: what belongs to the row goes with it in the database.
    user_id = user.id
    db.session.execute(delete(User).where(User.id == user_id))
    after_commit(lambda: ring_person(user_id))


# --- parts of actions ---


def settle(user: User) -> None:
    """Somebody proved that they read this address's mail: it is theirs, and older links are dead.

    Now the account takes its name and handle, which it did not while it was only asked for.
    """
    if not user.is_confirmed:
        rename(user, _free_name(user))
        user.handle = _free_handle(user.name)
        user.email_confirmed_at = now()
        db.session.flush()
        wording.let_look(user.id, {"name": user.name, "handle": user.handle})
    user.link_version += 1
    jobs.withdraw(f"drop-unconfirmed:{user.id}")


def _free_name(user: User) -> str:
    """The name that was asked for; with a number, if somebody else has been called that since."""
    numbered = (f"{user.name[: names.MAX_NAME_CHARACTERS - 4]} {number}" for number in range(2, 1000))
    return next(n for n in itertools.chain([user.name], numbered) if not queries.is_name_taken(n, user.id))


def _no_handle_yet() -> str:
    """What stands in the place of a handle until the address is confirmed: taken from nobody."""
    return f"new-{secrets.token_hex(12)}"


def lock_by_token(token: str, purpose: str) -> User:
    """The person whose link this is, held; DeadLink if it no longer fits them."""
    user_id, _extra = links.read_token(token, purpose)
    user = find_locked(User, user_id)
    if user is None or user.erased_at is not None:
        raise links.DeadLink
    links.check_token(user, token, purpose)
    return user


def checked_email(email: str) -> str:
    try:
        return names.normalize_email(email)
    except ValueError as error:
        raise Invalid(errors={"email": [str(error)]}) from error


def checked_name(name: str, but_for: int | None = None) -> str:
    try:
        clean = names.clean_name(name)
    except ValueError as error:
        raise Invalid(errors={"name": [str(error)]}) from error
    if queries.is_name_taken(clean, but_for):
        raise Invalid(
            errors={
                "name": [_("Somebody here is called that already. Add something, such as a middle initial.")]
            }
        )
    return clean


def plain_email(email: str) -> str:
    """As ``checked_email``, but also addresses of a network of one's own (``ana@town.local``)."""
    try:
        return names.normalize_email(email)
    except ValueError:
        clean = plain.plain_email(email)
        if clean is None:
            raise Invalid(errors={"email": [_("This is not an e-mail address.")]}) from None
        return clean


def plain_name(name: str) -> str:
    clean = plain.plain_name(name)
    if clean is None:
        raise Invalid(errors={"name": [_("A name has 1 to 60 characters.")]})
    return clean


def rename(user: User, name: str) -> None:
    user.name, user.name_skeleton = name, names.skeleton(name)[:120]


def check_role(role: str) -> None:
    if role not in ("resident", *SITE_ROLES):
        known = ", ".join(("resident", *SITE_ROLES))
        raise Invalid(
            errors={"role": [_("There is no role %(role)s; use %(known)s.", role=role, known=known)]}
        )


def insert_person(
    email: str, name: str, password_hash: str | None, locale: str | None, handle: str | None = None
) -> User:
    """A new row, with this handle or the first free one that fits the name."""
    handle = handle or _free_handle(name)
    user = User(email=email, handle=handle, password_hash=password_hash, locale=locale)
    rename(user, name)
    db.session.add(user)
    db.session.flush()
    return user


def _free_handle(name: str) -> str:
    return next(h for h in _handles(names.suggest_handle(name)) if not queries.is_handle_taken(h))


def _handles(base: str) -> Iterator[str]:
    """What somebody may be called in an address: ``ana``, ``ana-2`` …; without end, for a town of Anas."""
    yield base
    for number in range(2, 1 + HANDLE_NUMBERS):
        yield f"{base[:26]}-{number}"
    while True:
        yield f"{base[:21]}-{secrets.token_hex(4)}"
