"""What the list of words has against a name or a profile: those cannot wait, so the form says no."""

import re
from typing import Any

from flask_babel import gettext as _

from civicforum.agreement.queries import find_listed

# What is held or masked in a comment. What is only worth a look is taken, and looked at.
REFUSED = ("hold", "mask")


def object_to_words(_field: str, text: str, _user_id: int | None) -> Any:
    """A sentence that names the first listed word in ``text``; None where there is none."""
    found = next((word for action in REFUSED for word in find_listed(spaced(text), action)), None)
    return found and _(
        "“%(word)s” is on the town’s list of words that do not stand in names and profiles. Please choose"
        " other words.",
        word=found,
    )


def spaced(text: str) -> str:
    """Also with spaces where a handle joins its words: each is one to the list."""
    return f"{text}\n{re.sub('[-_.]', ' ', text)}"
