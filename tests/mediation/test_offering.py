"""Asking, proposing, and saying yes or no; who may."""

from datetime import timedelta

import pytest
from factories import make_organization, make_post, make_thread, make_user, save
from mediation.odds import age, bar, offers, row, state, told
from sqlalchemy import select

from civicforum.accounts.models import SYSTEM, Guest
from civicforum.db import db, now, transaction
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Post
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.mediation import actions, policies, queries
from civicforum.mediation.models import Participant
from civicforum.moderation import actions as moderation
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import LogEntry
from civicforum.partnerships.models import Seat

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
