"""The agreement, listed words, and whoever is vouched for."""

from model.recipes import Act, does
from model.town import HELD_WORD, Town

from civicforum.accounts.models import SYSTEM
from civicforum.agreement import actions as agreement
from civicforum.agreement import duty
from civicforum.agreement.models import ListedWord
from civicforum.agreement.wording import RuleWording, Wording
from civicforum.db import db

RULES = (RuleWording("One other rule", "Text."), RuleWording("Another title", "Text."))


@does(agreement.publish_agreement)
def the_rules_are_renamed(town: Town) -> Act:
    return lambda: agreement.publish_agreement(SYSTEM, Wording("How we talk now.", RULES))


@does(agreement.install_shipped)
def the_shipped_rules_stay_away(town: Town) -> Act:
    return lambda: agreement.install_shipped(SYSTEM)


@does(agreement.accept_agreement)
def the_agreement_is_accepted(town: Town) -> Act:
    return lambda: agreement.accept_agreement(town.ana, 1)


@does(agreement.list_word)
def a_word_is_listed(town: Town) -> Act:
    return lambda: agreement.list_word(town.site_moderator, "lamp", "mask")


@does(agreement.unlist_word)
def a_word_is_unlisted(town: Town) -> Act:
    word = db.session.query(ListedWord).filter_by(word=HELD_WORD).one()
    return lambda: agreement.unlist_word(town.site_moderator, word.id)


@does(agreement.vouch)
def an_organizer_vouches(town: Town) -> Act:
    return lambda: agreement.vouch(town.organizer, town.newcomer)


@does(agreement.welcome)
def somebody_is_welcomed(town: Town) -> Act:
    return lambda: agreement.welcome(town.admin, "welcome@example.org", "Wanda Welcome", "steward")


@does(duty.begin_duty)
def a_moderator_is_on_duty(town: Town) -> Act:
    return lambda: duty.begin_duty(town.site_moderator, 3)


@does(duty.end_duty)
def a_moderator_is_off_duty(town: Town) -> Act:
    duty.begin_duty(town.moderator, 3)
    return lambda: duty.end_duty(town.moderator)
