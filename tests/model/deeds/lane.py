"""Half a minute in a heated thread, and the fast lane of its moderators."""

from datetime import timedelta

from model.deeds.measures import take
from model.recipes import Act, does
from model.town import CANARY, Town
from sqlalchemy import update

from civicforum.accounts.models import SYSTEM
from civicforum.agreement.limits.models import Limit
from civicforum.agreement.models import Hold
from civicforum.db import db, now, transaction
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Post
from civicforum.moderation import actions as moderation
from civicforum.moderation.actions import Deed

HIDE = Deed("hide", 2, "It is about people.")


def waits(town: Town, is_due: bool = False) -> Post:
    """What somebody said in a thread with a delay."""
    take(town, "delay")
    post = discussions.post_reply(town.ben, town.thread.id, f"Since June. {CANARY}", town.first.id)
    if is_due:
        with transaction():
            theirs = Hold.object_id == post.id
            db.session.execute(update(Hold).where(theirs).values(due_at=now() - timedelta(seconds=1)))
    return post


@does(moderation.moderate)
def a_thread_is_delayed(town: Town) -> Act:
    return lambda: take(town, "delay")


@does(discussions.post_reply)
def somebody_speaks_in_a_delayed_thread(town: Town) -> Act:
    take(town, "delay")
    return lambda: discussions.post_reply(town.ben, town.thread.id, f"Since June. {CANARY}")


@does(discussions.edit_post)
def words_change_in_a_delayed_thread(town: Town) -> Act:
    take(town, "delay")
    return lambda: discussions.edit_post(town.ana, town.first.id, f"The lamp. {CANARY}", town.first.revision)


@does(discussions.show_due)
def what_waited_its_seconds_is_shown(town: Town) -> Act:
    waits(town, is_due=True)
    return lambda: discussions.show_due(SYSTEM, town.thread.id)


@does(discussions.tell_limits_ended)
def the_time_of_a_delay_is_over(town: Town) -> Act:
    waits(town)
    with transaction():
        db.session.execute(update(Limit).where(Limit.kind == "delay").values(until=now()))
    return lambda: discussions.tell_limits_ended(SYSTEM, town.thread.id)


@does(moderation.lift_measure)
def a_delay_is_ended_early(town: Town) -> Act:
    waits(town)
    measure = moderation.moderate(
        town.second_moderator, "thread", town.thread.id, Deed("delay", 2, "Because.")
    ).measures[-1]
    return lambda: moderation.lift_measure(town.second_moderator, measure.id, "It is calm.")


@does(moderation.hide_now)
def a_comment_is_hidden_by_one_key(town: Town) -> Act:
    return lambda: moderation.hide_now(town.second_moderator, town.first.id, HIDE, town.first.revision)


@does(moderation.hide_now)
def a_comment_that_waits_its_seconds_is_declined(town: Town) -> Act:
    post = waits(town)
    return lambda: moderation.hide_now(town.second_moderator, post.id, HIDE)


@does(moderation.show_now)
def a_comment_is_shown_before_its_seconds_are_over(town: Town) -> Act:
    post = waits(town)
    return lambda: moderation.show_now(town.second_moderator, post.id)


@does(moderation.undo_hide)
def a_slip_is_taken_back(town: Town) -> Act:
    measure = moderation.hide_now(town.second_moderator, town.first.id, HIDE)
    return lambda: moderation.undo_hide(town.second_moderator, measure.id)


@does(moderation.undo_hide)
def a_declined_comment_is_shown_after_all(town: Town) -> Act:
    measure = moderation.hide_now(town.second_moderator, waits(town).id, HIDE)
    return lambda: moderation.undo_hide(town.second_moderator, measure.id)
