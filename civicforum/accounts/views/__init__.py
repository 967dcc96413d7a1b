"""The HTML doors of accounts."""

from civicforum.accounts.views import (  # noqa: F401 - each module opens its doors on ``bp``
    people,
    setting_up,
    settings,
    signing_in,
    signing_up,
    tokens,
)
from civicforum.accounts.views.door import bp

__all__ = ["bp"]
