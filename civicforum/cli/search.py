"""``civicforum search``."""

import sys

import click

from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.schema import upgrade_database
from civicforum.search import index


@click.group("search")
def search_command() -> None:
    """What a search looks through."""


@search_command.command("rebuild")
def rebuild() -> None:
    """Make the search index anew, while people go on reading and writing.

    It may be stopped at any time, and run again.
    """
    app = create_app(load_settings())
    upgrade_database(app)
    with app.app_context():
        is_watched = sys.stderr.isatty()
        rows = index.count_findable()
        with click.progressbar(length=rows, label="Indexing", file=sys.stderr, hidden=not is_watched) as bar:
            count = index.rebuild(bar.update)
    click.echo(f"{count} things can be found.")
