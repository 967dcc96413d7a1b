"""Talking, agreeing, leaving, looking back, and what stays."""

from datetime import timedelta

import pytest
from factories import make_user
from mediation.odds import KEEP_DAYS, SECRET, age, bar, offers, row, state, told
from sqlalchemy import select

from civicforum.accounts.models import SYSTEM
from civicforum.db import db, now
from civicforum.discussions.models import Post
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.live.models import Channel
from civicforum.mediation import actions, queries
from civicforum.mediation.actions import Draft
from civicforum.mediation.models import Mediation, Message, Participant
from civicforum.moderation import actions as moderation
from civicforum.moderation import agreements
from civicforum.moderation.actions import Deed
from civicforum.notifications.models import Notification

# --- talking ---


def test_what_is_said_is_told_to_the_other_two_without_its_words(odds):
    id_ = odds.begin()
    actions.say(odds.ana, id_, f"**It hurt.** {SECRET}")
    (message,) = queries.list_messages(odds.mo, id_)
    assert "<strong>It hurt.</strong>" in message.html
    assert told(odds.ben)[-1] == told(odds.mo)[-1] == "mediation_message"
    assert "mediation_message" not in told(odds.ana)


def test_nothing_is_said_before_or_after(odds):
    id_ = odds.offer()
    with pytest.raises(Conflict):
        actions.say(odds.ana, id_, "Hello?")
    actions.accept_offer(odds.ben, id_)
    actions.accept_offer(odds.mo, id_)
    age(8)
    with pytest.raises(Conflict):
        actions.say(odds.ana, id_, "One more thing.")


def test_time_is_prolonged_once_and_only_if_all_three_want_it(odds):
    id_ = odds.begin()
    first = row(id_).due_at
    for person in (odds.ana, odds.ben):
        actions.ask_for_longer(person, id_)
    assert row(id_).due_at == first
    actions.ask_for_longer(odds.mo, id_)
    assert row(id_).due_at == first + timedelta(days=7)
    with pytest.raises(Conflict):
        actions.ask_for_longer(odds.ana, id_)


def test_time_that_runs_out_ends_it_and_both_are_asked_later(odds):
    id_ = odds.begin()
    odds.pass_days(7)
    assert (state(id_), row(id_).outcome) == ("no_agreement", "no_agreement")
    odds.pass_days(30)
    assert state(id_) == "follow_up"
    assert told(odds.ana)[-1] == told(odds.ben)[-1] == "mediation_follow_up"
    assert "mediation_follow_up" not in told(odds.mo)
    odds.pass_days(14)
    assert state(id_) == "ended"


MOMENTS = {"offered": [], "in_session": [], "agreement": [], "no_agreement": [7], "follow_up": [7, 30]}


@pytest.mark.parametrize("who", ["ana", "ben", "mo"])
def test_anybody_leaves_at_any_moment_without_a_reason(odds, who):
    for moment, days in {**MOMENTS, "ended": [7, 30, 14]}.items():
        id_ = {"offered": odds.offer, "agreement": odds.agree}.get(moment, odds.begin)()
        for number in days:
            odds.pass_days(number)
        assert state(id_) == moment
        actions.leave(getattr(odds, who), id_)
        assert state(id_) == ("offered" if moment == "offered" else "ended")
        assert row(id_).outcome == {"offered": None, "agreement": "agreement"}.get(moment, "no_agreement")
        odds.pass_days(400)
        odds.pass_days(400)
        assert offers() == []


# --- agreeing ---


def test_an_agreement_needs_each_sides_own_yes_to_the_same_words(odds):
    id_ = odds.begin()
    actions.write_agreement(odds.ana, id_, Draft("Quiet after ten.", 14))
    actions.write_agreement(odds.ben, id_, Draft("Quiet after eleven.", 14, based_on=1))
    with pytest.raises(Conflict):
        actions.agree(odds.ana, id_, 1)
    assert state(id_) == "in_session"
    actions.agree(odds.ana, id_, 2)
    assert (state(id_), row(id_).outcome) == ("agreement", "agreement")
    odds.pass_days(14)
    actions.answer_follow_up(odds.ana, id_, "well")
    assert state(id_) == "follow_up"
    actions.answer_follow_up(odds.ben, id_, "partly")
    assert state(id_) == "ended"


def test_the_mediator_words_it_and_does_not_agree_to_it(odds):
    id_ = odds.begin()
    actions.write_agreement(odds.mo, id_, Draft("Quiet after ten.", 30))
    with pytest.raises(NotAllowed):
        actions.agree(odds.mo, id_, 1)
    odds.pass_days(0)
    with pytest.raises(NotAllowed):
        actions.answer_follow_up(odds.mo, id_, "well")


def test_words_that_were_changed_meanwhile_are_not_written_over(odds):
    id_ = odds.begin()
    actions.write_agreement(odds.ana, id_, Draft("Quiet after ten.", 14))
    with pytest.raises(Conflict):
        actions.write_agreement(odds.ben, id_, Draft("Quiet after eleven.", 14))


def test_an_agreement_has_words_and_a_day_to_look_back(odds):
    id_ = odds.begin()
    for draft in (Draft(" ", 30), Draft("x" * 8001, 30), Draft("Quiet.", 365)):
        with pytest.raises(Invalid):
            actions.write_agreement(odds.ana, id_, draft)


