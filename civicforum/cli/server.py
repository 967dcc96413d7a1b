"""``civicforum serve`` and ``civicforum worker``."""

import signal
import threading

import click
from flask import Flask

from civicforum import jobs
from civicforum.app import create_app
from civicforum.capacity import DATABASE_CONNECTIONS, SPARE_DATABASE_CONNECTIONS
from civicforum.cli.first_run import prepare_first_run
from civicforum.config import load_settings
from civicforum.db import connections_given, db
from civicforum.errors import CommandError
from civicforum.schema import upgrade_database
from civicforum.server import inherit, listen, serve
from civicforum.supervisor import Supervisor

# Processes of a supervisor that was killed need some seconds to leave the port.
LEAVING_SECONDS = 10


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option("--as-worker", type=(int, int), hidden=True, help="Files that the supervisor hands over.")
def serve_command(host: str, port: int, workers: int, as_worker: tuple[int, int] | None) -> None:
    """Serve CivicForum in the foreground until it is stopped; SIGHUP restarts several processes in turn."""
    settings = load_settings(base_url=f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}")  # noqa: S104 - compared, not bound
    if as_worker is not None:
        listener_number, lifeline_number = as_worker
        serve(create_app(settings), inherit(listener_number), lifeline_number)
        return
    if workers > 1 and settings.is_sqlite:
        raise CommandError(
            "SQLite is for one process. Set CIVICFORUM_DATABASE_URL to PostgreSQL, or leave out --workers."
        )
    listener = listen(host, port, LEAVING_SECONDS if workers > 1 else 0)
    app = create_app(settings)
    upgrade_database(app)
    _say_if_few_connections(app, workers)
    click.echo(f"CivicForum is at {settings.base_url} (Ctrl+C stops it).")
    prepare_first_run(app)
    if workers == 1:
        serve(app, listener)
        return
    with app.app_context():
        db.engine.dispose()
    Supervisor(["serve", "--host", host, "--port", str(port)], listener, workers).run()


def _say_if_few_connections(app: Flask, workers: int) -> None:
    with app.app_context():
        given = connections_given()
    warning = few_connections(given, workers) if given is not None else None
    if warning:
        click.echo(warning, err=True)


def few_connections(given: int, workers: int) -> str | None:
    """A warning where the processes may together ask PostgreSQL for more connections than it gives."""
    wanted = workers * DATABASE_CONNECTIONS + SPARE_DATABASE_CONNECTIONS
    if given >= wanted:
        return None
    return (
        f"PostgreSQL gives {given} connections; {workers} processes may want {wanted}"
        f" ({DATABASE_CONNECTIONS} each, {SPARE_DATABASE_CONNECTIONS} for commands). Raise its"
        " max_connections, or people are told to try again when many come at once."
    )


@click.command("worker")
def worker_command() -> None:
    """Do waiting work (mails, reminders) until stopped."""
    app = create_app(load_settings())
    stopping = threading.Event()

    def stop(*_signal: object) -> None:
        stopping.set()
        jobs.bell.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    jobs.work_forever(app, stopping.is_set)
