"""A person's public page."""

from typing import Any

from flask import redirect, render_template

from civicforum.accounts import namesakes, policies, queries
from civicforum.accounts.offers import list_offers
from civicforum.accounts.views.door import bp
from civicforum.errors import NotFound
from civicforum.web.viewer import viewer


@bp.get("/people/<handle>")
def show_person(handle: str) -> Any:
    """Name, hats, and what the person says of themselves; never an address."""
    try:
        person = queries.get_person(handle)
    except NotFound:
        elsewhere = namesakes.find_page(handle)
        if elsewhere is None:
            raise
        return redirect(elsewhere)
    return render_template(
        "accounts/person.html",
        person=person,
        is_self=policies.is_self(viewer(), person),
        offers=list_offers(viewer(), person),
    )
