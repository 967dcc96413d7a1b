"""The pages of threads: a project's list, one thread, and the small pages around a comment."""

from civicforum.discussions.views import lists, polls, posts, threads
from civicforum.discussions.views.blueprint import bp

__all__ = ["bp", "lists", "polls", "posts", "threads"]
