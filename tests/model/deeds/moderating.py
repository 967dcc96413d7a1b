"""Cases, holds and flags."""

from datetime import timedelta

from factories import make_project, make_user
from model.recipes import Act, does
from model.town import CANARY, Town

from civicforum.accounts.models import SYSTEM
from civicforum.db import now, transaction
from civicforum.discussions.actions import close_thread, post_reply, start_thread
from civicforum.moderation import actions as moderating
from civicforum.moderation import actions as moderation
from civicforum.moderation.actions import Deed

HIDE, LEAVE = Deed("hide", 2, "It is about people."), Deed("leave", None, "It is fair.")


@does(moderating.move_thread)
def a_thread_and_its_cases_move(town: Town) -> Act:
    moderation.flag_post(town.ben, town.first.id, 2, "Look.")
    other = make_project(town.organizer, title="The bridge")
    return lambda: moderating.move_thread(town.organizer, town.thread.id, other.id, "It is the bridge.")


@does(moderating.split_thread)
def comments_move_in_public(town: Town) -> Act:
    return lambda: moderating.split_thread(
        town.moderator, town.thread.id, [town.answer.id], "Another matter", "It is another matter."
    )


@does(moderating.merge_threads)
def threads_are_joined_in_public(town: Town) -> Act:
    other = start_thread(town.member, town.closed_project.id, "The same", "As before.")
    return lambda: moderating.merge_threads(
        town.organizer, other.id, town.closed_thread.id, "They are about the same."
    )


@does(moderation.open_case)
def a_case_is_opened(town: Town) -> Act:
    return lambda: moderation.open_case(town.second_moderator, "post", town.first.id)


@does(moderation.moderate)
def a_moderator_opens_a_case_and_hides(town: Town) -> Act:
    return lambda: moderation.moderate(town.second_moderator, "post", town.first.id, HIDE)


@does(moderation.moderate)
def a_moderator_hides_in_a_closed_project(town: Town) -> Act:
    return lambda: moderation.moderate(town.moderator, "post", town.private.id, HIDE)


@does(moderation.decide_case)
def a_flag_is_found_right(town: Town) -> Act:
    moderation.flag_post(town.ben, town.first.id, 2, "Look.")
    case = moderation.open_case(town.second_moderator, "post", town.first.id)
    return lambda: moderation.decide_case(town.second_moderator, case.id, HIDE, case.version)


@does(moderation.decide_case)
def a_flag_is_found_wrong(town: Town) -> Act:
    moderation.flag_post(town.ben, town.first.id, 2, "Look.")
    case = moderation.open_case(town.second_moderator, "post", town.first.id)
    return lambda: moderation.decide_case(town.second_moderator, case.id, LEAVE, case.version)


@does(moderation.mend_post)
def an_author_mends_in_a_case(town: Town) -> Act:
    moderation.moderate(town.second_moderator, "post", town.first.id, HIDE)
    return lambda: moderation.mend_post(town.ana, town.first.id, f"Better. {CANARY}")


@does(moderation.claim_item)
def a_moderator_looks_at_a_case(town: Town) -> Act:
    case = moderation.open_case(town.second_moderator, "post", town.first.id)
    return lambda: moderation.claim_item(town.second_moderator, "case", case.id)


@does(moderation.release_item)
def a_moderator_lets_go(town: Town) -> Act:
    hold = town.hold_of(town.held)
    moderation.claim_item(town.second_moderator, "hold", hold.id)
    return lambda: moderation.release_item(town.second_moderator, "hold", hold.id)


@does(moderation.add_note)
def a_moderator_notes_something_for_the_others(town: Town) -> Act:
    case = moderation.open_case(town.second_moderator, "post", town.first.id)
    return lambda: moderation.add_note(town.second_moderator, "case", case.id, f"Known. {CANARY}")


@does(moderation.decide_hold)
def a_held_comment_is_published(town: Town) -> Act:
    hold = town.hold_of(town.held)
    return lambda: moderation.decide_hold(town.moderator, hold.id, Deed("approve", None, ""))


