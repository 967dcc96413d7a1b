"""Speaking in threads, and keeping it civil."""

from datetime import timedelta

from factories import make_project, save
from model.recipes import Act, does
from model.town import CANARY, HELD_WORD, Town

from civicforum.accounts.models import SYSTEM
from civicforum.db import db, now, transaction
from civicforum.discussions import actions as discussions
from civicforum.discussions import queries
from civicforum.discussions.asking import prepare_poll
from civicforum.discussions.models import Nudge, Post, Thread
from civicforum.links.models import LinkPreview
from civicforum.links.queries import uses_of
from civicforum.links.reading import Said
from civicforum.pages import actions as pages


@does(discussions.start_thread)
def a_thread_is_started(town: Town) -> Act:
    return lambda: discussions.start_thread(town.ben, town.project.id, "Benches", "More of them.")


@does(discussions.post_reply)
def somebody_replies(town: Town) -> Act:
    return lambda: discussions.post_reply(town.ben, town.thread.id, "So it is.", town.first.id)


@does(discussions.post_reply)
def somebody_calls_on_another(town: Town) -> Act:
    body = f"What says @{town.member.handle}?"
    return lambda: discussions.post_reply(town.ben, town.thread.id, body)


@does(discussions.post_reply)
def a_reply_is_held(town: Town) -> Act:
    return lambda: discussions.post_reply(town.ben, town.thread.id, f"{HELD_WORD} {CANARY}")


@does(discussions.post_reply)
def somebody_replies_in_a_closed_project(town: Town) -> Act:
    return lambda: discussions.post_reply(town.member, town.closed_thread.id, "Here, too.")


@does(discussions.edit_post)
def an_author_edits(town: Town) -> Act:
    return lambda: discussions.edit_post(town.ana, town.first.id, "The lamp is on.", town.first.revision)


@does(discussions.edit_post)
def an_edit_is_held(town: Town) -> Act:
    body = f"{HELD_WORD} {CANARY}"
    return lambda: discussions.edit_post(town.ana, town.first.id, body, town.first.revision)


@does(discussions.withdraw_post)
def an_author_takes_words_back(town: Town) -> Act:
    return lambda: discussions.withdraw_post(town.ana, town.first.id)


@does(discussions.withdraw_post)
def an_author_takes_held_words_back(town: Town) -> Act:
    return lambda: discussions.withdraw_post(town.ana, town.held_edit.id)


@does(discussions.mend_post)
def an_author_mends(town: Town) -> Act:
    return lambda: discussions.mend_post(town.ben, town.hidden.id, f"Kind. {CANARY}")


@does(discussions.count_standing)
def words_that_stood_are_counted(town: Town) -> Act:
    return lambda: discussions.count_standing(SYSTEM, town.first.id)


@does(discussions.react)
def somebody_supports(town: Town) -> Act:
    return lambda: discussions.react(town.member, town.first.id, "support")


@does(discussions.unreact)
def somebody_supports_no_longer(town: Town) -> Act:
    return lambda: discussions.unreact(town.ben, town.first.id, "support")


@does(discussions.unreact)
def support_for_hidden_words_is_taken_back(town: Town) -> Act:
    discussions.hide_post(town.site_moderator, town.first.id, town.rule)
    return lambda: discussions.unreact(town.ben, town.first.id, "support")


@does(discussions.show_again)
def an_author_is_shown_again(town: Town) -> Act:
    places = [(town.thread.channel, "post", town.first.id)]
    return lambda: discussions.show_again(SYSTEM, places)


@does(discussions.hide_post)
def a_moderator_hides(town: Town) -> Act:
    return lambda: discussions.hide_post(town.site_moderator, town.first.id, town.rule)


@does(discussions.remove_post)
def a_moderator_removes(town: Town) -> Act:
    return lambda: discussions.remove_post(town.site_moderator, town.first.id, town.rule)


@does(discussions.restore_post)
def a_moderator_restores(town: Town) -> Act:
    return lambda: discussions.restore_post(town.site_moderator, town.hidden.id)


@does(discussions.approve_post)
def a_moderator_approves(town: Town) -> Act:
    return lambda: discussions.approve_post(town.site_moderator, town.held.id)


@does(discussions.approve_post)
def a_moderator_approves_an_edit(town: Town) -> Act:
    return lambda: discussions.approve_post(town.site_moderator, town.held_edit.id)


@does(discussions.approve_post)
def a_moderator_approves_a_thread(town: Town) -> Act:
    opening = db.session.query(Post).filter_by(thread_id=town.pending_thread.id).one()
    return lambda: discussions.approve_post(town.site_moderator, opening.id)


