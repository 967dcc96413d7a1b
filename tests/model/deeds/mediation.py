"""Two people and a mediator, in a room of their own."""

from datetime import timedelta

from factories import make_organization, make_user
from model.recipes import Act, does
from model.town import Town

from civicforum.accounts.actions import update_profile
from civicforum.accounts.models import SYSTEM
from civicforum.db import db, now, transaction
from civicforum.mediation import actions as mediation
from civicforum.mediation.models import Mediation
from civicforum.moderation import actions as moderation
from civicforum.moderation.actions import Deed

WORDS = mediation.Draft("Quiet after ten.", 14, lifts=True)


def offered(town: Town) -> tuple[int, list]:
    """Mia asks Ben; the offer, and its three people."""
    mediator = make_user("mediator", name="Mo Mediator")
    make_organization(mediator, name="The Mission")
    mediation_id = mediation.ask_for_mediation(town.member, town.answer.id).id
    return mediation_id, [town.member, town.ben, mediator]


def begun(town: Town) -> tuple[int, list]:
    mediation_id, people = offered(town)
    for person in people[1:]:
        mediation.accept_offer(person, mediation_id)
    mediation.say(people[0], mediation_id, "It hurt.")
    return mediation_id, people


def agreed(town: Town) -> tuple[int, list]:
    mediation_id, people = begun(town)
    mediation.write_agreement(people[0], mediation_id, WORDS)
    mediation.agree(people[1], mediation_id, 1)
    return mediation_id, people


def run_out(mediation_id: int) -> None:
    """Its time is over now."""
    with transaction():
        row = db.session.get_one(Mediation, mediation_id)
        row.due_at = now() - timedelta(minutes=1)


@does(mediation.ask_for_mediation)
def somebody_asks_for_a_mediator(town: Town) -> Act:
    offered(town)
    return lambda: mediation.ask_for_mediation(town.newcomer, town.answer.id)


@does(mediation.propose_mediation)
def a_moderator_proposes_a_mediator(town: Town) -> Act:
    offered(town)
    flag = moderation.flag_post(town.newcomer, town.first.id, 2, "Look.")
    return lambda: mediation.propose_mediation(town.site_moderator, town.first.id, f"flag:{flag.id}")


@does(mediation.accept_offer)
def the_last_yes_opens_the_room(town: Town) -> Act:
    mediation_id, (_asker, other, mediator) = offered(town)
    mediation.accept_offer(other, mediation_id)
    return lambda: mediation.accept_offer(mediator, mediation_id)


@does(mediation.decline_offer)
def somebody_would_rather_not(town: Town) -> Act:
    mediation_id, people = offered(town)
    return lambda: mediation.decline_offer(people[1], mediation_id)


@does(mediation.leave)
def somebody_leaves_the_room(town: Town) -> Act:
    mediation_id, people = begun(town)
    return lambda: mediation.leave(people[0], mediation_id)


@does(mediation.say)
def somebody_speaks_in_the_room(town: Town) -> Act:
    mediation_id, people = begun(town)
    return lambda: mediation.say(people[1], mediation_id, "I did not know.")


@does(mediation.ask_for_longer)
def all_three_want_more_time(town: Town) -> Act:
    mediation_id, people = begun(town)
    for person in people[:2]:
        mediation.ask_for_longer(person, mediation_id)
    return lambda: mediation.ask_for_longer(people[2], mediation_id)


@does(mediation.write_agreement)
def somebody_puts_it_into_words(town: Town) -> Act:
    mediation_id, people = begun(town)
    return lambda: mediation.write_agreement(people[2], mediation_id, WORDS)


@does(mediation.agree)
def both_agree(town: Town) -> Act:
    mediation_id, people = begun(town)
    mediation.write_agreement(people[0], mediation_id, WORDS)
    return lambda: mediation.agree(people[1], mediation_id, 1)


@does(mediation.keep_agreement)
def somebody_wants_the_words_kept(town: Town) -> Act:
    mediation_id, people = agreed(town)
    return lambda: mediation.keep_agreement(people[2], mediation_id, True)


@does(mediation.answer_follow_up)
def somebody_says_how_it_went(town: Town) -> Act:
    mediation_id, people = agreed(town)
    run_out(mediation_id)
    mediation.tend_mediation(SYSTEM, mediation_id, 30)
    return lambda: mediation.answer_follow_up(people[0], mediation_id, "well")


@does(mediation.tend_mediation)
def the_time_is_over(town: Town) -> Act:
    mediation_id, _people = begun(town)
    run_out(mediation_id)
    return lambda: mediation.tend_mediation(SYSTEM, mediation_id, 30)


@does(mediation.tend_mediation)
def a_room_is_emptied(town: Town) -> Act:
    mediation_id, people = agreed(town)
    mediation.leave(people[0], mediation_id)
    return lambda: mediation.tend_mediation(SYSTEM, mediation_id, 0)


@does(mediation.tend_mediation)
def an_offer_lapses(town: Town) -> Act:
    mediation_id, _people = offered(town)
    run_out(mediation_id)
    return lambda: mediation.tend_mediation(SYSTEM, mediation_id, 30)


@does(mediation.lift_limits)
def what_both_agreed_on_is_shown_again(town: Town) -> Act:
    mediation_id, people = agreed(town)
    moderation.moderate(town.second_moderator, "post", town.answer.id, Deed("hide", 1, "It is not so."))
    moderation.mend_post(people[1], town.answer.id, "Since June.")
    return lambda: mediation.lift_limits(SYSTEM, mediation_id)


@does(update_profile)
def somebody_in_a_room_takes_another_name(town: Town) -> Act:
    _mediation_id, people = begun(town)
    asker = people[0]
    return lambda: update_profile(asker, asker, name="Mia Other", handle=asker.handle)
