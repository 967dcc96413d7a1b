"""What a fresh town needs before its first administrator comes: the shipped rules, and the set-up code."""

import click
from flask import Flask

from civicforum.accounts.models import SYSTEM
from civicforum.accounts.queries import has_administrator
from civicforum.accounts.set_up_code import read_code
from civicforum.agreement.actions import install_shipped


def prepare_first_run(app: Flask) -> None:
    """Install the shipped agreement where there is none; say how to set up a town that nobody runs yet."""
    with app.app_context():
        install_shipped(SYSTEM)
        if not has_administrator():
            code = read_code(app.config["DATA_DIR"])
            click.echo(f"Set up your town at {app.config['BASE_URL']}/set-up (set-up code: {code}).")
