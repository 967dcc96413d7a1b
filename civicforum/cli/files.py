"""``civicforum tidy-files``."""

import click

from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.files.stores import store
from civicforum.files.tidying import stray_parts


@click.command("tidy-files")
def tidy_files_command() -> None:
    """Delete files that belong to nothing: what a crash or a restore left behind, older than a day."""
    with create_app(load_settings()).app_context():
        kept = store()
        stray = stray_parts(kept)
        for name in stray:
            kept.delete(name)
    click.echo(f"{len(stray)} files that belonged to nothing are gone from {kept.place}.")
