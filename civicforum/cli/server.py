"""``civicforum serve`` and ``civicforum worker``."""

import signal
import threading

import click

from civicforum import jobs
from civicforum.app import create_app
from civicforum.cli.first_run import prepare_first_run
from civicforum.config import load_settings
from civicforum.errors import CommandError
from civicforum.logs import log_in_lines
from civicforum.schema import upgrade_database
from civicforum.server import listen, serve
from civicforum.supervisor import supervise


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option("--as-worker", is_flag=True, hidden=True, help="One of several processes, started by them.")
def serve_command(host: str, port: int, workers: int, as_worker: bool) -> None:
    """Serve CivicForum in the foreground until it is stopped."""
    log_in_lines()
    settings = load_settings(base_url=f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}")  # noqa: S104 - compared, not bound
    if as_worker:
        serve(create_app(settings), listen(host, port, is_shared=True), is_shared=True)
        return
    if workers > 1 and settings.is_sqlite:
        raise CommandError(
            "SQLite is for one process. Set CIVICFORUM_DATABASE_URL to PostgreSQL, or leave out --workers."
        )
    listener = listen(host, port, is_shared=workers > 1)
    app = create_app(settings)
    upgrade_database(app)
    click.echo(f"CivicForum is at {settings.base_url} (Ctrl+C stops it).")
    prepare_first_run(app)
    if workers == 1:
        serve(app, listener)
    else:
        listener.close()
        supervise(["serve", "--host", host, "--port", str(port), "--as-worker"], workers)


@click.command("worker")
def worker_command() -> None:
    """Do waiting work (mails, reminders) until stopped."""
    log_in_lines()
    app = create_app(load_settings())
    stopping = threading.Event()

    def stop(*_signal: object) -> None:
        stopping.set()
        jobs.bell.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    jobs.work_forever(app, stopping.is_set)
