from postgres import *  # noqa: F403 - fixtures
