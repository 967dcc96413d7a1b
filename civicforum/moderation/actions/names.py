"""Asking the moderators to look at a person's name or profile, and what follows when either changes.

A person is never hidden by what flags weigh: it orders the list, and a human decides.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from civicforum.accounts.models import SYSTEM, Actor, User
from civicforum.agreement.objections import spaced
from civicforum.agreement.queries import find_listed
from civicforum.db import db, lock, now, transactional
from civicforum.errors import Conflict, Invalid, NotFound, require
from civicforum.moderation import policies, queries, scoring
from civicforum.moderation.actions.cases import open_case
from civicforum.moderation.actions.flags import DAY, check_number, checked_rule
from civicforum.moderation.actions.measures.names import seen_words
from civicforum.moderation.kinds import PARTS, TAKES_BACK
from civicforum.moderation.models import Case, Flag
from civicforum.web.filters import localtime


@transactional
def flag_person(actor: Actor, person_id: int, part: str, rule_number: int, note: str) -> Flag:
    """Ask the moderators to look at a name or a profile. Flagging again changes what was said.

    Locks the person. Raises NotFound where there is no profile, Conflict for what a moderator left as it is
    within a day, TooMany for many in a day.
    """
    person = _lock_person(person_id)
    require(policies.can_flag_person(actor, person))
    assert isinstance(actor, User)
    if part not in PARTS:
        raise Invalid(errors={"part": [_("Choose one of: %(parts)s.", parts=", ".join(PARTS))]})
    rule = checked_rule(rule_number, note)
    _check_not_left(person)
    case = open_case(actor, "person", person.id, source="flag")
    flag = queries.find_own_flag_of_person(actor, person.id) or _begin_flag(actor, case)
    flag.case_id, flag.part, flag.rule_id, flag.note, flag.state = (
        case.id,
        part,
        rule.id,
        note.strip(),
        "open",
    )
    db.session.flush()
    _ask_anew(case)
    _weigh(case)
    return flag


def _lock_person(person_id: int) -> User:
    """Somebody whose profile can be seen, held."""
    person = db.session.get(User, person_id)
    if person is None or person.erased_at is not None or not person.is_confirmed:
        raise NotFound
    return lock(User, person_id)


def _check_not_left(person: User) -> None:
    left = queries.find_last_leaving(person.id)
    if left is None or now() - left.created_at >= DAY or left.was != seen_words(person):
        return
    raise Conflict(
        _(
            "A moderator looked at this very name and profile and left them. They can be flagged again if"
            " they are changed, or from %(time)s on.",
            time=localtime(left.created_at + DAY),
        )
    )


def _begin_flag(actor: User, case: Case) -> Flag:
    """A new flag, or the one in this case (what it was right about waits for the person to choose anew), or
    the one that was taken back; one of a case that is closed stays, and counts."""
    check_number(actor)
    flag = queries.find_flag_to_renew(actor, case)
    if flag is None:
        flag = Flag(user_id=actor.id)
        db.session.add(flag)
    flag.created_at = now()
    return flag


def _ask_anew(case: Case) -> None:
    """What waited for the person to choose other words waits for a moderator again."""
    if case.state == "decided":
        case.state = "open"
        case.version += 1


def _weigh(case: Case) -> None:
    case.score = scoring.score(queries.flaggers_of(case, None))


@transactional
def withdraw_flag_of_person(actor: Actor, person_id: int) -> None:
    """Take one's flag back; the case closes if nobody else asked for it and nothing was done.

    Doing it twice changes nothing. Locks the person. NotFound without a flag, Conflict once it is decided.
    """
    lock(User, person_id)
    flag = queries.get_own_flag_of_person(actor, person_id)
    require(policies.can_withdraw_flag(actor, flag))
    if flag.state in ("agreed", "disagreed"):
        raise Conflict(_("A moderator has decided about your flag, so it cannot be taken back any more."))
    flag.state = "withdrawn"
    db.session.flush()
    case = db.session.get_one(Case, flag.case_id)
    if case.closed_at is not None:
        return
    _weigh(case)
    if case.state == "open" and not queries.open_flags(case):
        _rest(case)


def _rest(case: Case) -> None:
    """Nobody asks any more: what was taken back in it goes on waiting for its person to choose anew."""
    if any(measure.action in TAKES_BACK for measure in case.measures):
        case.state = "decided"
    elif case.source == "flag":
        case.state, case.closed_at = "closed", now()


# --- inside the action of a person who changes their name or profile ---


def object_to_taken(field: str, text: str, user_id: int | None) -> Any:
    """What a moderator took back is not chosen again; a second look can give it back."""
    if user_id is None or not queries.was_taken(field, text, user_id):
        return None
    return _(
        "A moderator took this back, and your inbox has the reasons. Choose something else, or ask for a"
        " second look there."
    )


def look_at_words(user_id: int, words: Mapping[str, str]) -> None:
    """New words of a person: with a listed word that is worth a look, or in place of what was taken back,
    they come before the moderators. They are shown meanwhile."""
    case = queries.find_case_about("person", user_id)
    if case is not None and case.state == "decided":
        case.state, case.mended_at = "second_look", now()
        case.version += 1
    elif find_listed(spaced("\n".join(words.values())), "flag"):
        open_case(SYSTEM, "person", user_id, source="list")