@does(moderation.decide_hold)
def a_held_edit_is_declined(town: Town) -> Act:
    hold = town.hold_of(town.held_edit)
    return lambda: moderation.decide_hold(town.second_moderator, hold.id, Deed("decline", 2, "No."))


@does(moderating.make_room)
def room_is_made_on_the_record(town: Town) -> Act:
    return lambda: moderating.make_room(town.organizer, town.thread.id, 1, 15, "Others wait.")


@does(moderating.end_room)
def room_is_made_no_longer_on_the_record(town: Town) -> Act:
    moderating.make_room(town.organizer, town.thread.id, 1, 15, "Others wait.")
    return lambda: moderating.end_room(town.moderator, town.thread.id)


@does(moderation.flag_post)
def somebody_flags(town: Town) -> Act:
    return lambda: moderation.flag_post(town.ben, town.first.id, 2, f"See. {CANARY}")


@does(moderation.withdraw_flag)
def somebody_takes_a_flag_back(town: Town) -> Act:
    moderation.flag_post(town.ben, town.first.id, 2, "See.")
    return lambda: moderation.withdraw_flag(town.ben, town.first.id)


@does(moderation.flag_post)
def flags_hide_by_themselves(town: Town) -> Act:
    moderation.flag_post(town.site_moderator, town.first.id, 2, "See.")
    return lambda: moderation.flag_post(town.second_moderator, town.first.id, 2, f"See. {CANARY}")


@does(moderation.decide_case)
def what_flags_hid_stays_hidden(town: Town) -> Act:
    flags_hide_by_themselves(town)()
    judge = make_user("moderator")
    case = moderation.open_case(judge, "post", town.first.id)
    return lambda: moderation.decide_case(judge, case.id, LEAVE, case.version)


@does(moderation.decide_hold)
def a_held_comment_is_published_with_a_wish(town: Town) -> Act:
    hold = town.hold_of(town.held)
    return lambda: moderation.decide_hold(town.moderator, hold.id, Deed("approve", None, f"Milder. {CANARY}"))


@does(moderation.decide_holds)
def all_that_waits_is_published(town: Town) -> Act:
    holds = [town.hold_of(post).id for post in (town.held, town.held_edit)]
    return lambda: moderation.decide_holds(
        town.moderator, town.held.thread_id, holds, Deed("approve", None, "")
    )


@does(moderation.set_gate)
def comments_are_read_first_on_the_record(town: Town) -> Act:
    newcomers_speak(town)
    return lambda: moderation.set_gate(
        town.site_moderator, town.thread.id, 1, "newcomers", "A bad hour.", takes_back=True
    )


def newcomers_speak(town: Town) -> None:
    post_reply(town.newcomer, town.thread.id, f"Hello. {CANARY}", town.first.id)


@does(moderation.end_gate)
def comments_are_shown_at_once_again_on_the_record(town: Town) -> Act:
    moderation.set_gate(town.site_moderator, town.thread.id, 1, "everybody", "A bad hour.")
    return lambda: moderation.end_gate(town.site_moderator, town.thread.id)


@does(moderation.publish_heads)
def a_day_of_the_record_is_closed(town: Town) -> Act:
    moderation.moderate(town.second_moderator, "post", town.first.id, HIDE)
    return lambda: moderation.publish_heads(SYSTEM)


@does(moderation.keep_report)
def a_report_is_kept(town: Town) -> Act:
    return lambda: moderation.keep_report(SYSTEM, "2026-Q4", 1, "0" * 64, {"measures": 1})


@does(moderation.rate)
def somebody_says_how_a_thread_was_led(town: Town) -> Act:
    close_thread(town.moderator, town.thread.id, "It is mended.")
    return lambda: moderation.rate(town.ana, "thread", town.thread.id, 5, 4, f"Thanks. {CANARY}")


@does(moderation.rate)
def somebody_says_how_a_meeting_was_led(town: Town) -> Act:
    return lambda: moderation.rate(town.ana, "townhall", town.past.id, 2, 1)


@does(moderation.put_rating_away)
def somebody_does_not_want_to_say(town: Town) -> Act:
    return lambda: moderation.put_rating_away(town.ana, "townhall", town.past.id)


