"""``civicforum verify-log``."""

import click

from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.errors import CommandError
from civicforum.moderation.queries import verify_log


@click.command("verify-log")
def verify_log_command() -> None:
    """Check the public moderation log: every line, their order and their end."""
    app = create_app(load_settings())
    with app.app_context():
        count, broken = verify_log()
    if broken is not None:
        raise CommandError(f"The log is broken: the first wrong row is {broken}.")
    click.echo(f"{count} rows, each as it was written.")
