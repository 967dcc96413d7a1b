"""``civicforum db``."""

import click

from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.errors import CommandError
from civicforum.schema import differences, upgrade_database


@click.group("db")
def db_command() -> None:
    """The database's shape."""


@db_command.command("upgrade")
def upgrade() -> None:
    """Bring the database to this version."""
    upgrade_database(create_app(load_settings()))
    click.echo("The database is of this version.")


@db_command.command("check")
def check() -> None:
    """Say whether the database has the shape this version expects."""
    app = create_app(load_settings())
    with app.app_context():
        found = differences()
    if found:
        raise CommandError(f"The database differs in {len(found)} places, first: {found[0]}")
    click.echo("The database has the shape this version expects.")
