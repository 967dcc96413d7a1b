"""``civicforum backup`` and ``civicforum restore``."""

import sys
from collections.abc import Callable
from pathlib import Path

import click
from sqlalchemy import func, select

from civicforum.app import create_app
from civicforum.backup import Progress, count_rows_in, restore_backup, write_backup
from civicforum.config import load_settings
from civicforum.db import db
from civicforum.errors import CommandError
from civicforum.schema import upgrade_database

Work = Callable[[Progress], dict[str, int]]


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_command(file: Path) -> None:
    """Write everything into FILE, while people go on writing."""
    app = create_app(load_settings())
    with app.app_context():
        if not file.resolve().parent.is_dir():
            raise CommandError(f"There is no folder {file.resolve().parent}. Make it first.")
        counts = _with_bar("Writing", _count_rows(), lambda progress: write_backup(file, progress))
    click.echo(f"{sum(counts.values())} rows of {len(counts)} tables are in {file}.")


@click.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask before replacing what is there.")
def restore_command(file: Path, yes: bool) -> None:
    """Replace everything in the database by what FILE holds."""
    rows = count_rows_in(file)
    app = create_app(load_settings())
    upgrade_database(app)
    with app.app_context():
        people = db.session.scalar(select(func.count()).select_from(db.metadata.tables["person"]))
        if people and not yes:
            click.confirm(f"This replaces all there is, {people} people and their words. Go on?", abort=True)
        counts = _with_bar("Restoring", rows, lambda progress: restore_backup(file, progress))
    click.echo(f"{sum(counts.values())} rows are back. Whoever watches reads afresh.")


def _count_rows() -> int:
    return sum(
        db.session.scalar(select(func.count()).select_from(table)) or 0 for table in db.metadata.sorted_tables
    )


def _with_bar(label: str, rows: int, work: Work) -> dict[str, int]:
    is_watched = sys.stderr.isatty()
    with click.progressbar(length=rows, label=label, file=sys.stderr, hidden=not is_watched) as bar:
        return work(lambda _table, count: bar.update(count))
