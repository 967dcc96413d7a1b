"""A town that outgrows SQLite moves to PostgreSQL with a backup, and may move back."""

import pytest
from backups_running import everything, run
from running import Server, free_port

from civicforum.demo.loader import load_demo, plan_demo

# It starts a dozen processes, on a machine that may be busy.
pytestmark = pytest.mark.timeout(600)


def test_a_town_moves_from_one_database_to_the_other_and_back(tmp_path, postgres_url):
    towns = []
    for name, settings in {
        "small": {},
        "large": {"CIVICFORUM_DATABASE_URL": postgres_url},
        "again": {},
    }.items():
        (tmp_path / name).mkdir()
        towns.append(Server(tmp_path / name, free_port(), settings))
    small, large, again = towns
    assert run(small, "db", "upgrade").returncode == 0
    with small.database():
        load_demo(plan_demo())
    for source, target in ((small, large), (large, again)):
        file = str(source.folder / "town.zip")
        assert run(source, "backup", file).returncode == 0
        assert run(target, "restore", file).returncode == 0
    wanted = {name: rows for name, rows in everything(small).items() if name != "stream"}
    for town in (large, again):
        assert {name: rows for name, rows in everything(town).items() if name != "stream"} == wanted
        assert run(town, "verify-log").returncode == 0
        town.stop()
    small.stop()