# --- second looks ---


def _asked(town: Town, by_lot: bool = False):
    """The author of the first comment contests that it was hidden."""
    case = moderation.moderate(town.second_moderator, "post", town.first.id, HIDE)
    return moderation.appeal_measure(town.ana, case.id, f"It was a lamp. {CANARY}", by_lot)


def _drawn(town: Town):
    for _number in range(4):
        moderation.volunteer(make_user(), True)
    appeal = _asked(town, by_lot=True)
    moderation.draw_panel(SYSTEM, appeal.id)
    return appeal, [seat.user for seat in appeal.seats]


@does(moderation.appeal_measure)
def an_author_asks_for_a_second_look(town: Town) -> Act:
    case = moderation.moderate(town.second_moderator, "post", town.first.id, HIDE)
    return lambda: moderation.appeal_measure(town.ana, case.id, f"It was a lamp. {CANARY}")


@does(moderation.withdraw_appeal)
def an_author_takes_it_back(town: Town) -> Act:
    appeal = _asked(town)
    return lambda: moderation.withdraw_appeal(town.ana, appeal.id)


@does(moderation.say_in_appeal)
def whoever_acted_says_one_more_thing(town: Town) -> Act:
    appeal = _asked(town)
    return lambda: moderation.say_in_appeal(town.second_moderator, appeal.id, f"No. {CANARY}")


@does(moderation.decide_appeal)
def a_second_look_brings_words_back(town: Town) -> Act:
    appeal = _asked(town)
    judge = make_user("moderator")
    return lambda: moderation.decide_appeal(judge, appeal.id, "overturned", "Yes.", 1)


@does(moderation.decide_appeal)
def a_second_look_finds_a_flag_right(town: Town) -> Act:
    moderation.flag_post(town.newcomer, town.first.id, 2, "Look.")
    case = moderation.open_case(town.second_moderator, "post", town.first.id)
    moderation.decide_case(town.second_moderator, case.id, LEAVE, case.version)
    appeal = moderation.appeal_measure(town.newcomer, case.id, "It is about people.")
    judge = make_user("moderator")
    return lambda: moderation.decide_appeal(judge, appeal.id, "overturned", "It is.", 1)


@does(moderation.decide_appeal)
def a_second_look_leaves_less_of_a_silence(town: Town) -> Act:
    deed = Deed("silence", 2, "It goes on and on.", until=now() + timedelta(days=7))
    case = moderation.moderate(town.second_moderator, "post", town.first.id, deed)
    appeal = moderation.appeal_measure(town.ana, case.id, "A week is long.")
    softer = moderation.Softer(timedelta(hours=1), "mute")
    judge = make_user("moderator")
    return lambda: moderation.decide_appeal(judge, appeal.id, "varied", "An hour does.", 1, softer)


@does(moderation.volunteer)
def a_resident_offers_to_be_drawn(town: Town) -> Act:
    return lambda: moderation.volunteer(town.newcomer, True)


@does(moderation.draw_panel)
def three_residents_are_drawn(town: Town) -> Act:
    for _number in range(3):
        moderation.volunteer(make_user(), True)
    appeal = _asked(town, by_lot=True)
    return lambda: moderation.draw_panel(SYSTEM, appeal.id)


@does(moderation.vote_on_appeal)
def two_of_three_bring_words_back(town: Town) -> Act:
    appeal, people = _drawn(town)
    moderation.vote_on_appeal(people[0], appeal.id, "overturned", "It was fair.")
    return lambda: moderation.vote_on_appeal(people[1], appeal.id, "overturned", "So I think.")


@does(moderation.leave_panel)
def somebody_drawn_would_rather_not(town: Town) -> Act:
    appeal, people = _drawn(town)
    return lambda: moderation.leave_panel(people[0], appeal.id)


@does(moderation.replace_juror)
def who_does_not_answer_is_replaced(town: Town) -> Act:
    appeal, _people = _drawn(town)
    with transaction():
        appeal.seats[0].due_at = now()
    return lambda: moderation.replace_juror(SYSTEM, appeal.seats[0].id)
