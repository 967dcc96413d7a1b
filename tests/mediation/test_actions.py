"""Every way an offer and a room can go."""

from datetime import timedelta

import pytest
from factories import make_organization, make_post, make_thread, make_user, save
from mediation.odds import KEEP_DAYS, SECRET, age, state
from sqlalchemy import select

from civicforum.accounts.models import SYSTEM, Guest
from civicforum.agreement.models import Rule
from civicforum.db import db, now, transaction
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Post
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.live.models import Channel
from civicforum.mediation import actions, policies, queries
from civicforum.mediation.actions import Draft
from civicforum.mediation.models import Mediation, Message, Participant
from civicforum.moderation import actions as moderation
from civicforum.moderation import agreements
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import LogEntry
from civicforum.notifications.models import Notification
from civicforum.partnerships.models import Seat


def row(id_: int) -> Mediation:
    db.session.rollback()
    return db.session.get_one(Mediation, id_)


def told(user) -> list[str]:
    """Why something waits in this person's inbox, in order."""
    wanted = select(Notification.reason).where(Notification.user_id == user.id).order_by(Notification.id)
    return list(db.session.scalars(wanted))


def bar(number: int = 2) -> None:
    """The rule of this number is about hate."""
    with transaction():
        db.session.scalars(select(Rule).where(Rule.number == number)).one().no_mediation = True


def offers() -> list[Mediation]:
    return list(db.session.scalars(select(Mediation)))


# --- offering ---


def test_the_room_opens_with_the_last_yes_and_the_log_has_the_fact_alone(odds):
    id_ = odds.offer()
    assert (told(odds.ben), told(odds.mo), told(odds.ana)) == (["mediation_offer"], ["mediation_offer"], [])
    actions.accept_offer(odds.mo, id_)
    assert state(id_) == "offered"
    actions.accept_offer(odds.ben, id_)
    assert state(id_) == "in_session"
    line = db.session.scalars(select(LogEntry)).one()
    assert (line.action, line.target, line.place, line.rule, line.case_id) == ("mediation", "", "", "", None)
    assert told(odds.ana) == ["mediation_begun"]


def test_saying_yes_twice_is_one_yes(odds):
    id_ = odds.offer()
    for _time in range(2):
        actions.accept_offer(odds.ben, id_)
    assert (state(id_), len(row(id_).present)) == ("offered", 2)


def test_whoever_declines_is_told_to_nobody(odds):
    id_ = odds.offer()
    actions.accept_offer(odds.mo, id_)
    actions.decline_offer(odds.ben, id_)
    assert state(id_) == "offered"
    assert (told(odds.ana), told(odds.mo)) == ([], ["mediation_offer"])
    with pytest.raises(NotFound):
        queries.get_mediation(odds.ben, id_)
    odds.pass_days(7)
    assert state(id_) == "declined"
    assert told(odds.ana) == ["mediation_not"]
    assert "mediation_not" not in told(odds.ben)
    assert {part.state for part in row(id_).participants} == {"gone"}
    assert db.session.scalars(select(LogEntry)).all() == []


def test_an_offer_that_nobody_answers_lapses_as_if_it_was_declined(odds):
    id_ = odds.offer()
    odds.pass_days(7)
    assert state(id_) == "declined"
    assert told(odds.ana) == ["mediation_not"]
    assert {part.state for part in row(id_).participants} == {"gone"}


def test_an_offer_is_over_when_its_time_is_also_before_the_clock_has_seen_to_it(odds):
    id_ = odds.offer()
    age(8)
    for answer in (actions.accept_offer, actions.decline_offer):
        with pytest.raises(Conflict):
            answer(odds.ben, id_)


def test_a_yes_can_be_taken_back_before_the_room_opens(odds):
    id_ = odds.offer()
    actions.leave(odds.ana, id_)
    actions.accept_offer(odds.ben, id_)
    actions.accept_offer(odds.mo, id_)
    assert state(id_) == "offered"


def test_where_a_mediator_says_no_the_next_one_is_asked(odds):
    second = make_user("mediator")
    make_organization(second)
    id_ = odds.offer()
    actions.decline_offer(odds.mo, id_)
    assert told(second) == ["mediation_offer"]
    actions.decline_offer(second, id_)
    odds.pass_days(7)
    assert told(odds.ana) == ["mediation_not"]


def test_the_mediator_with_the_fewest_rooms_is_asked(odds):
    odds.offer()
    second = make_user("mediator")
    make_organization(second)
    actions.ask_for_mediation(make_user(), odds.post.id)
    assert told(second) == ["mediation_offer"]


def test_nobody_is_asked_about_their_own_words(odds):
    with pytest.raises(NotAllowed):
        actions.ask_for_mediation(odds.ben, odds.post.id)


def test_nobody_is_asked_again_for_a_while(odds):
    odds.offer()
    with pytest.raises(Conflict):
        odds.offer()
    odds.pass_days(7)
    with pytest.raises(Conflict):
        odds.offer()
    odds.pass_days(84)
    assert offers() == []  # of what came to nothing, nothing is left
    odds.offer()


