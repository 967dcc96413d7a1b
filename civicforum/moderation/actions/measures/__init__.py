"""What each measure does, by its noun: the words, the person, their name, the thread.

The case, its thread and its post (or its person) are locked.
"""

from dataclasses import dataclass

from civicforum.accounts.models import Actor
from civicforum.agreement.models import Limit, Rule
from civicforum.moderation.actions.deeds import Deed
from civicforum.moderation.actions.measures.names import seen_words, take_back
from civicforum.moderation.actions.measures.people import limit_person
from civicforum.moderation.actions.measures.scene import Scene
from civicforum.moderation.actions.measures.threads import calm
from civicforum.moderation.actions.measures.words import change_words
from civicforum.moderation.kinds import KINDS

__all__ = ["Done", "Scene", "carry_out"]


@dataclass(frozen=True)
class Done:
    """What a measure leaves behind: the limit that it set, or the words that it took or saw."""

    limit: Limit | None = None
    was: dict[str, str] | None = None


def carry_out(actor: Actor, scene: Scene, deed: Deed, rule: Rule | None) -> Done:
    """Do what the deed says; Conflict where the facts stand against it."""
    about = KINDS[deed.action].about
    if about == "thread":
        return Done(calm(scene, deed, rule))
    if about == "person":
        return Done(limit_person(actor, scene, deed, rule))
    if about == "name":
        return Done(was=take_back(scene, deed))
    if scene.case.target_type == "person":
        return Done(was=seen_words(scene.person()) if deed.action == "leave" else None)
    change_words(actor, scene, deed, rule)
    return Done()
