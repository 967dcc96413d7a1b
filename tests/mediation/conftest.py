"""What the tests of mediation share."""

import pytest
from factories import make_agreement
from mediation.odds import Odds, make_odds


@pytest.fixture
def odds(app) -> Odds:
    make_agreement()
    return make_odds()
