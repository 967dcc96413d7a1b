"""Flags about a person's name or profile, and what was taken back of them."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select

from civicforum.accounts.models import Actor, User
from civicforum.accounts.names import skeleton
from civicforum.db import db
from civicforum.errors import NotFound
from civicforum.moderation.kinds import TAKES_BACK
from civicforum.moderation.models import Case, Flag, Measure
from civicforum.moderation.queries.cases import measures_about


def find_own_flag_of_person(viewer: Actor, person_id: int) -> Flag | None:
    """The viewer's flag about this person that nobody has decided yet."""
    return db.session.scalar(_own_flags(viewer, person_id).where(Flag.state == "open").limit(1))


def get_own_flag_of_person(viewer: Actor, person_id: int) -> Flag:
    """The viewer's latest flag about this person, open or decided; NotFound if there is none."""
    flag = db.session.scalar(_own_flags(viewer, person_id).limit(1))
    if flag is None:
        raise NotFound
    return flag


def find_flag_to_renew(viewer: Actor, case: Case) -> Flag | None:
    """The viewer's flag in this very case, of which there is one; or else one that was taken back."""
    is_here = Flag.case_id == case.id
    found = _own_flags(viewer, case.target_id).where(or_(is_here, Flag.state == "withdrawn"))
    return db.session.scalar(found.order_by(None).order_by(is_here.desc(), Flag.id.desc()).limit(1))


def _own_flags(viewer: Actor, person_id: int) -> Select[Flag]:
    return (
        select(Flag)
        .join(Case, Case.id == Flag.case_id)
        .where(Case.target_type == "person", Case.target_id == person_id, Flag.user_id == (viewer.id or 0))
        .order_by(Flag.id.desc())
    )


def find_flagged_by(viewer: Actor, case_ids: Sequence[int]) -> Sequence[Case]:
    """Those of these cases about persons in which the viewer flagged."""
    own = select(Flag.case_id).where(Flag.user_id == (viewer.id or 0), Flag.state != "withdrawn")
    return db.session.scalars(
        select(Case).where(Case.id.in_(case_ids), Case.target_type == "person", Case.id.in_(own))
    ).all()


def find_last_leaving(person_id: int) -> Measure | None:
    """When a moderator last left this person's name and profile as they were."""
    return db.session.scalar(
        measures_about("person", person_id)
        .where(Measure.action == "leave")
        .order_by(Measure.id.desc())
        .limit(1)
    )


def list_taken(person_id: int) -> Sequence[Measure]:
    """What was taken back of this person, and not given back; newest first."""
    standing = measures_about("person", person_id).where(
        Measure.action.in_(TAKES_BACK), Measure.overturned_at.is_(None)
    )
    return db.session.scalars(standing.order_by(Measure.id.desc())).all()


def is_name_given(person: User) -> bool:
    """Whether a moderator took the name, and the person has not chosen another yet."""
    return any((each.was or {}).get("given_name") == person.name for each in list_taken(person.id))


def was_taken(field: str, text: str, person_id: int) -> bool:
    """Whether just this was taken back from just this person; a name that looks the same is the same.

    A neighborhood is cleared with the rest of a profile, and is no reason for it by itself.
    """
    if field == "neighbourhood":
        return False
    like = skeleton if field == "name" else str.casefold
    taken = [(measure.was or {}).get(field) for measure in list_taken(person_id)]
    return bool(text) and like(text) in [like(words) for words in taken if words]
