"""What a moderator wants done, and what due process asks of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from civicforum.accounts.models import SYSTEM, Actor
from civicforum.agreement.limits.models import SLOW_MINUTES
from civicforum.agreement.models import Rule
from civicforum.agreement.queries import get_rule
from civicforum.db import now
from civicforum.discussions.models import Thread
from civicforum.errors import Invalid, NotFound
from civicforum.moderation.kinds import CASE_ACTIONS, FEWEST_CHARACTERS, KINDS, MOST_PASSAGES, STEPS
from civicforum.moderation.models import MAX_REASON
from civicforum.partnerships.models import Project

# Between reading the clock in a form and pressing the button.
SLACK = timedelta(hours=1)


@dataclass(frozen=True)
class Deed:
    """What a moderator wants done: the action, the rule's number (none is needed to restore), and why.

    ``until``: when a limit ends; a day from now where nothing is said. ``minutes``: a slow thread's pace.
    ``passages``: what is blacked out, word for word.
    """

    action: str
    rule: int | None
    reason: str
    until: datetime | None = None
    minutes: int | None = None
    passages: tuple[str, ...] = ()

    @property
    def ends_at(self) -> datetime:
        return self.until or now() + STEPS[0]


def own_cause() -> str:
    return _("This is about your own words, so somebody else decides it.")


def site_only() -> str:
    return _("Only moderators of the whole site do this. Ask one of them.")


def check_deed(deed: Deed, target: str = "post", project_id: int | None = None) -> Rule | None:
    """The rule cited, of those that hold in the project (or in the town); Invalid where the deed lacks what
    due process asks."""
    errors: dict[str, list[str]] = {}
    choices = [name for name in CASE_ACTIONS if target in KINDS[name].targets]
    if deed.action not in choices:
        errors["action"] = [_("Choose one of: %(actions)s.", actions=", ".join(choices))]
    if not deed.reason.strip():
        errors["reason"] = [_("Say why, in words the author can understand.")]
    elif len(deed.reason) > MAX_REASON:
        errors["reason"] = [_("Keep the reason under %(most)d characters.", most=MAX_REASON)]
    if deed.action in choices:
        errors |= _check_kind(deed)
    if errors:
        raise Invalid(errors=errors)
    try:
        return None if deed.rule is None else get_rule(deed.rule, project_id)
    except NotFound as error:
        raise Invalid(errors={"rule": [_("There is no rule of this number in the agreement.")]}) from error


def _check_kind(deed: Deed) -> dict[str, list[str]]:
    """What this kind of measure asks beside a reason."""
    errors: dict[str, list[str]] = {}
    kind = KINDS[deed.action]
    if kind.needs_rule and deed.rule is None:
        errors["rule"] = [_("Name the rule that it breaks.")]
    if kind.lasts and not now() < deed.ends_at <= now() + kind.longest + SLACK:
        days = kind.longest.days
        errors["until"] = [
            ngettext(
                "Choose an end that is to come, within %(num)d day.",
                "Choose an end that is to come, within %(num)d days.",
                days,
            )
        ]
    if deed.action == "slow" and deed.minutes is not None and deed.minutes not in SLOW_MINUTES:
        choices = ", ".join(map(str, SLOW_MINUTES))
        errors["minutes"] = [_("Choose one of: %(choices)s.", choices=choices)]
    if deed.action == "redact":
        errors |= _check_passages(deed.passages)
    return errors


def _check_passages(passages: tuple[str, ...]) -> dict[str, list[str]]:
    if not passages:
        return {"passages": [_("Copy in, word for word, what is to be blacked out; one passage in a line.")]}
    if len(passages) > MOST_PASSAGES:
        return {"passages": [_("At most %(most)d passages at once.", most=MOST_PASSAGES)]}
    if any(len(passage.strip()) < FEWEST_CHARACTERS for passage in passages):
        return {"passages": [_("A passage has at least two characters.")]}
    return {}


def role_of(actor: Actor, thread: Thread | None) -> str:
    """The role a measure was taken in, without a name."""
    return role_in(actor, thread.project if thread is not None else None)


def role_in(actor: Actor, project: Project | None) -> str:
    if actor is SYSTEM:
        return "automatic"
    own = [row.role for row in actor.memberships if project and row.project_id == project.id]
    return "project moderator" if "moderator" in own and not actor.has_role("moderator") else "moderator"