def test_nobody_is_asked_where_nobody_mediates_or_nobody_is_there(odds):
    gone = make_post(odds.thread, None, "I was here.")
    with pytest.raises(Conflict):
        actions.ask_for_mediation(odds.ana, gone.id)
    with transaction():
        db.session.merge(odds.mo).grants.clear()
    with pytest.raises(Conflict):
        odds.offer()


def test_nobody_is_asked_by_a_crowd(odds):
    for _asker in range(4):
        actions.ask_for_mediation(make_user(), odds.post.id)
    wanted = select(Participant.state).where(Participant.user_id == odds.ben.id).order_by(Participant.id)
    assert list(db.session.scalars(wanted)) == ["invited"] * 3 + ["waiting"]


def test_the_days_are_those_that_there_are(odds):
    with pytest.raises(Invalid):
        actions.ask_for_mediation(odds.ana, odds.post.id, 365)


def test_about_threats_and_hate_nobody_is_asked_and_whoever_asks_cannot_tell(odds):
    bar()
    moderation.flag_post(make_user(), odds.post.id, 2, "Look.")
    id_ = odds.offer()
    assert told(odds.ben) == told(odds.mo) == []
    with pytest.raises(NotFound):
        queries.get_mediation(odds.ben, id_)
    odds.pass_days(7)
    assert told(odds.ana) == ["mediation_not"]


def test_what_a_moderator_judged_by_such_a_rule_is_barred_for_good(odds):
    bar()
    moderation.moderate(odds.moderator, "post", odds.post.id, Deed("hide", 2, "Hate."))
    moderation.moderate(odds.moderator, "post", odds.post.id, Deed("restore", None, "It was mended."))
    assert queries.is_barred(odds.post.id)


def test_what_is_flagged_as_hate_meanwhile_does_not_begin(odds):
    id_ = odds.offer()
    actions.accept_offer(odds.mo, id_)
    bar()
    moderation.flag_post(make_user(), odds.post.id, 2, "Look.")
    actions.accept_offer(odds.ben, id_)
    assert state(id_) == "offered"


def test_a_mediator_of_a_sides_organization_is_not_asked(odds):
    organization_id = odds.mo.seats_at[0].organization_id
    save(Seat(organization_id=organization_id, user_id=odds.ben.id))
    odds.offer()
    assert told(odds.mo) == told(odds.ben) == []


def test_a_mediator_who_joined_a_sides_organization_since_cannot_say_yes(odds):
    id_ = odds.offer()
    save(Seat(organization_id=odds.mo.seats_at[0].organization_id, user_id=odds.ben.id))
    with pytest.raises(NotAllowed):
        actions.accept_offer(odds.mo, id_)
    actions.decline_offer(odds.mo, id_)


# --- proposed by a moderator ---


def test_a_moderator_proposes_it_to_two_who_spoke_and_learns_nothing(odds):
    other = db.session.scalars(select(Post).where(Post.author_id == odds.ana.id)).one()
    assert actions.propose_mediation(odds.moderator, odds.post.id, f"post:{other.id}") is None
    assert [told(p) for p in (odds.ana, odds.ben, odds.mo)] == [["mediation_offer"]] * 3
    with pytest.raises(NotFound):
        queries.get_mediation(odds.moderator, offers()[0].id)
    assert actions.propose_mediation(odds.moderator, odds.post.id, f"post:{other.id}") is None
    assert len(offers()) == 1


def test_whoever_flagged_is_asked_alone_and_known_only_after_their_yes(odds):
    flag = moderation.flag_post(odds.ana, odds.post.id, 1, "He always does.")
    actions.propose_mediation(odds.moderator, odds.post.id, f"flag:{flag.id}")
    id_ = offers()[0].id
    assert (told(odds.ana), told(odds.ben), told(odds.mo)) == (["mediation_offer"], [], [])
    actions.accept_offer(odds.ana, id_)
    assert (told(odds.ben), told(odds.mo)) == (["mediation_offer"], ["mediation_offer"])
    for person in (odds.ben, odds.mo):
        actions.accept_offer(person, id_)
    assert state(id_) == "in_session"


def test_an_author_who_was_never_asked_does_not_learn_it_by_asking(odds):
    flag = moderation.flag_post(odds.ana, odds.post.id, 1, "Look.")
    actions.propose_mediation(odds.moderator, odds.post.id, f"flag:{flag.id}")
    actions.decline_offer(odds.ana, offers()[0].id)
    odds.pass_days(7)
    ana_said = db.session.scalars(select(Post).where(Post.author_id == odds.ana.id)).one()
    assert actions.ask_for_mediation(odds.ben, ana_said.id).state == "offered"


def test_one_person_under_two_names_is_not_given_away(odds):
    as_ben = make_post(odds.thread, odds.ben, "Another name.")
    actions.propose_mediation(odds.moderator, odds.post.id, f"post:{as_ben.id}")
    assert offers() == []


