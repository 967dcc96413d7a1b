"""What is done with a person's name or profile."""

from flask_babel import gettext as _

from civicforum.accounts.actions import taking
from civicforum.accounts.models import User
from civicforum.errors import Conflict
from civicforum.moderation import queries
from civicforum.moderation.actions.deeds import Deed
from civicforum.moderation.actions.measures.scene import Scene


def take_back(scene: Scene, deed: Deed) -> taking.Was:
    """Take the name or clear the profile; what it was. Conflict where nothing of theirs is left to take."""
    person = scene.person()
    if deed.action == "clear_profile":
        return taking.clear_profile(person)
    if queries.is_name_given(person):
        raise Conflict(_("This name was given by the moderators. There is none of their own to take back."))
    return taking.take_name(person)


def seen_words(person: User) -> taking.Was:
    """What a moderator saw who left it: these very words are not flagged again at once."""
    return {
        "name": person.name,
        "handle": person.handle,
        "about": person.about,
        "neighbourhood": person.neighbourhood,
    }
