"""How somebody stands, told to them alone; and how flags work, told to everybody."""

from typing import Any

from flask import redirect, render_template, request, url_for

from civicforum.agreement.queries import standing_of
from civicforum.discussions.actions.newcomers import MOST_A_DAY, MOST_FILES, MOST_MENTIONS, SECONDS_BETWEEN
from civicforum.discussions.queries import FIRST_POSTS
from civicforum.moderation import queries, scoring
from civicforum.moderation.actions import flags
from civicforum.moderation.settings import hide_at_score
from civicforum.moderation.statements import redress_of
from civicforum.moderation.views.blueprint import bp
from civicforum.web.viewer import viewer


@bp.get("/moderation/flags")
def show_formula() -> Any:
    """What flags do, with the numbers of this town."""
    return render_template(
        "moderation/formula.html",
        threshold=hide_at_score(),
        scoring=scoring,
        offices=queries.OFFICES,
        most=flags.MOST_A_DAY,
        most_of_newcomers=flags.MOST_OF_NEWCOMERS,
    )


@bp.get("/settings/standing")
def show_standing() -> Any:
    """The viewer's own limits, and whether others asked moderators to look at what they wrote."""
    person = viewer()
    if not person.is_authenticated:
        return redirect(url_for("accounts.sign_in", next=request.full_path))
    own = [(each, redress_of(each.measure)) for each in queries.list_own_limits(person)]
    return render_template(
        "moderation/standing.html",
        person=person,
        in_force=[row for row in own if row[0].limit.is_in_force()],
        past=[row for row in own if not row[0].limit.is_in_force()],
        standing=standing_of(person),
        flagged=queries.own_flagged(person),
        waiting=queries.count_own_waiting(person),
        limits={
            "seconds": SECONDS_BETWEEN,
            "day": MOST_A_DAY,
            "mentions": MOST_MENTIONS,
            "files": MOST_FILES,
            "first": FIRST_POSTS,
        },
    )
