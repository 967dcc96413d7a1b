"""What a moderator wants done, and what due process asks of it."""

from dataclasses import dataclass

from flask_babel import gettext as _

from civicforum.accounts.models import SYSTEM, Actor
from civicforum.agreement.models import Rule
from civicforum.agreement.queries import get_rule
from civicforum.discussions.models import Post
from civicforum.errors import Invalid, NotFound
from civicforum.moderation.models import MAX_REASON
from civicforum.partnerships.models import Project

CASE_ACTIONS = ("hide", "restore", "leave")


@dataclass(frozen=True)
class Deed:
    """What a moderator wants done: the action, the rule's number (none is needed to restore), and why."""

    action: str
    rule: int | None
    reason: str


def own_cause() -> str:
    return _("This is about your own words, so somebody else decides it.")


def check_deed(deed: Deed) -> Rule | None:
    """The rule cited; Invalid where the deed lacks what due process asks."""
    errors: dict[str, list[str]] = {}
    if deed.action not in CASE_ACTIONS:
        errors["action"] = [_("Choose one of: %(actions)s.", actions=", ".join(CASE_ACTIONS))]
    if not deed.reason.strip():
        errors["reason"] = [_("Say why, in words the author can understand.")]
    elif len(deed.reason) > MAX_REASON:
        errors["reason"] = [_("Keep the reason under %(most)d characters.", most=MAX_REASON)]
    if deed.action == "hide" and deed.rule is None:
        errors["rule"] = [_("Name the rule that the comment breaks.")]
    if errors:
        raise Invalid(errors=errors)
    try:
        return None if deed.rule is None else get_rule(deed.rule)
    except NotFound as error:
        raise Invalid(errors={"rule": [_("There is no rule of this number in the agreement.")]}) from error


def role_of(actor: Actor, post: Post) -> str:
    """The role a measure was taken in, without a name."""
    return role_in(actor, post.thread.project)


def role_in(actor: Actor, project: Project) -> str:
    if actor is SYSTEM:
        return "automatic"
    own = [row.role for row in actor.memberships if row.project_id == project.id]
    return "project moderator" if "moderator" in own and not actor.has_role("moderator") else "moderator"
