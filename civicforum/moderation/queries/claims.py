"""Who looks at what just now, what moderators noted about it, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from civicforum.accounts.models import Actor, User
from civicforum.agreement.models import Hold
from civicforum.db import db, now
from civicforum.errors import NotFound
from civicforum.moderation import policies
from civicforum.moderation.models import Case, Measure, QueueClaim, QueueNote
from civicforum.moderation.queries.recusal import free_posts
from civicforum.moderation.queries.waiting import seen_cases, seen_holds
from civicforum.web.numbers import whole_number

MOST_NOTES = 50  # of one thing


def find_claim(item: Case | Hold) -> QueueClaim | None:
    """The row of this case or hold, whether it is in force or over."""
    column = QueueClaim.case_id if isinstance(item, Case) else QueueClaim.hold_id
    return db.session.scalar(select(QueueClaim).where(column == item.id))


def claims_of(cases: Sequence[Case], holds: Sequence[Hold]) -> dict[Case | Hold, QueueClaim]:
    """The claims in force, in one query."""
    rows = db.session.scalars(
        select(QueueClaim).where(
            or_(QueueClaim.case_id.in_(_ids(cases)), QueueClaim.hold_id.in_(_ids(holds))),
            QueueClaim.ends_at > now(),
        )
    )
    return {_item_of(row, cases, holds): row for row in rows}


def notes_of(cases: Sequence[Case], holds: Sequence[Hold]) -> dict[Case | Hold, list[QueueNote]]:
    """What moderators noted about each, oldest first, in one query. For who may judge them alone."""
    rows = db.session.scalars(
        select(QueueNote)
        .where(or_(QueueNote.case_id.in_(_ids(cases)), QueueNote.hold_id.in_(_ids(holds))))
        .order_by(QueueNote.id)
    )
    found: dict[Case | Hold, list[QueueNote]] = {}
    for row in rows:
        found.setdefault(_item_of(row, cases, holds), []).append(row)
    return found


def _ids(rows: Sequence[Case] | Sequence[Hold]) -> list[int]:
    return [row.id for row in rows]


def _item_of(row: QueueClaim | QueueNote, cases: Sequence[Case], holds: Sequence[Hold]) -> Case | Hold:
    if row.case_id is not None:
        return next(case for case in cases if case.id == row.case_id)
    return next(hold for hold in holds if hold.id == row.hold_id)


def notes_about_post(post_id: int) -> Sequence[QueueNote]:
    """All that was noted about a comment, in whatever case or hold, oldest first."""
    cases = select(Case.id).where(Case.target_type == "post", Case.target_id == post_id)
    holds = select(Hold.id).where(Hold.kind == "post", Hold.object_id == post_id)
    return db.session.scalars(
        select(QueueNote)
        .where(or_(QueueNote.case_id.in_(cases), QueueNote.hold_id.in_(holds)))
        .order_by(QueueNote.id)
    ).all()


def count_notes(item: Case | Hold) -> int:
    return len(notes_of(*split_item(item)).get(item, ()))


def split_item(item: Case | Hold) -> tuple[list[Case], list[Hold]]:
    """It alone, as cases and as holds."""
    return ([item], []) if isinstance(item, Case) else ([], [item])


def find_items(
    viewer: Actor, case_ids: Sequence[int], hold_ids: Sequence[int]
) -> tuple[dict[int, Case], dict[int, Hold]]:
    """Those of these that this moderator may look at, decided or not; NotFound for everybody else."""
    if not policies.can_see_queue(viewer):
        raise NotFound
    cases = db.session.scalars(seen_cases(viewer).where(Case.id.in_(case_ids)))
    holds = db.session.scalars(seen_holds(viewer).where(Hold.id.in_(hold_ids)))
    return {case.id: case for case in cases}, {hold.id: hold for hold in holds}


def check_item(viewer: Actor, kind: str, item_id: int) -> None:
    """NotFound for who may not look at it."""
    cases, holds = find_items(viewer, [item_id], [item_id])
    if item_id not in (cases if kind == "case" else holds):
        raise NotFound


@dataclass(frozen=True)
class News:
    """What became of something on somebody's page: it waits, or ``by`` somebody ``what`` was done."""

    key: str
    waits: bool
    claim: QueueClaim | None = None
    is_free: bool = True
    what: str = ""
    by: User | None = None


def read_news(viewer: Actor, keys: Sequence[str]) -> list[News]:
    """What became of each; of what this person may not look at any more, only that it waits no more."""
    case_ids, hold_ids = _numbers(keys, "case"), _numbers(keys, "hold")
    cases, holds = find_items(viewer, case_ids, hold_ids)
    claims = claims_of(list(cases.values()), list(holds.values()))
    free = free_posts(viewer, [hold.object_id for hold in holds.values()])
    measures = latest_measures(case_ids)
    deciders = _people({hold.decided_by_id for hold in holds.values()})
    news = []
    for id_ in case_ids:
        case, measure = cases.get(id_), measures.get(id_)
        if case is None or (not case.waits and measure is None):
            news.append(News(f"case-{id_}", waits=False))
        elif case.waits or measure is None:
            news.append(News(f"case-{id_}", waits=True, claim=claims.get(case)))
        else:
            news.append(News(f"case-{id_}", waits=False, what=measure.action, by=measure.actor))
    for id_ in hold_ids:
        hold = holds.get(id_)
        if hold is None or hold.decided_at is not None:
            news.append(News(f"hold-{id_}", waits=False, **_decision(hold, deciders)))
        else:
            is_free = hold.object_id in free
            news.append(News(f"hold-{id_}", waits=True, claim=claims.get(hold), is_free=is_free))
    return news


def _decision(hold: Hold | None, deciders: Mapping[int, User]) -> dict[str, Any]:
    if hold is None:
        return {}
    what = "approve" if hold.decision == "approved" else "decline"
    return {"what": what, "by": deciders.get(hold.decided_by_id or 0)}


def _numbers(keys: Sequence[str], kind: str) -> list[int]:
    found = (whole_number(key.removeprefix(f"{kind}-")) for key in keys if key.startswith(f"{kind}-"))
    return [number for number in found if number]


def _people(ids: set[int | None]) -> dict[int, User]:
    rows = db.session.scalars(select(User).where(User.id.in_([id_ for id_ in ids if id_])))
    return {row.id: row for row in rows}


def latest_measures(case_ids: Sequence[int]) -> dict[int, Measure]:
    """The last thing done in each of these cases."""
    rows = db.session.scalars(
        select(Measure)
        .where(Measure.case_id.in_(case_ids))
        .options(joinedload(Measure.actor))
        .order_by(Measure.id)
    )
    return {row.case_id: row for row in rows}
