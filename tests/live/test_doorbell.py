"""The bell: who hears of a change here, and what is carried to the other processes."""

import pytest

from civicforum.live import doorbell


@pytest.fixture
def heard(monkeypatch):
    """What is heard of channels, of people, and by the other processes, in a house that is silent else."""
    kept = {"channels": [], "people": [], "others": []}
    for name in ("_listeners", "_people_listeners", "_messengers"):
        monkeypatch.setattr(doorbell, name, [])
    doorbell.listen(kept["channels"].append)
    doorbell.listen_for_people(kept["people"].append)
    doorbell.tell_others(kept["others"].append)
    return kept


def test_what_rings_here_is_heard_here_and_elsewhere(heard):
    doorbell.ring("thread:7")
    doorbell.ring_people([3, 4])
    assert heard == {
        "channels": ["thread:7"],
        "people": [3, 4],
        "others": ["thread:7", "person:3", "person:4"],
    }


def test_what_rang_elsewhere_is_heard_here_and_not_sent_back(heard):
    for name in ("thread:7", "person:3"):
        doorbell.ring_from_elsewhere(name)
    assert heard == {"channels": ["thread:7"], "people": [3], "others": []}


@pytest.mark.parametrize("name", ["person:", "person:x", "person:-3", "person:3 4"])
def test_a_bell_that_names_nobody_is_heard_by_nobody(heard, name):
    doorbell.ring_from_elsewhere(name)
    assert heard == {"channels": [], "people": [], "others": []}
