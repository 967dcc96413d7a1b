"""The checks find what they are for: a bug of each kind, planted on purpose, is reported.

Without these, a clean storm would prove little. ``plants/sitecustomize.py`` holds the bugs; seats that are
counted without a lock are planted in ``townhalls/test_race.py``, and more in ``model/test_planted.py``.
"""

import pytest

from chaos.trial import Plan, run

pytestmark = pytest.mark.timeout(400)

LATE = "every watcher held what the database holds within 5 seconds of healing"
PHANTOM = "nobody was shown a post that does not exist"
HIDDEN = "hidden words were shown to nobody who asked afterwards"
LEFT = "who was removed was shown nothing that was said afterwards"


@pytest.mark.parametrize(
    ("plants", "strikes", "claims"),
    [
        (("forget_touch",), (), {LATE}),
        (("show_hidden", "stay_in_room"), (), {HIDDEN, LEFT}),
        (("push_before_commit",), ("full_disk",), {PHANTOM}),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, tuple) and value else None,
)
def test_a_planted_bug_is_found(plants, strikes, claims):
    report = run(Plan(1, strikes, quiet_seconds=3, is_stormy=False, plants=plants), "sqlite")
    assert claims - {fault.partition(": ")[0] for fault in report.faults} == set()
