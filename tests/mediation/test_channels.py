"""What a room tells its three people live."""

import pytest
from mediation.odds import SECRET

from civicforum.accounts.actions import revoke_role, update_profile
from civicforum.accounts.models import SYSTEM
from civicforum.db import db
from civicforum.errors import NotFound
from civicforum.live import registry
from civicforum.live.changes import changes_since, channel_versions
from civicforum.live.publisher import message
from civicforum.mediation import actions, queries


def told(app, room: int, after: int = 0) -> list[dict]:
    db.session.rollback()
    with app.test_request_context():
        return message(changes_since(f"mediation:{room}", after))["items"]


def test_all_three_see_what_is_said_at_once_and_nobody_before_all_said_yes(app, odds):
    id_ = odds.offer()
    with pytest.raises(NotFound):
        registry.check_watch(odds.ana, f"mediation:{id_}")
    actions.accept_offer(odds.ben, id_)
    actions.accept_offer(odds.mo, id_)
    said = actions.say(odds.ana, id_, f"*It* hurt. {SECRET}")
    actions.ask_for_longer(odds.ben, id_)
    for person in (odds.ana, odds.ben, odds.mo):
        registry.check_watch(person, f"mediation:{id_}")
    words, room = told(app, id_)
    assert (words["id"], words["type"]) == (said.id, "mediation_message")
    assert f"<em>It</em> hurt. {SECRET}" in words["fragment"]
    assert room == {"type": "mediation", "id": id_, "state": "in_session", "revision": 2}


def test_what_is_deleted_vanishes_from_open_pages_and_nobody_watches_on(app, odds):
    id_ = odds.begin()
    actions.say(odds.ana, id_, "It hurt.")
    before = channel_versions([f"mediation:{id_}"])[f"mediation:{id_}"]
    actions.leave(odds.ana, id_)
    odds.pass_days(30)
    assert channel_versions([f"mediation:{id_}"])[f"mediation:{id_}"][1] > before[1]
    assert {item["type"]: item["state"] for item in told(app, id_)} == {
        "mediation_message": "gone",
        "mediation": "ended",
    }
    with pytest.raises(NotFound):
        registry.check_watch(odds.ana, f"mediation:{id_}")


def test_a_new_name_is_told_where_one_spoke_by_name(app, odds):
    id_ = odds.begin()
    actions.say(odds.ana, id_, "It hurt.")
    seen = changes_since(f"mediation:{id_}").revision
    update_profile(odds.ana, odds.ana, name="Anna Other", handle=odds.ana.handle)
    (words,) = told(app, id_, seen)
    assert "Anna Other" in words["fragment"]


def test_a_room_is_always_closed_so_a_mediator_who_is_none_any_more_is_asked_again(odds):
    id_ = odds.begin()
    assert queries.closed_channels() == [f"mediation:{id_}"]
    before = channel_versions([f"mediation:{id_}"])[f"mediation:{id_}"]
    revoke_role(SYSTEM, odds.mo, "mediator")
    assert channel_versions([f"mediation:{id_}"])[f"mediation:{id_}"][1] > before[1]
    with pytest.raises(NotFound):
        registry.check_watch(odds.mo, f"mediation:{id_}")
