"""The checks find what they are for: a bug of each kind, planted on purpose, is reported.

Without these, a clean storm would prove little. ``plants/sitecustomize.py`` holds the bugs.
"""

import pytest

from chaos.trial import Plan, run

pytestmark = pytest.mark.timeout(400)

LATE = "every watcher held what the database holds within 5 seconds of healing"
PHANTOM = "nobody was shown a post that does not exist"
HIDDEN = "hidden words were shown to nobody who asked afterwards"
LEFT = "who was removed was shown nothing that was said afterwards"
OVERSOLD = "no seat was given twice, in any moment"


@pytest.mark.parametrize(
    ("plant", "database", "strikes", "claim"),
    [
        ("forget_touch", "sqlite", (), LATE),
        ("push_before_commit", "sqlite", ("full_disk", "full_disk"), PHANTOM),
        ("show_hidden", "sqlite", (), HIDDEN),
        ("stay_in_room", "sqlite", (), LEFT),
        ("count_unlocked", "postgresql", (), OVERSOLD),
    ],
)
def test_a_planted_bug_is_found(plant, database, strikes, claim):
    report = run(Plan(1, strikes, quiet_seconds=5, is_stormy=False, plant=plant), database)
    assert claim in {fault.partition(": ")[0] for fault in report.faults}
