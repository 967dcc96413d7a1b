"""The blueprint of this room, and what its views share."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request

from civicforum.errors import NotAllowed
from civicforum.web.idempotency import Done, fingerprint, once
from civicforum.web.limits import person_key
from civicforum.web.numbers import whole_number
from civicforum.web.viewer import viewer

bp = Blueprint("partnerships", __name__)


def made_once(form: Any, kind: str, deed: Callable[[], Any]) -> int:
    """The id of what ``deed`` makes; sent twice with the form's key, of what it made the first time."""
    typed = {name: value for name, value in request.form.items() if name != "csrf_token"}
    print_ = fingerprint("POST", request.path, typed)
    done = once(viewer(), person_key(), form.key.data, print_, lambda: Done(303, kind, deed().id))
    return done.object_id


def need(allowed: bool) -> None:
    """Refuse a form to whom its action would refuse anyway, before they type."""
    if not allowed:
        raise NotAllowed


def typed_revision(form: Any) -> int | None:
    """The revision in a form's hidden field; None where somebody took it out."""
    return whole_number(form.revision.data)
