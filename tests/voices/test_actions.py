"""Recording voices: one for each thing said, in its own transaction, under a number nobody else has."""

import pytest
from factories import make_user
from sqlalchemy import func, select

from civicforum.db import db, transaction
from civicforum.voices import actions
from civicforum.voices.models import Voice
from civicforum.voices.queries import find_voice, voices_of


def record(kind: str, object_id: int, **more) -> Voice:
    with transaction():
        return actions.record_voice(kind, object_id, **{"channel": "thread:1", "author_id": None, **more})


def test_what_is_said_gets_a_voice_that_is_found_by_its_number(app):
    author = make_user()
    voice = record("post", 7, author_id=author.id)
    assert (voice.kind, voice.object_id, voice.channel, voice.author_id, voice.state) == (
        "post",
        7,
        "thread:1",
        author.id,
        "received",
    )
    assert find_voice(voice.number.lower().replace("-", " ")) == voice
    assert find_voice("nonsense") is None
    assert find_voice("6666-6666") is None


def test_recording_twice_is_one_voice(app):
    assert record("post", 7).number == record("post", 7).number
    assert record("question", 7).number != record("post", 7).number
    assert db.session.scalar(select(func.count()).select_from(Voice)) == 2


def test_a_number_that_is_taken_is_drawn_again(app, monkeypatch):
    numbers = iter(["6789-BCDF", "6789-BCDF", "6789-BCDG"])
    monkeypatch.setattr(actions, "new_number", lambda: next(numbers))
    assert record("post", 1).number == "6789-BCDF"
    assert record("post", 2).number == "6789-BCDG"


def test_nothing_is_said_where_no_number_is_free(app, monkeypatch):
    monkeypatch.setattr(actions, "new_number", lambda: "6789-BCDF")
    record("post", 1)
    with pytest.raises(RuntimeError, match="number"):
        record("post", 2)
    assert voices_of("post", [1, 2]).keys() == {1}


def test_a_voice_is_recorded_only_where_something_is_being_said(app):
    with pytest.raises(RuntimeError):
        actions.record_voice("post", 7, "thread:1", None)


def test_the_voices_of_many_take_one_query(app, count_queries):
    numbers = {n: record("post", n).number for n in range(1, 31)}
    db.session.remove()
    with count_queries() as n:
        found = voices_of("post", [*numbers, 99])
    assert {object_id: voice.number for object_id, voice in found.items()} == numbers
    assert n.total == 1
    assert voices_of("post", []) == {}