@does(discussions.decline_post)
def a_moderator_declines(town: Town) -> Act:
    return lambda: discussions.decline_post(town.site_moderator, town.held.id, town.rule)


@does(discussions.decline_post)
def a_moderator_declines_an_edit(town: Town) -> Act:
    return lambda: discussions.decline_post(town.site_moderator, town.held_edit.id, town.rule)


@does(discussions.close_thread)
def a_thread_is_closed(town: Town) -> Act:
    return lambda: discussions.close_thread(town.moderator, town.thread.id, "It is settled.")


@does(discussions.close_thread)
def another_conclusion_is_written(town: Town) -> Act:
    discussions.close_thread(town.moderator, town.thread.id, "It is settled.")
    return lambda: discussions.close_thread(town.organizer, town.thread.id, "It is settled, and done.")


@does(discussions.change_thread)
def a_thread_is_changed_in_every_way(town: Town) -> Act:
    shape = discussions.Shape(title="The lamps", kind="question", reason="It says what it is about.")
    change = discussions.Change(shape, is_pinned=True, status="closed", conclusion="Mended.")
    return lambda: discussions.change_thread(town.organizer, town.thread.id, change)


@does(discussions.shape_thread)
def an_author_changes_the_title(town: Town) -> Act:
    shape = discussions.Shape(title="The lamps")
    return lambda: discussions.shape_thread(town.ana, town.thread.id, shape)


@does(discussions.pin_thread)
def a_thread_is_pinned(town: Town) -> Act:
    return lambda: discussions.pin_thread(town.organizer, town.thread.id, True)


@does(discussions.archive_thread)
def a_thread_is_put_away(town: Town) -> Act:
    return lambda: discussions.archive_thread(town.moderator, town.thread.id, True)


@does(discussions.set_tags)
def a_tag_is_renamed(town: Town) -> Act:
    discussions.set_tags(town.organizer, town.project.id, ["lights", "Trees"])
    tagged = discussions.Shape(tags=["lights", "trees"])
    discussions.shape_thread(town.ana, town.thread.id, tagged)
    return lambda: discussions.set_tags(town.organizer, town.project.id, ["Lights"])


def fill_up(town: Town) -> None:
    """The thread has as many posts as it may have."""
    with transaction():
        db.session.get_one(Thread, town.thread.id).max_posts = town.thread.last_seq + 1
    discussions.post_reply(town.ben, town.thread.id, "The last word.")


@does(discussions.post_reply)
def a_reply_fills_the_thread(town: Town) -> Act:
    with transaction():
        db.session.get_one(Thread, town.thread.id).max_posts = town.thread.last_seq + 1
    return lambda: discussions.post_reply(town.ben, town.thread.id, "The last word.")


@does(discussions.continue_thread)
def a_full_thread_goes_on(town: Town) -> Act:
    fill_up(town)
    return lambda: discussions.continue_thread(town.member, town.thread.id, "And another thing.")


@does(discussions.approve_post)
def a_held_continuation_is_published(town: Town) -> Act:
    fill_up(town)
    held = discussions.continue_thread(town.ben, town.thread.id, f"{HELD_WORD} {CANARY}")
    return lambda: discussions.approve_post(town.site_moderator, held.id)


@does(discussions.move_thread)
def a_thread_moves_to_another_project(town: Town) -> Act:
    other = make_project(town.organizer, title="The bridge")
    return lambda: discussions.move_thread(town.organizer, town.thread.id, other.id, "It is the bridge.")


@does(discussions.split_thread)
def some_comments_go_to_a_new_thread(town: Town) -> Act:
    chosen = [town.answer.id, town.hidden.id, town.held_edit.id]
    return lambda: discussions.split_thread(
        town.moderator, town.thread.id, chosen, "Another matter", "It is another matter.", True
    )


@does(discussions.split_thread)
def what_was_answered_goes_without_its_answers(town: Town) -> Act:
    return lambda: discussions.split_thread(
        town.moderator, town.thread.id, [town.first.id], "Another matter", "It is another matter."
    )


@does(discussions.merge_threads)
def two_threads_become_one(town: Town) -> Act:
    other = discussions.start_thread(town.ben, town.project.id, "The same", "As before.")
    return lambda: discussions.merge_threads(
        town.organizer, town.thread.id, other.id, "They are about the same."
    )


@does(discussions.make_room)
def room_is_made(town: Town) -> Act:
    return lambda: discussions.make_room(town.organizer, town.thread.id, 1, 15, "Others wait.")


