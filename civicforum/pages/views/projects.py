"""A project's front page. It stands here because it gathers from the rooms above partnerships."""

from typing import Any

from flask import render_template

from civicforum.discussions.queries import new_to
from civicforum.discussions.schemas import watch_readings
from civicforum.notifications.queries import level_of
from civicforum.pages import queries
from civicforum.pages.views.blueprint import bp
from civicforum.partnerships import policies
from civicforum.partnerships.queries import get_project
from civicforum.text import render_markdown
from civicforum.townhalls.queries import find_own, list_coming
from civicforum.web.viewer import viewer


def show_project(slug: str) -> Any:
    """Vision, who decides and by when, phases, partners, what is discussed, what is next, news."""
    person = viewer()
    project = get_project(person, slug)
    readings = watch_readings(person)
    threads = queries.list_discussed(person, project)
    coming = list_coming(person, limit=3, project=project)
    return render_template(
        "pages/project.html",
        project=project,
        vision=render_markdown(project.vision),
        today=queries.today(),
        threads=threads,
        new=new_to(person, threads),
        readings=readings,
        running=queries.list_running_in(person, project),
        coming=coming,
        own_answer=find_own(person, coming[0]) if coming else None,
        news=queries.list_headlines(person, project),
        level=level_of(person, project.id) if person.is_authenticated else None,
        may_edit=policies.can_edit_project(person, project),
    )


# The address and the name belong to partnerships, and so do the links of every room that lead here;
# what stands on the page comes from above that room, so its view is registered from here.
bp.record_once(
    lambda state: state.app.add_url_rule(
        "/projects/<slug>", "partnerships.show_project", show_project, methods=["GET"]
    )
)
