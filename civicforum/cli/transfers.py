"""``civicforum import``: bringing in what is kept elsewhere."""

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from civicforum.accounts.models import SYSTEM
from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.errors import CommandError, NotFound
from civicforum.partnerships.queries import get_project
from civicforum.schema import upgrade_database
from civicforum.townhalls.actions import import_calendar
from civicforum.townhalls.models import TownHall


@click.group("import")
def import_command() -> None:
    """Bring in what is kept elsewhere."""


@import_command.command("calendar")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--project", "slug", required=True, help="The project's slug.")
def calendar_command(file: Path, slug: str) -> None:
    """Make or update a town hall for each meeting in FILE (.ics); running it again changes nothing."""
    app = create_app(load_settings())
    upgrade_database(app)
    with app.app_context():
        try:
            project_id = get_project(SYSTEM, slug).id
        except NotFound as error:
            raise CommandError(f"There is no project {slug}.") from error
        done = import_calendar(SYSTEM, project_id, file.read_bytes())
        for word, rows in (("new", done.made), ("changed", done.changed), ("unchanged", done.unchanged)):
            for row in rows:
                click.echo(f"{word}: {_line(row)}")
    click.echo(f"{len(done.made)} new, {len(done.changed)} changed, {len(done.unchanged)} unchanged.")


def _line(row: TownHall) -> str:
    """One meeting on one line: when, by the clock there, and what."""
    when = row.starts_at.astimezone(ZoneInfo(row.timezone))
    cancelled = " (cancelled)" if row.is_cancelled else ""
    return f"{when:%Y-%m-%d %H:%M} {row.timezone} {row.title}{cancelled}"
