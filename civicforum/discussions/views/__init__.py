"""The pages of threads: a project's list, one thread, and the small pages around a comment."""

from civicforum.discussions.views import balance, lists, posts, threads
from civicforum.discussions.views.blueprint import bp

__all__ = ["balance", "bp", "lists", "posts", "threads"]
