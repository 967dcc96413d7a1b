"""The units, settings and containers that we ship name what is there."""

import configparser
import re
import shutil
import subprocess

import pytest
import yaml

from civicforum import paths
from civicforum.cli import COMMANDS, cli
from civicforum.config import KNOWN, PREFIX, load_settings

DEPLOY = paths.ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMMAND = "/opt/civicforum/.venv/bin/civicforum"


def read(unit) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment]  # names keep their case
    parser.read(unit)
    return parser


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_that_there_is(unit):
    service = read(unit)["Service"]
    program, command, *options = service["ExecStart"].split()
    assert program == COMMAND
    assert command in COMMANDS
    known = {name for parameter in cli.get_command(None, command).params for name in parameter.opts}
    assert {option for option in options if option.startswith("--")} <= known
    assert service["User"] != "root"
    assert int(service["TimeoutStopSec"]) > 12  # the supervisor's patience


def test_a_reload_of_several_processes_is_what_the_supervisor_takes_for_one():
    assert read(DEPLOY / "systemd" / "civicforum.service")["Service"]["ExecReload"].endswith(
        "kill -HUP $MAINPID"
    )


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_a_unit(unit, tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here: the units are read by their form alone")
    # Only what is on this machine can be named to it.
    draft = tmp_path / unit.name.replace("@", "@8001")
    draft.write_text(unit.read_text().replace(COMMAND, "/bin/true").replace("User=civicforum", "User=root"))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", draft], capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if unit.name.split("@")[0] in line]
    assert [line for line in ours if "Unknown" in line or "ignoring" in line or "Invalid" in line] == []


def example() -> dict[str, str]:
    lines = (DEPLOY / "environment.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_example_of_settings_is_accepted_once_it_has_a_secret(tmp_path):
    given = example()
    assert given["CIVICFORUM_SECRET_KEY"] == ""
    own = {"CIVICFORUM_SECRET_KEY": "x" * 48, "CIVICFORUM_DATA_DIR": str(tmp_path)}
    settings = load_settings({**given, **own})
    assert (settings.is_sqlite, settings.trusted_proxies) == (False, 1)


@pytest.mark.parametrize("name", ["environment.example", "compose.yaml", "Dockerfile"])
def test_no_setting_is_named_that_there_is_not(name):
    named = set(re.findall(rf"{PREFIX}([A-Z_]+)", (DEPLOY / name).read_text()))
    assert named
    assert named <= KNOWN


def test_the_containers_name_files_that_there_are():
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    build = services["server"]["build"]
    assert ((DEPLOY / build["context"]).resolve(), build["dockerfile"]) == (
        paths.ROOT,
        "deploy/Dockerfile",
    )
    assert sorted(services["server"]["depends_on"]) == ["database", "redis"]
    recipe = (DEPLOY / "Dockerfile").read_text()
    assert "RUN python3 tools/bootstrap.py run" in recipe
    assert '["/opt/civicforum/.venv/bin/civicforum"]' in recipe


def test_nothing_secret_is_copied_into_an_image():
    ignored = set((DEPLOY / "Dockerfile.dockerignore").read_text().split())
    assert {"data", "*.sqlite3", ".env", "secret_key", ".git"} <= ignored
