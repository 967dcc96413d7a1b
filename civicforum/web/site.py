"""The site's own row, read once in each request."""

from flask import g, has_app_context
from sqlalchemy import inspect

from civicforum.db import db
from civicforum.web.models import Site


def get_site() -> Site:
    """The site's settings; a fresh, unsaved row before the first set-up."""
    if has_app_context() and "site" in g:
        site: Site = g.site
        # One of a session that is over cannot be read any more; one that was rolled back never was.
        if site in db.session or (inspect(site).transient and site.id is None):
            return site
    g.site = db.session.get(Site, 1) or _unsaved()
    return g.site


def forget_site() -> None:
    """Do without the site's row for the rest of this request."""
    g.site = _unsaved()


def lock_site() -> Site:
    """The site's row for changing it, in an action; made if this is the first time."""
    site = db.session.get(Site, 1, with_for_update={"key_share": True}, populate_existing=True)
    if site is None:
        site = _unsaved()
        site.id = 1
        db.session.add(site)
    g.site = site
    return site


def _unsaved() -> Site:
    columns = Site.__table__.columns
    return Site(**{c.name: c.default.arg for c in columns if c.default is not None})
