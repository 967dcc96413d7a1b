"""The pages of projects, partners, members, organizations and news.

A project's front page gathers from the rooms above: it is in ``pages.views``.
"""

from civicforum.partnerships.views import (
    invitations,
    members,
    organizations,
    partners,
    projects,
    updates,
)
from civicforum.partnerships.views.blueprint import bp

__all__ = ["bp", "invitations", "members", "organizations", "partners", "projects", "updates"]
