"""How the record ended on each day: published once, and mailed to somebody outside."""

from datetime import UTC, date, datetime, timedelta
from mailbox import mails_to, words

import pytest
import time_machine
from record_lines import NOON, tampered, write

from civicforum.accounts.models import SYSTEM
from civicforum.config import load_settings
from civicforum.db import db, transaction
from civicforum.errors import NotAllowed, SettingsError
from civicforum.moderation import actions, queries, tasks
from civicforum.moderation.chain import GENESIS
from civicforum.moderation.models import DayHead

WITNESS = "witness@library.example"


def test_each_day_that_is_over_has_its_head_and_none_has_two(place):
    assert actions.publish_heads(SYSTEM) == []
    with time_machine.travel(NOON, tick=False) as clock:
        write()
        clock.shift(timedelta(days=1))
        write()
        assert actions.publish_heads(SYSTEM) == [date(2026, 11, 3)]
        assert actions.publish_heads(SYSTEM) == []
        clock.shift(timedelta(days=3))
        assert actions.publish_heads(SYSTEM) == [date(2026, 11, day) for day in (4, 5, 6)]
    told = [(head.day.day, head.number) for head in queries.all_heads()]
    assert told == [(3, 1), (4, 2), (5, 2), (6, 2)]


def test_the_first_head_of_a_record_begun_today_is_of_an_empty_day(place):
    write()
    actions.publish_heads(SYSTEM)
    assert [(head.number, head.hash) for head in queries.all_heads()] == [(0, GENESIS)]
    assert queries.verify_log() == (1, None)
    assert tampered("UPDATE log_day_head SET hash = 'x'")[0] == 1


def test_only_the_house_closes_days(place):
    with pytest.raises(NotAllowed):
        actions.publish_heads(place.moderator)
    with pytest.raises(NotAllowed):
        actions.keep_report(place.moderator, "2026-Q4", 0, "", {})


def test_the_newest_head_is_mailed_to_the_witness(app, place, monkeypatch):
    monkeypatch.setitem(app.config, "LOG_WITNESS", WITNESS)
    write(at=(datetime.now(UTC) - timedelta(days=3)).isoformat(timespec="seconds"))
    tasks.close_days()
    (mail,) = mails_to(app, WITNESS)
    head = queries.latest_head()
    assert head.hash in words(mail)
    assert head.day.isoformat() in str(mail["Subject"])


def test_without_a_witness_nobody_is_mailed(app, place):
    write()
    tasks.close_days()
    assert mails_to(app, "@") == []
    with app.test_request_context(base_url=app.config["BASE_URL"]):
        tasks.mail_head("2020-01-01")


def test_a_witness_is_one_address(tmp_path):
    environ = {"CIVICFORUM_DATA_DIR": str(tmp_path)}
    assert load_settings({**environ, "CIVICFORUM_LOG_WITNESS": WITNESS}).log_witness == WITNESS
    with pytest.raises(SettingsError, match="LOG_WITNESS"):
        load_settings({**environ, "CIVICFORUM_LOG_WITNESS": "a@example.org, b@example.org"})


def test_heads_are_on_a_page_newest_first_and_in_a_file(record, client):
    page = client.get("/moderation/log/heads").text
    hashes = [head.hash for head in queries.all_heads()]
    assert [page.index(code) for code in hashes] == sorted(
        (page.index(code) for code in hashes), reverse=True
    )
    told = client.get("/moderation/log/heads.json").json
    assert [head["hash"] for head in told["items"]] == hashes
    assert told["now"] == dict(zip(("number", "hash"), queries.log_head(), strict=True))
    assert "No day is over yet" not in page


def test_many_heads_have_pages(app):
    with transaction():
        db.session.add_all(
            DayHead(day=date(2026, 1, 1) + timedelta(days=n), number=0, hash=GENESIS) for n in range(5)
        )
    first = queries.list_heads(None, 3)
    assert [head.day.day for head in first.items] == [5, 4, 3]
    assert [head.day.day for head in queries.list_heads(first.next, 3).items] == [2, 1]
