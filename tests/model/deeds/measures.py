"""Everything a moderator can do in a case, and taking it back."""

from typing import Any

from model.recipes import Act, does
from model.town import CANARY, Town

from civicforum.accounts import actions as accounts
from civicforum.accounts.models import SYSTEM
from civicforum.discussions import actions as discussions
from civicforum.moderation import actions as moderation
from civicforum.moderation.actions import Deed
from civicforum.moderation.wording import Wording


def take(town: Town, action: str, **facts: Any) -> Any:
    """The case in which the second moderator, who wrote nowhere, took this measure about a comment."""
    deed = Deed(action, 2, "Because.", **facts)
    return moderation.moderate(town.second_moderator, "post", town.first.id, deed)


@does(moderation.moderate)
def a_comment_is_removed_for_law(town: Town) -> Act:
    return lambda: take(town, "remove")


@does(moderation.moderate)
def an_author_is_asked_for_other_words(town: Town) -> Act:
    return lambda: take(town, "request_edit")


@does(moderation.moderate)
def an_author_is_warned(town: Town) -> Act:
    return lambda: take(town, "warn")


@does(moderation.moderate)
def an_author_is_muted(town: Town) -> Act:
    return lambda: take(town, "mute")


@does(moderation.moderate)
def an_author_is_silenced(town: Town) -> Act:
    return lambda: take(town, "silence")


@does(moderation.moderate)
def a_measure_suspends_an_author(town: Town) -> Act:
    return lambda: take(town, "suspend")


@does(moderation.moderate)
def a_thread_is_slowed(town: Town) -> Act:
    return lambda: take(town, "slow", minutes=15)


@does(moderation.moderate)
def a_thread_is_locked(town: Town) -> Act:
    return lambda: take(town, "lock")


@does(moderation.moderate)
def a_person_is_warned(town: Town) -> Act:
    deed = Deed("warn", 2, "Because.")
    return lambda: moderation.moderate(town.second_moderator, "person", town.ben.id, deed)


@does(discussions.redact_post)
def personal_facts_are_blacked_out(town: Town) -> Act:
    quoted = discussions.post_reply(town.ben, town.thread.id, "> The lamp is out.\n\nYes.", town.first.id)
    assert quoted.is_visible
    return lambda: take(town, "redact", passages=("lamp",))


@does(discussions.amend_post)
def an_author_changes_what_they_were_asked_to(town: Town) -> Act:
    take(town, "request_edit")
    return lambda: moderation.mend_post(town.ana, town.first.id, "The lamp does not work.")


@does(moderation.lift_measure)
def a_lock_is_ended_early(town: Town) -> Act:
    measure = take(town, "lock").measures[-1]
    return lambda: moderation.lift_measure(town.second_moderator, measure.id, "It is calm.")


@does(moderation.lift_measure)
def a_mute_is_ended_early(town: Town) -> Act:
    measure = take(town, "mute").measures[-1]
    return lambda: moderation.lift_measure(town.second_moderator, measure.id, "It is calm.")


@does(moderation.read_record)
def a_removed_comment_is_read(town: Town) -> Act:
    take(town, "remove")
    return lambda: moderation.read_record(town.second_moderator, town.first.id, f"Asked. {CANARY}")


@does(moderation.word_template)
def a_reason_is_worded(town: Town) -> Act:
    wording = Wording("Rude", f"It is rude. {CANARY}", 2)
    return lambda: moderation.word_template(town.site_moderator, wording)


@does(moderation.drop_template)
def a_reason_is_offered_no_longer(town: Town) -> Act:
    return lambda: moderation.drop_template(town.site_moderator, "bad-hour")


@does(discussions.tell_limits_ended)
def the_time_of_a_limit_is_over(town: Town) -> Act:
    take(town, "lock")
    return lambda: discussions.tell_limits_ended(SYSTEM, town.thread.id)


@does(moderation.moderate)
def a_name_is_taken_back(town: Town) -> Act:
    deed = Deed("take_name", 2, "Because.")
    return lambda: moderation.moderate(town.second_moderator, "person", town.ben.id, deed)


@does(moderation.moderate)
def a_profile_is_cleared(town: Town) -> Act:
    deed = Deed("clear_profile", 2, "Because.")
    profile = {"about": f"Rude. {CANARY}", "neighbourhood": "Elm"}
    accounts.update_profile(town.ben, town.ben, name=town.ben.name, handle=town.ben.handle, **profile)
    return lambda: moderation.moderate(town.second_moderator, "person", town.ben.id, deed)


@does(moderation.flag_person)
def a_name_is_flagged(town: Town) -> Act:
    return lambda: moderation.flag_person(town.ana, town.ben.id, "name", 2, f"Look. {CANARY}")


@does(moderation.withdraw_flag_of_person)
def a_flag_on_a_name_is_taken_back(town: Town) -> Act:
    moderation.flag_person(town.ana, town.ben.id, "name", 2, "Look.")
    return lambda: moderation.withdraw_flag_of_person(town.ana, town.ben.id)
