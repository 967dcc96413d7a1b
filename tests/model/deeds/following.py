"""Following, what is mailed, and the way out of it; told to nobody but its own person."""

from model.recipes import Act, does
from model.town import Town

from civicforum.accounts.models import SYSTEM
from civicforum.digests import actions as digests
from civicforum.discussions import actions as discussions
from civicforum.discussions.queries import find_reply_address
from civicforum.notifications import actions as notifications
from civicforum.notifications.queries import find_attention
from civicforum.notifications.stops import Stop, sign_stop
from civicforum.partnerships import actions as partnerships


@does(notifications.set_attention)
def somebody_follows(town: Town) -> Act:
    return lambda: notifications.set_attention(town.ana, "thread", town.thread.id, "subscribed")


@does(notifications.change_attention)
def somebody_follows_no_more(town: Town) -> Act:
    notifications.set_attention(town.ana, "thread", town.thread.id, "subscribed")
    row = find_attention(town.ana, "thread", town.thread.id)
    attention_id = row.id if row else 0
    return lambda: notifications.change_attention(town.ana, attention_id, None)


@does(discussions.follow_thread)
def somebody_follows_a_thread(town: Town) -> Act:
    return lambda: discussions.follow_thread(town.ana, town.thread.id, "subscribed")


@does(partnerships.follow_project)
def somebody_follows_a_project(town: Town) -> Act:
    return lambda: partnerships.follow_project(town.ana, town.project.slug, "ignore")


@does(discussions.tell_followers)
def followers_are_told(town: Town) -> Act:
    discussions.follow_thread(town.newcomer, town.thread.id, "subscribed")
    return lambda: discussions.tell_followers(SYSTEM, town.answer.id, 0)


@does(notifications.save_wishes)
def somebody_wants_other_mail(town: Town) -> Act:
    return lambda: notifications.save_wishes(town.ana, {"reply": False})


@does(notifications.stop_mails)
def somebody_stops_mails(town: Town) -> Act:
    token = sign_stop(Stop(town.ana.id, ("digest",)))
    return lambda: notifications.stop_mails(town.ana, token)


@does(notifications.resume_mails)
def somebody_takes_that_back(town: Town) -> Act:
    token = sign_stop(Stop(town.ana.id, ("digest",)))
    notifications.stop_mails(town.ana, token)
    return lambda: notifications.resume_mails(town.ana, token)


@does(notifications.gather_mail)
def a_mail_is_gathered(town: Town) -> Act:
    return lambda: notifications.gather_mail(
        SYSTEM, town.ana.id, town.thread.channel, "discussions.mail_posts"
    )


@does(notifications.note_mailed)
def a_mail_has_left(town: Town) -> Act:
    return lambda: notifications.note_mailed(SYSTEM, town.ana.id, 1)


@does(notifications.note_refused)
def an_address_refuses(town: Town) -> Act:
    return lambda: notifications.note_refused(SYSTEM, town.ana.id, town.ana.email)


@does(digests.plan_digests)
def digests_are_planned(town: Town) -> Act:
    return lambda: digests.plan_digests(SYSTEM)


@does(digests.note_farewell)
def a_last_digest_was_sent(town: Town) -> Act:
    return lambda: digests.note_farewell(SYSTEM, town.ana.id)


def _reply_address(town: Town) -> int:
    token = discussions.open_reply_address(SYSTEM, town.ana.id, town.thread.id)
    address = find_reply_address(token)
    return address.id if address else 0


@does(discussions.open_reply_address)
def an_address_to_answer_is_opened(town: Town) -> Act:
    return lambda: discussions.open_reply_address(SYSTEM, town.ana.id, town.thread.id)


@does(discussions.post_by_mail)
def somebody_answers_by_mail(town: Town) -> Act:
    address_id, sender = _reply_address(town), town.ana.email
    return lambda: discussions.post_by_mail(SYSTEM, address_id, "a" * 64, sender, "By mail.")


@does(discussions.note_refused_mail)
def a_mail_was_refused(town: Town) -> Act:
    address_id = _reply_address(town)
    return lambda: discussions.note_refused_mail(SYSTEM, address_id, "a" * 64)


@does(discussions.forget_reply_addresses)
def addresses_are_forgotten(town: Town) -> Act:
    return lambda: discussions.forget_reply_addresses(SYSTEM)
