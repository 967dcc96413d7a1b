"""``civicforum demo``."""

import sys

import click

from civicforum.app import create_app
from civicforum.config import Settings, load_settings
from civicforum.demo.loader import PASSWORD, Plan, is_empty, load_demo, plan_demo
from civicforum.errors import CommandError
from civicforum.schema import upgrade_database


@click.command("demo")
@click.option("--if-empty", is_flag=True, help="Where there are people already, do nothing and say nothing.")
def demo_command(if_empty: bool) -> None:
    """Load Tarrow Bend, an invented town, into an empty database."""
    settings = load_settings()
    app = create_app(settings)
    upgrade_database(app)
    with app.app_context():
        if not is_empty():
            if if_empty:
                return
            raise CommandError(
                "There are people in this database already. Name an empty folder in CIVICFORUM_DATA_DIR."
            )
        _refuse_in_public(settings)
        plan = plan_demo()
        with click.progressbar(length=plan.size, label="Loading", file=sys.stderr) as bar:
            load_demo(plan, bar.update)
    _say(plan, settings)


def _refuse_in_public(settings: Settings) -> None:
    """Its passwords are known to everybody."""
    if settings.is_public:
        raise CommandError(
            f"The demo's passwords are public, and so is {settings.base_url}: it is for a loopback address."
        )


def _say(plan: Plan, settings: Settings) -> None:
    click.echo(f"{plan.files.town['town']} is at {settings.base_url} once `civicforum serve` runs.")
    click.echo(f"Sign in as any of these; the password is {PASSWORD} for each:")
    width = max(len(row.role) for row in plan.sign_ins)
    for row in plan.sign_ins:
        click.echo(f"  {row.role:<{width}}  {row.email:<28} {row.name}")
