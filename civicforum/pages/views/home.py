"""The front page: what happens now, what is next, what became of what I said."""

from typing import Any

from flask import render_template

from civicforum.accounts.queries import has_administrator
from civicforum.discussions.queries import new_to
from civicforum.discussions.schemas import watch_readings
from civicforum.notifications.queries import list_inbox
from civicforum.pages import queries
from civicforum.pages.views.blueprint import bp
from civicforum.partnerships.queries import list_projects
from civicforum.townhalls.queries import find_own, list_coming, list_running
from civicforum.web.site import get_site
from civicforum.web.viewer import viewer

SHOWN_NOTICES = 3
SHOWN_PROJECTS = 4


@bp.get("/")
def home() -> Any:
    """One page for guests and members; each section is one question, whatever there is."""
    person = viewer()
    coming = list_coming(person, limit=3)
    readings = watch_readings(person)
    threads = queries.list_discussed(person)
    return render_template(
        "pages/home.html",
        needs_set_up=get_site().set_up_at is None and not has_administrator(),
        running=list_running(person),
        next_meeting=coming[0] if coming else None,
        own_answer=find_own(person, coming[0]) if coming else None,
        later=coming[1:],
        to_do=queries.list_to_do(person),
        notices=_top_of_inbox(person),
        threads=threads,
        new=new_to(person, threads),
        readings=readings,
        projects=list_projects(person, limit=SHOWN_PROJECTS, is_open=True),
    )


def _top_of_inbox(person: Any) -> list[Any]:
    if not person.is_authenticated:
        return []
    entries = list_inbox(person, limit=SHOWN_NOTICES).entries
    return [entry for entry in entries if entry.notice is not None]
