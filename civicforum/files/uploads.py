"""Taking a file in: read apart, put into the store, and only then noted."""

import logging
import secrets
from contextlib import suppress
from typing import Any

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.errors import Unavailable
from civicforum.files import actions
from civicforum.files.models import Attachment
from civicforum.files.reading import Prepared, prepare_file
from civicforum.files.stores import store
from civicforum.files.turns import turn_of

log = logging.getLogger(__name__)


def take_file(person: Actor, upload: Any, alt_text: str = "") -> Attachment:
    """An uploaded file (with ``filename`` and ``read``) as its owner's own; nothing is left of what fails.

    Raises Invalid for a file that will not do, TooMany while another of theirs is read, Unavailable where the
    store is full or away.
    """
    alt_text = actions.tidy_alt(alt_text)
    actions.check_may_upload(person)
    with turn_of(person.id):
        prepared = prepare_file(upload.read(), upload.filename or "")
    key = secrets.token_hex(16)
    try:
        _put(key, prepared)
        return actions.add_file(person, key, prepared, alt_text)
    except BaseException as error:
        with suppress(OSError):
            actions.delete_parts(store(), [f"{key}.{part}" for part in prepared.parts])
        if isinstance(error, OSError):
            log.warning("A file could not be kept.", extra={"kind": type(error).__name__})
            raise Unavailable(
                _("Files cannot be kept just now. Your words can be sent without them, or try again later.")
            ) from error
        raise


def _put(key: str, prepared: Prepared) -> None:
    for part, content in prepared.parts.items():
        store().put(f"{key}.{part}", content)