def test_the_other_side_is_somebody_who_spoke_or_flagged_there(odds):
    flag = moderation.flag_post(odds.ana, odds.post.id, 1, "Look.")
    moderation.withdraw_flag(odds.ana, odds.post.id)
    for other in ("", "post:", "post:x", "post:0", "flag:1234", "boat:1", "post:٧", f"flag:{flag.id}"):
        with pytest.raises(Invalid):
            actions.propose_mediation(odds.moderator, odds.post.id, other)


def test_the_other_side_is_not_the_moderator_nor_somebody_elsewhere(odds):
    own = make_post(odds.thread, odds.moderator, "Calm down, please.")
    elsewhere = make_post(make_thread(odds.project), odds.ana, "Elsewhere.")
    for post in (own, elsewhere):
        with pytest.raises(Invalid):
            actions.propose_mediation(odds.moderator, odds.post.id, f"post:{post.id}")


def test_only_moderators_propose_and_never_about_their_own_words(odds):
    own = make_post(odds.thread, odds.moderator, "Calm down.")
    for person, post in ((odds.ana, odds.post), (odds.moderator, own)):
        with pytest.raises(NotFound):
            actions.propose_mediation(person, post.id, f"post:{odds.post.id}")


def test_a_moderator_may_not_propose_it_about_hate(odds):
    bar()
    flag = moderation.flag_post(odds.ana, odds.post.id, 2, "Look.")
    with pytest.raises(Conflict):
        actions.propose_mediation(odds.moderator, odds.post.id, f"flag:{flag.id}")


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


def hide_and_mend(odds) -> None:
    moderation.moderate(odds.moderator, "post", odds.post.id, Deed("hide", 1, "It is not so."))
    moderation.mend_post(odds.ben, odds.post.id, "I find that you complain a lot.")


def lift(odds, id_: int) -> str:
    actions.lift_limits(SYSTEM, id_)
    return db.session.get_one(Post, odds.post.id).state


def test_a_comment_whose_mended_words_both_agreed_on_is_shown_again(odds):
    id_ = odds.agree(lifts=True)
    hide_and_mend(odds)
    assert lift(odds, id_) == "visible"
    assert lift(odds, id_) == "visible"


def test_nothing_is_lifted_that_both_did_not_want_or_that_is_barred(odds):
    id_ = odds.agree(lifts=False)
    hide_and_mend(odds)
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


# --- names ---


def test_who_spoke_under_a_pseudonym_appears_under_it(odds):
    cara, dan = make_user(name="Cara"), make_user(name="Dan")
    for person in (cara, dan):
        discussions.take_pseudonym(person, odds.project.id, "a secret of the town's own")
    post = discussions.post_reply(dan, odds.thread.id, "I heard it, too.")
    id_ = actions.ask_for_mediation(cara, post.id).id
    names = {side.name for side in row(id_).sides}
    assert len(names) == 2
    assert not names & {"Cara", "Dan"}


def test_whoever_flagged_under_a_pseudonym_appears_under_it(odds):
    cara = make_user(name="Cara")
    discussions.take_pseudonym(cara, odds.project.id, "a secret of the town's own")
    flag = moderation.flag_post(cara, odds.post.id, 1, "Look.")
    actions.propose_mediation(odds.moderator, odds.post.id, f"flag:{flag.id}")
    assert "Cara" not in {side.name for side in offers()[0].sides}


# --- who may ---


def test_policies_are_total(odds):
    id_ = odds.begin()
    for actor in (Guest(), SYSTEM, odds.moderator):
        assert not policies.can_see(actor, row(id_))
        assert not policies.can_read_room(actor, row(id_))
        assert not policies.can_settle(actor, row(id_))
    assert policies.can_tend(SYSTEM)


@pytest.mark.parametrize("role", ["moderator", "administrator", "organizer"])
def test_whoever_has_power_here_does_not_mediate_here(odds, role):
    mighty = make_user("mediator", role)
    make_organization(mighty)
    assert not policies.can_mediate(mighty, odds.project, [])
    assert not policies.can_mediate(mighty, None, [])


def test_a_mediator_speaks_for_an_organization_and_stands_with_neither_side(odds):
    assert policies.can_mediate(odds.mo, None, [odds.ana])
    assert not policies.can_mediate(odds.mo, None, [odds.mo])
    assert not policies.can_mediate(make_user("mediator"), odds.project, [])
    assert not policies.can_mediate(make_user(), odds.project, [])


def test_a_mediator_who_is_none_any_more_reads_no_more(odds):
    id_ = odds.begin()
    with transaction():
        db.session.merge(odds.mo).grants.clear()
    with pytest.raises(NotFound):
        queries.get_room(odds.mo, id_)


def test_a_suspended_side_may_still_talk_and_leave(odds):
    id_ = odds.begin()
    with transaction():
        db.session.merge(odds.ben).suspended_until = now() + timedelta(days=3)
    actions.say(odds.ben, id_, "I am sorry.")
    actions.leave(odds.ben, id_)
