"""The short storm of every run: one seed on each database, all kinds of blows that fit into it.

``make chaos`` runs ten seeds on both, with more blows.
"""

import pytest

from chaos.__main__ import sentence
from chaos.trial import plan_of, run

pytestmark = pytest.mark.timeout(400)
SEED = 20261126


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_town_at_work_holds_through_a_storm(database):
    report = run(plan_of(SEED, database == "sqlite"), database)
    print(sentence(report))
    assert report.faults == []
    assert report.unexamined == []
