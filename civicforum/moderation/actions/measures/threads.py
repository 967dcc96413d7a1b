"""What is set on a whole thread: slow, locked, or delayed. It binds whoever runs the talk, too."""

from flask_babel import gettext as _

from civicforum.agreement.models import Limit, Rule
from civicforum.discussions import actions as discussions
from civicforum.errors import Conflict
from civicforum.moderation.actions.deeds import Deed
from civicforum.moderation.actions.measures.scene import Scene

SLOW_MINUTES_UNSAID = 5


def calm(scene: Scene, deed: Deed, rule: Rule | None) -> Limit:
    """Set it until the end; another of the same kind ends. Conflict where nobody writes anyway."""
    thread = scene.thread
    assert thread is not None
    assert rule is not None
    if not thread.is_open or not thread.project.is_open:
        raise Conflict(_("Nothing is added to this thread, so there is nothing to calm."))
    minutes = (deed.minutes or SLOW_MINUTES_UNSAID) if deed.action == "slow" else None
    return discussions.set_pace(thread, deed.action, deed.ends_at, rule, minutes)
