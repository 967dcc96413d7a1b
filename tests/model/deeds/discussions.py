"""Speaking in threads, and keeping it civil."""

from model.recipes import Act, does
from model.town import CANARY, HELD_WORD, Town

from civicforum.accounts.models import SYSTEM
from civicforum.db import db
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Post
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
    return lambda: discussions.close_thread(town.moderator, town.thread.id)


@does(discussions.open_thread)
def a_thread_is_opened_again(town: Town) -> Act:
    discussions.close_thread(town.moderator, town.thread.id)
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


@does(discussions.keep_answer)
def a_page_says_what_it_is_about(town: Town) -> Act:
    pages.change_site(town.admin, shows_links=True)
    post = discussions.post_reply(town.ben, town.thread.id, "See https://lamps.example/out")
    (use,) = uses_of("post", post.id)
    return lambda: discussions.keep_answer(SYSTEM, use.preview_id, Said("Lamps", "All that are out."))


@does(discussions.ask_later)
def a_page_is_asked_later(town: Town) -> Act:
    pages.change_site(town.admin, shows_links=True)
    post = discussions.post_reply(town.ben, town.thread.id, "See https://lamps.example/out")
    (use,) = uses_of("post", post.id)
    return lambda: discussions.ask_later(SYSTEM, use.preview_id)
