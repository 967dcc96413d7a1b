"""Connections are counted as they come and go, and told once a minute, not one by one."""

import logging
import time

import pytest
import requests
from running import Refused

from civicforum.sockets.tally import Tally


def connections(server) -> dict[str, float]:
    lines = requests.get(f"{server.base_url}/metrics", timeout=20).text.splitlines()
    name = 'civicforum_socket_connections_total{outcome="'
    found = dict.fromkeys(("opened", "closed", "refused", "cut"), 0.0)
    for line in lines:
        if line.startswith(name):
            outcome, _quote, value = line.removeprefix(name).partition('"} ')
            found[outcome] = float(value)
    return found


def wait_for(server, **wanted: float) -> None:
    deadline = time.monotonic() + 30
    while not all(connections(server)[outcome] >= count for outcome, count in wanted.items()):
        assert time.monotonic() < deadline, (connections(server), wanted)
        time.sleep(0.2)


def test_connections_are_counted_by_what_became_of_them(server, listener):
    before = connections(server)
    person = server.make_user()
    first, second = listener(person), listener(person)
    wait_for(server, opened=before["opened"] + 2)
    first.hang_up()
    wait_for(server, closed=before["closed"] + 1)
    person.token = "civ_nonsense"
    with pytest.raises(Refused):
        listener(person)
    wait_for(server, refused=before["refused"] + 1)
    assert not second.is_cut


def test_whoever_signs_out_everywhere_is_counted_as_cut(server, listener):
    before = connections(server)
    person = server.make_user()
    watching = listener(person)
    with server.database():
        from civicforum.accounts.queries import find_user
        from civicforum.db import transaction

        with transaction():
            find_user(person.id).session_version += 1
    watching.wait_for(lambda: watching.is_cut, 30)
    wait_for(server, cut=before["cut"] + 1)


def test_the_log_tells_once_what_came_and_went(caplog):
    caplog.set_level(logging.INFO, logger="civicforum")
    tally = Tally(lambda: 2)
    tally.tell()
    for outcome in ("opened", "opened", "opened", "closed", "refused"):
        tally.count(outcome)
    tally.tell()
    tally.tell()
    (entry,) = caplog.records
    told = (entry.opened, entry.closed, entry.refused, entry.cut, entry.open)
    assert (entry.message, *told) == ("sockets", 3, 1, 1, 0, 2)
