"""The blueprint of this room's pages, and what its templates share."""

from typing import Any

from flask import Blueprint

from civicforum.townhalls.codes import spoken_code
from civicforum.townhalls.forms import NEED_STATE_WORDS, NEED_WORDS, WAYS

bp = Blueprint("townhalls", __name__)


@bp.app_template_filter("spoken_code")
def spoken(code: str) -> str:
    return spoken_code(code)


@bp.app_context_processor
def words() -> dict[str, Any]:
    """Kinds of needs and ways to come, in words: for this room's templates, live fragments too."""
    return {"need_words": NEED_WORDS, "need_state_words": NEED_STATE_WORDS, "way_words": WAYS}
