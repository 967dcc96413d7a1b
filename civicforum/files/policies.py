"""Who may send files and who may see them. Pure and total."""

from civicforum.accounts.models import Actor
from civicforum.accounts.policies import can_speak, same_person
from civicforum.files.models import Attachment


def can_upload(user: Actor) -> bool:
    """Whoever may write at all; where the file may be shown is asked when it is said."""
    return can_speak(user)


def can_see_unsaid(viewer: Actor, attachment: Attachment) -> bool:
    """A file that is in nothing yet is its owner's alone."""
    return same_person(viewer, attachment.owner_id)


def can_change(user: Actor, attachment: Attachment) -> bool:
    return same_person(user, attachment.owner_id)
