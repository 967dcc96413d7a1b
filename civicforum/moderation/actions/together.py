"""One decision about several things that wait, wherever they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from civicforum.accounts.models import Actor
from civicforum.agreement.models import Hold
from civicforum.agreement.queries import newest_version
from civicforum.db import db
from civicforum.errors import CivicForumError, NotFound
from civicforum.moderation.actions.cases import decide_case
from civicforum.moderation.actions.deeds import Deed, check_deed
from civicforum.moderation.actions.holds import decide_hold
from civicforum.moderation.models import Case

# What is done with what waits to be published, and with what a case is about.
OF_HOLDS, OF_CASES = ("approve", "decline"), ("hide", "leave")
TOGETHER = (*OF_HOLDS, *OF_CASES)
# These name a rule, of the town's.
CITING = ("decline", "hide")


@dataclass(frozen=True)
class Chosen:
    """A ``case``, as the moderator saw it (``version``), or a ``hold``."""

    kind: str
    id: int
    version: int = 0

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.id}"


@dataclass(frozen=True)
class Refusal:
    """What was not done, and why, in a sentence."""

    chosen: Chosen
    why: str


def decide_each(actor: Actor, chosen: Sequence[Chosen], deed: Deed) -> list[Refusal]:
    """Do the same with each; gives what was refused, and leaves the others done.

    Each is a measure of its own, in a transaction of its own: so nobody waits for the locks of many threads,
    and what another moderator decided meanwhile stops nothing. Invalid, before anything is done, where the
    deed lacks a rule or a reason.
    """
    if deed.action != "approve":
        check_deed(Deed("hide" if deed.action == "decline" else deed.action, deed.rule, deed.reason))
    return [refusal for each in chosen if (refusal := _decide(actor, each, deed))]


def _decide(actor: Actor, each: Chosen, deed: Deed) -> Refusal | None:
    unfit = _unfit(each, deed)
    if unfit:
        return Refusal(each, unfit)
    try:
        if each.kind == "hold":
            decide_hold(actor, each.id, deed)
        else:
            decide_case(actor, each.id, deed, each.version)
    except NotFound:
        return Refusal(each, _("It is not there any more."))
    except CivicForumError as error:
        return Refusal(each, str(error))
    return None


def _unfit(each: Chosen, deed: Deed) -> str | None:
    if each.kind == "hold" and deed.action not in OF_HOLDS:
        return _("It waits to be published: publish or decline it.")
    if each.kind != "hold" and deed.action not in OF_CASES:
        return _("It is no comment that waits to be published: hide it, or leave it.")
    if deed.action in CITING and newest_version(_project_of(each)) is not None:
        # The number would be another rule there.
        return _("Its project has rules of its own: decide it on its own page.")
    return None


def _project_of(each: Chosen) -> int:
    kind: Any = Hold if each.kind == "hold" else Case
    return db.session.scalar(select(kind.project_id).where(kind.id == each.id)) or 0