@does(discussions.make_room)
def other_room_is_made(town: Town) -> Act:
    discussions.make_room(town.organizer, town.thread.id, 1, 15, "Others wait.")
    return lambda: discussions.make_room(town.moderator, town.thread.id, 3, 60, "Still.")


@does(discussions.end_room)
def room_is_made_no_longer(town: Town) -> Act:
    discussions.make_room(town.organizer, town.thread.id, 1, 15, "Others wait.")
    return lambda: discussions.end_room(town.moderator, town.thread.id)


@does(discussions.tell_room_ended)
def the_time_for_room_is_over(town: Town) -> Act:
    discussions.make_room(town.organizer, town.thread.id, 1, 15, "Others wait.")
    with transaction():
        queries.find_room(town.thread.id).ends_at = now()
    return lambda: discussions.tell_room_ended(SYSTEM, town.thread.id)


@does(discussions.set_gate)
def comments_are_read_first(town: Town) -> Act:
    return lambda: discussions.set_gate(town.site_moderator, town.thread.id, 1, "everybody", "A bad hour.")


@does(discussions.end_gate)
def comments_are_shown_at_once_again(town: Town) -> Act:
    discussions.set_gate(town.site_moderator, town.thread.id, 1, "everybody", "A bad hour.")
    return lambda: discussions.end_gate(town.site_moderator, town.thread.id)


@does(discussions.tell_gate_ended)
def the_bad_hour_is_over(town: Town) -> Act:
    discussions.set_gate(town.site_moderator, town.thread.id, 1, "everybody", "A bad hour.")
    with transaction():
        queries.find_gate(town.thread.id).ends_at = now()
    return lambda: discussions.tell_gate_ended(SYSTEM, town.thread.id)


@does(discussions.dismiss_nudge)
def a_quiet_word_is_put_away(town: Town) -> Act:
    facts = {"own_posts": 4, "posts": 8, "people": 4}
    save(Nudge(thread_id=town.thread.id, user_id=town.ana.id, **facts))
    return lambda: discussions.dismiss_nudge(town.ana, town.thread.id)


@does(discussions.open_thread)
def a_thread_is_opened_again(town: Town) -> Act:
    discussions.close_thread(town.moderator, town.thread.id, "It is settled.")
    return lambda: discussions.open_thread(town.organizer, town.thread.id)


@does(discussions.mark_seen)
def somebody_reads_for_the_first_time(town: Town) -> Act:
    return lambda: discussions.mark_seen(town.member, town.thread.id, [(1, 2)])


@does(discussions.mark_seen)
def somebody_reads_on(town: Town) -> Act:
    discussions.mark_seen(town.member, town.thread.id, [(1, 2)])
    return lambda: discussions.mark_seen(town.member, town.thread.id)


@does(discussions.mark_new_from)
def somebody_wants_to_come_back_to_it(town: Town) -> Act:
    discussions.mark_seen(town.ben, town.thread.id)
    return lambda: discussions.mark_new_from(town.ben, town.thread.id, 2)


@does(discussions.keep_draft)
def somebody_begins_to_write(town: Town) -> Act:
    return lambda: discussions.keep_draft(town.ben, town.thread.channel, "I mean", reply_to_id=town.first.id)


@does(discussions.take_draft_along)
def somebody_takes_a_draft_along(town: Town) -> Act:
    discussions.keep_draft(town.ben, town.thread.channel, "I mean", reply_to_id=town.first.id)
    other = discussions.split_thread(
        town.moderator, town.thread.id, [town.first.id], "Another matter", "It is another matter."
    )
    assert other.id != town.thread.id
    return lambda: discussions.take_draft_along(town.ben, town.thread.channel, "I mean", town.first.id)


@does(discussions.forget_draft)
def somebody_throws_a_draft_away(town: Town) -> Act:
    discussions.keep_draft(town.ben, town.thread.channel, "I mean")
    return lambda: discussions.forget_draft(town.ben, town.thread.channel)


@does(discussions.forget_old_draft)
def an_old_draft_is_forgotten(town: Town) -> Act:
    draft = discussions.keep_draft(town.ben, town.thread.channel, "I mean")
    return lambda: discussions.forget_old_draft(SYSTEM, draft.id)


@does(discussions.keep_bookmark)
def somebody_notes_a_comment(town: Town) -> Act:
    return lambda: discussions.keep_bookmark(town.ben, town.first.id)


@does(discussions.drop_bookmark)
def somebody_notes_a_comment_no_more(town: Town) -> Act:
    discussions.keep_bookmark(town.ben, town.first.id)
    return lambda: discussions.drop_bookmark(town.ben, town.first.id)