def test_how_it_went_is_asked_in_its_time_and_has_three_answers(odds):
    id_ = odds.agree()
    with pytest.raises(Conflict):
        actions.answer_follow_up(odds.ana, id_, "well")
    odds.pass_days(30)
    with pytest.raises(Invalid):
        actions.answer_follow_up(odds.ana, id_, "so-so")


# --- what stays ---


def end(odds, id_: int) -> None:
    actions.leave(odds.ana, id_)
    assert state(id_) == "ended"


def test_what_was_said_is_deleted_after_its_time(odds):
    id_ = odds.agree()
    end(odds, id_)
    odds.pass_days(KEEP_DAYS - 1)
    assert len(queries.list_messages(odds.ana, id_)) == 1
    odds.pass_days(1)
    assert db.session.scalars(select(Message)).all() == []
    assert row(id_).agreement == row(id_).agreement_html == ""
    for person in (odds.ana, odds.ben, odds.mo):
        with pytest.raises(NotFound):
            queries.get_mediation(person, id_)
    odds.pass_days(90)
    left = [db.session.scalars(select(table)).all() for table in (Mediation, Participant, Notification)]
    rooms = db.session.scalars(select(Channel.name).where(Channel.name.startswith("mediation"))).all()
    assert [*left, rooms] == [[], [], [], []]


def test_the_words_of_the_agreement_stay_if_all_three_want_it(odds):
    id_ = odds.agree(keep=True)
    end(odds, id_)
    odds.pass_days(KEEP_DAYS)
    assert queries.list_messages(odds.ben, id_) == []
    assert SECRET in queries.get_mediation(odds.ben, id_).agreement
    odds.pass_days(400)
    assert SECRET in queries.get_mediation(odds.ben, id_).agreement
    with pytest.raises(Conflict):
        actions.keep_agreement(odds.ana, id_, False)


@pytest.mark.parametrize("who", ["ana", "ben", "mo"])
def test_one_who_does_not_want_the_words_kept_is_enough(odds, who):
    id_ = odds.agree(keep=True)
    actions.keep_agreement(getattr(odds, who), id_, False)
    end(odds, id_)
    odds.pass_days(KEEP_DAYS)
    assert row(id_).agreement == ""


def test_words_nobody_agreed_to_are_not_kept(odds):
    id_ = odds.begin()
    with pytest.raises(Conflict):
        actions.keep_agreement(odds.ana, id_, True)


def test_only_the_clock_tends_and_only_what_is_due(odds):
    id_ = odds.begin()
    for deed in (
        lambda: actions.tend_mediation(odds.mo, id_, KEEP_DAYS),
        lambda: actions.lift_limits(odds.ana, id_),
    ):
        with pytest.raises(NotAllowed):
            deed()
    actions.tend_mediation(SYSTEM, id_, KEEP_DAYS)
    actions.tend_mediation(SYSTEM, 987654, KEEP_DAYS)
    assert (state(id_), queries.list_due(now(), KEEP_DAYS)) == ("in_session", [])


# --- lifting ---


def hide_and_mend(odds, *flaggers) -> None:
    for flagger in flaggers:
        moderation.flag_post(flagger, odds.post.id, 1, "")
    moderation.moderate(odds.moderator, "post", odds.post.id, Deed("hide", 1, "It is not so."))
    moderation.mend_post(odds.ben, odds.post.id, "I find that you complain a lot.")


def lift(odds, id_: int) -> str:
    actions.lift_limits(SYSTEM, id_)
    return db.session.get_one(Post, odds.post.id).state


def test_a_comment_whose_mended_words_both_agreed_on_is_shown_again(odds):
    id_ = odds.agree(lifts=True)
    hide_and_mend(odds, odds.ana)
    assert lift(odds, id_) == "visible"
    assert lift(odds, id_) == "visible"


@pytest.mark.parametrize("is_flagged", [False, True])
def test_two_friends_do_not_spare_themselves_the_moderator(odds, is_flagged):
    id_ = odds.agree(lifts=True)
    hide_and_mend(odds, *([odds.ana, make_user()] if is_flagged else []))
    assert lift(odds, id_) == "hidden"


def test_nothing_is_lifted_that_both_did_not_want_or_that_is_barred(odds):
    id_ = odds.agree(lifts=False)
    hide_and_mend(odds, odds.ana)
    assert lift(odds, id_) == "hidden"
    bar(1)
    actions.restore_mended(agreements.Agreed(odds.post.id, (odds.ana.id, odds.ben.id)))
    actions.restore_mended(agreements.Agreed(odds.post.id, (odds.ana.id,)))
    assert db.session.get_one(Post, odds.post.id).state == "hidden"


def test_other_rooms_hear_of_what_may_be_lifted(odds, monkeypatch):
    monkeypatch.setattr(agreements, "_lifts", [])
    heard = []
    for _time in range(2):
        agreements.on_agreement(heard.append)
    actions.lift_limits(SYSTEM, odds.agree(lifts=True))
    assert heard == [agreements.Agreed(odds.post.id, (odds.ana.id, odds.ben.id))]
