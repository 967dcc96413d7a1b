"""A real server and what connects to it; see tests/running.py."""

from running import browser, listener, new_page, server  # noqa: F401 - fixtures of this folder
