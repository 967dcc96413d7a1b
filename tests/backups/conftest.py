from backups_running import make_server, open_listener  # noqa: F401 - fixtures
