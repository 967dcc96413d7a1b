"""The pages of mediation."""

from typing import Any

from flask import Blueprint
from flask_babel import gettext as _

from civicforum.accounts.policies import is_person
from civicforum.errors import SignInNeeded
from civicforum.web.viewer import viewer

bp = Blueprint("mediation", __name__)


def signed_in() -> Any:
    if not is_person(viewer()):
        raise SignInNeeded(_("Please sign in, and you will come right back here."))
    return viewer()
