"""What binds one person: muted in a thread, silenced in a project, suspended everywhere; all with an end."""

from flask_babel import gettext as _

from civicforum.accounts import actions as accounts
from civicforum.accounts.models import Actor
from civicforum.accounts.policies import can_suspend
from civicforum.agreement.limits.models import EVERYWHERE
from civicforum.agreement.limits.setting import set_limit, settle_suspension
from civicforum.agreement.models import Limit, Rule
from civicforum.errors import require
from civicforum.moderation.actions.deeds import Deed
from civicforum.moderation.actions.measures.scene import Scene


def limit_person(actor: Actor, scene: Scene, deed: Deed, rule: Rule | None) -> Limit:
    """Set the limit; it replaces another of its kind, and can be longer or shorter than that."""
    person = scene.person()
    assert rule is not None
    if deed.action == "suspend":
        require(can_suspend(actor, person), _("Nobody suspends an administrator, or themselves."))
        limit = set_limit("suspend", EVERYWHERE, deed.ends_at, rule, user_id=person.id)
        accounts.suspend_person(actor, person, deed.ends_at)
        settle_suspension(person.id)
        return limit
    assert scene.thread is not None
    place = scene.thread.channel if deed.action == "mute" else f"project:{scene.thread.project_id}"
    return set_limit(deed.action, place, deed.ends_at, rule, user_id=person.id)
