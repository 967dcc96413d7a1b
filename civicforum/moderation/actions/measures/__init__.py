"""What each measure does, by its noun: the words, the person, the thread.

``carry_out`` gives back the limit that was set, if any. The case, its thread and its post are locked.
"""

from civicforum.accounts.models import Actor
from civicforum.agreement.models import Limit, Rule
from civicforum.moderation.actions.deeds import Deed
from civicforum.moderation.actions.measures.people import limit_person
from civicforum.moderation.actions.measures.scene import Scene
from civicforum.moderation.actions.measures.threads import calm
from civicforum.moderation.actions.measures.words import change_words
from civicforum.moderation.kinds import KINDS

__all__ = ["Scene", "carry_out"]


def carry_out(actor: Actor, scene: Scene, deed: Deed, rule: Rule | None) -> Limit | None:
    """Do what the deed says; Conflict where the facts stand against it."""
    about = KINDS[deed.action].about
    if about == "thread":
        return calm(scene, deed, rule)
    if about == "person":
        return limit_person(actor, scene, deed, rule)
    change_words(actor, scene, deed, rule)
    return None
