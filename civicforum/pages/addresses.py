"""Where what a search found is on the site."""

from flask import url_for

from civicforum.discussions.addresses import post_url, thread_url
from civicforum.pages.queries import Hit


def hit_url(hit: Hit) -> str:
    """The page of it; of a comment, its place in its thread."""
    row = hit.row
    match hit.kind:
        case "post":
            return post_url(row.thread, row.id, row.seq)
        case "thread":
            return thread_url(row)
        case "townhall":
            return url_for("townhalls.show_town_hall", town_hall_id=row.id)
        case "project":
            return url_for("partnerships.show_project", slug=row.slug)
        case "update":
            return url_for("partnerships.show_update", slug=row.project.slug, update_id=row.id)
    return url_for("partnerships.show_organization", slug=row.slug)