# --- polls ---


def asked(question: str = "And then?"):
    return prepare_poll("several", question, ("Benches", "Trees"), now() + timedelta(days=3))


@does(discussions.post_reply)
def somebody_asks_with_a_poll(town: Town) -> Act:
    return lambda: discussions.post_reply(town.ben, town.thread.id, "What next?", poll=asked())


@does(discussions.set_poll)
def an_author_asks_later(town: Town) -> Act:
    return lambda: discussions.set_poll(town.ana, town.first.id, asked())


@does(discussions.set_poll)
def a_poll_that_is_set_holds_its_post(town: Town) -> Act:
    return lambda: discussions.set_poll(town.ana, town.first.id, asked(f"{HELD_WORD} {CANARY}"))


@does(discussions.cast_vote)
def somebody_votes(town: Town) -> Act:
    return lambda: discussions.cast_vote(town.member, town.poll.id, {town.poll.options[1].id: 1})


@does(discussions.cast_vote)
def somebody_votes_otherwise(town: Town) -> Act:
    return lambda: discussions.cast_vote(town.ben, town.poll.id, {town.poll.options[1].id: 1})


@does(discussions.vote_and_say)
def somebody_votes_and_says_why(town: Town) -> Act:
    choices = {town.poll.options[1].id: 1}
    return lambda: discussions.vote_and_say(town.member, town.poll.id, choices, "To sit down.")


@does(discussions.take_back_vote)
def a_vote_is_taken_back(town: Town) -> Act:
    return lambda: discussions.take_back_vote(town.ben, town.poll.id)


@does(discussions.close_poll)
def an_author_closes_a_poll(town: Town) -> Act:
    return lambda: discussions.close_poll(town.ana, town.poll.id)


@does(discussions.close_poll)
def an_organizer_closes_a_poll(town: Town) -> Act:
    return lambda: discussions.close_poll(town.organizer, town.poll.id)


@does(discussions.end_poll)
def the_time_of_a_poll_is_over(town: Town) -> Act:
    with transaction():
        town.poll.closes_at = now() - timedelta(minutes=1)
    return lambda: discussions.end_poll(SYSTEM, town.poll.id)


@does(discussions.remind_of_poll)
def the_undecided_are_reminded(town: Town) -> Act:
    return lambda: discussions.remind_of_poll(SYSTEM, town.poll.id)


@does(discussions.write_outcome)
def an_author_says_what_happens_next(town: Town) -> Act:
    discussions.close_poll(town.ana, town.poll.id)
    day = now().date() + timedelta(days=9)
    return lambda: discussions.write_outcome(town.ana, town.poll.id, "A lamp in May.", day)


@does(discussions.review_poll)
def the_day_of_a_review_has_come(town: Town) -> Act:
    discussions.close_poll(town.ana, town.poll.id)
    with transaction():
        town.poll.review_on = now().date()
    return lambda: discussions.review_poll(SYSTEM, town.poll.id, town.organizer.id)


@does(discussions.forget_votes)
def the_votes_of_somebody_erased_are_forgotten(town: Town) -> Act:
    return lambda: discussions.forget_votes(SYSTEM, town.ben.id)


@does(discussions.keep_answer)
def a_page_says_what_it_is_about(town: Town) -> Act:
    pages.change_site(town.admin, shows_links=True)
    post = discussions.post_reply(town.ben, town.thread.id, "See https://lamps.example/out")
    (use,) = uses_of("post", post.id)
    return lambda: discussions.keep_answer(SYSTEM, use.preview_id, Said("Lamps", "All that are out."))


@does(discussions.forget_previews)
def what_a_page_said_a_year_ago_is_forgotten(town: Town) -> Act:
    pages.change_site(town.admin, shows_links=True)
    post = discussions.post_reply(town.ben, town.thread.id, "See https://lamps.example/out")
    (use,) = uses_of("post", post.id)
    discussions.keep_answer(SYSTEM, use.preview_id, Said("Lamps", "All that are out."))
    with transaction():
        db.session.get_one(LinkPreview, use.preview_id).fetched_at = now() - timedelta(days=366)
    return lambda: discussions.forget_previews(SYSTEM)


@does(discussions.ask_later)
def a_page_is_asked_later(town: Town) -> Act:
    pages.change_site(town.admin, shows_links=True)
    post = discussions.post_reply(town.ben, town.thread.id, "See https://lamps.example/out")
    (use,) = uses_of("post", post.id)
    return lambda: discussions.ask_later(SYSTEM, use.preview_id)
