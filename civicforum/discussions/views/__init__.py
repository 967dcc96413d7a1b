"""The pages of threads: a project's list, one thread, and the small pages around a comment."""

from civicforum.discussions.views import (
    balance,
    keeping,
    lists,
    organizing,
    polls,
    posts,
    previewing,
    pseudonyms,
    reading,
    threads,
)
from civicforum.discussions.views.blueprint import bp

__all__ = [
    "balance",
    "bp",
    "keeping",
    "lists",
    "organizing",
    "polls",
    "posts",
    "previewing",
    "pseudonyms",
    "reading",
    "threads",
]
