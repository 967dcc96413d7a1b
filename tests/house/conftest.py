"""A real browser for the pages; see tests/running.py."""

from running import browser  # noqa: F401 - a fixture of this folder
