"""Who is told of a post and why, and what is mailed of it: on a real SMTP server, after a while."""

from datetime import timedelta
from mailbox import words
from urllib.parse import urlsplit

import pytest
import time_machine
from factories import join, make_organization, make_post, make_thread, make_user
from sqlalchemy import select

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, User
from civicforum.agreement.models import Rule
from civicforum.db import db, now, transaction
from civicforum.discussions import actions
from civicforum.discussions.models import Post
from civicforum.errors import NotAllowed, NotFound
from civicforum.jobs import Job
from civicforum.notifications.actions import gather_mail, mark_read, save_wishes, set_attention, stop_mails
from civicforum.notifications.models import MailWishes, Notification
from civicforum.notifications.queries import level_of, list_inbox
from civicforum.notifications.stops import Stop, read_stop, sign_stop
from civicforum.partnerships.actions import edit_project, follow_project

pytestmark = pytest.mark.usefixtures("agreement")


@pytest.fixture
def thread(project, ana):
    thread = make_thread(project, ana, title="The bus stop")
    make_post(thread, ana, "It rains in.")
    return thread


@pytest.fixture
def later(app):
    """``later(minutes)``: so much time passes, and the waiting work is done."""
    with time_machine.travel(now(), tick=False) as clock:

        def pass_time(minutes=6):
            clock.shift(timedelta(minutes=minutes))
            db.session.rollback()
            jobs.run_due(app)

        yield pass_time


def first(thread) -> int:
    return db.session.scalar(select(Post.id).where(Post.thread_id == thread.id, Post.seq == 1))


def answer(thread, body="A roof!", by=None):
    return actions.post_reply(by or make_user(name="Ben"), thread.id, body, first(thread))


def reasons(user) -> list[tuple[str, int]]:
    rows = db.session.scalars(select(Notification).where(Notification.user_id == user.id))
    return sorted((row.reason, row.object_id) for row in rows)


def follow(user, thread, level="subscribed"):
    actions.follow_thread(user, thread.id, level)


# --- who is told, and why ---


def test_answers_mentions_and_followers_are_told_each_for_one_reason(thread, ana, later):
    cy, dee = make_user(handle="cyx"), make_user()
    for person in (ana, cy, dee):
        follow(person, thread)
    post = answer(thread, "A roof! @cyx")
    later(0)
    assert reasons(ana) == [("reply", post.id)]
    assert reasons(cy) == [("mention", post.id)]
    assert reasons(dee) == [("subscription", post.id)]


def test_an_answer_of_a_partner_or_an_organizer_is_said_to_be_one(project, thread, ana, organizer):
    speaker = make_user(name="Harbour Hal")
    office = make_organization(speaker)
    from civicforum.partnerships.models import Partner

    with transaction():
        db.session.add(Partner(project_id=project.id, organization_id=office.id))
    by_partner, by_organizer = answer(thread, by=speaker), answer(thread, by=organizer)
    assert reasons(ana) == [("answer", by_partner.id), ("answer", by_organizer.id)]


def test_whoever_follows_a_project_hears_of_its_threads_unless_they_said_otherwise(project, thread, later):
    follower, quiet, own = make_user(), make_user(), make_user()
    for person in (follower, quiet, own):
        follow_project(person, project.slug, "subscribed")
    follow(quiet, thread, "normal")
    post = answer(thread, by=own)
    later(0)
    assert [reasons(person) for person in (follower, quiet, own)] == [[("subscription", post.id)], [], []]


def test_a_thread_that_is_followed_no_more_tells_nothing(thread, later):
    fan = make_user()
    follow(fan, thread)
    follow(fan, thread, None)
    answer(thread)
    later(0)
    assert reasons(fan) == []


def test_followers_are_told_in_turns_however_many_they_are(monkeypatch, thread, later):
    monkeypatch.setattr("civicforum.discussions.actions.following.TOLD_AT_ONCE", 2)
    fans = [make_user() for _n in range(5)]
    for fan in fans:
        follow(fan, thread)
    post = answer(thread)
    later(0)
    assert [reasons(fan) for fan in fans] == [[("subscription", post.id)]] * 5


@pytest.mark.parametrize("followers", [1, 30])
def test_publishing_costs_the_same_however_many_follow(thread, count_queries, followers):
    for _n in range(followers):
        set_attention(make_user(), "thread", thread.id, "subscribed")
    ben = make_user()
    db.session.rollback()
    with count_queries() as n:
        actions.post_reply(ben, thread.id, "Well.")
    assert n.total == 42, "\n".join(n.statements)


def test_followers_who_may_not_see_it_any_more_are_not_told(project, thread, organizer, later):
    fan, member = make_user(), make_user()
    join(project, member)
    for person in (fan, member):
        follow(person, thread)
    edit_project(organizer, project, visibility="members")
    post = answer(thread, by=organizer)
    later(0)
    assert (reasons(fan), reasons(member)) == ([], [("subscription", post.id)])


def test_what_was_hidden_or_is_gone_is_told_to_no_follower(thread, later):
    fan = make_user()
    follow(fan, thread)
    post = answer(thread)
    actions.withdraw_post(post.author, post.id)
    later(0)
    actions.tell_followers(SYSTEM, 999, 0)
    assert reasons(fan) == []


def test_only_the_house_tells_followers(thread, ana):
    with pytest.raises(NotAllowed):
        actions.tell_followers(ana, first(thread), 0)


def test_a_thread_that_one_may_not_see_cannot_be_followed(project, organizer, thread):
    edit_project(organizer, project, visibility="members")
    stranger = make_user()
    for act in (
        lambda: follow(stranger, thread),
        lambda: follow_project(stranger, project.slug, "subscribed"),
    ):
        with pytest.raises(NotFound):
            act()


# --- the inbox ---


def test_several_answers_in_one_thread_are_one_row_that_counts_them(app, thread, ana):
    for name in ("Ben", "Cy", "Dee"):
        answer(thread, by=make_user(name=name))
    with app.test_request_context():
        (entry,) = list_inbox(ana).entries
        assert (entry.count, "Dee answered you" in entry.notice.text) == (3, True)
        # It leads to the earliest, so that none is missed.
        assert entry.notice.url.endswith("#post-2")


def test_a_hidden_answer_is_not_counted(app, thread, ana, organizer):
    answer(thread, by=make_user(name="Ben"))
    rude = answer(thread, by=make_user(name="Cy"))
    moderator = make_user("moderator")
    actions.hide_post(moderator, rude.id, db.session.scalar(select(Rule)))
    with app.test_request_context():
        (entry,) = list_inbox(ana).entries
        assert (entry.count, "Ben answered you" in entry.notice.text) == (1, True)


# --- the mail at once ---


def test_an_answer_is_mailed_after_a_while_with_its_reason(smtp, thread, ana, later):
    answer(thread, "A *roof*!")
    later(4)
    assert smtp.mails() == []
    later(2)
    (mail,) = smtp.mails()
    assert (mail["To"], mail["Subject"]) == ("ana@example.org", "Ben answered you: The bus stop")
    assert "> A roof!" in words(mail)
    assert "You get this because somebody answered you in “The bus stop”." in words(mail)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_burst_is_one_mail_and_is_sent_once(smtp, thread, ana, later):
    for words_ in ("One.", "Two.", "Three."):
        answer(thread, words_)
    later()
    later()
    (mail,) = smtp.mails()
    assert mail["Subject"] == "3 new comments: The bus stop"
    assert [f"> {n}" in words(mail) for n in ("One.", "Two.", "Three.")] == [True] * 3


def test_a_busy_thread_does_not_put_its_mail_off(smtp, thread, ana, later):
    for _n in range(3):
        answer(thread)
        later(3)
    assert len(smtp.mails()) == 1


def test_after_three_mails_in_two_hours_the_rest_is_gathered(smtp, thread, ana, later):
    for n in range(6):
        answer(thread, f"Number {n}.")
        later(10)
    assert len(smtp.mails()) == 3
    later(90)
    *_three, gathered = smtp.mails()
    assert gathered["Subject"] == "3 new comments: The bus stop"
    assert "Number 5." in words(gathered)


def test_nobody_is_mailed_more_than_twenty_times_a_day(smtp, project, ana, monkeypatch, later):
    monkeypatch.setattr("civicforum.notifications.actions.mails.MOST_MAILS_A_DAY", 2)
    threads = [make_thread(project, ana) for _n in range(3)]
    for thread in threads:
        make_post(thread, ana)
        answer(thread)
        later(10)
    assert len(smtp.mails()) == 2
    later(24 * 60)
    assert len(smtp.mails()) == 3


def test_what_was_read_in_the_inbox_is_not_mailed(smtp, thread, ana, later):
    answer(thread)
    mark_read(ana)
    later()
    assert smtp.mails() == []


def test_what_was_hidden_before_the_mail_left_is_not_mailed(smtp, thread, ana, later):
    rude = answer(thread, "zqrude")
    answer(thread, "Kind.")
    actions.hide_post(make_user("moderator"), rude.id, db.session.scalar(select(Rule)))
    later()
    (mail,) = smtp.mails()
    assert "zqrude" not in str(mail)
    assert mail["Subject"] == "Ben answered you: The bus stop"


def test_where_everything_was_hidden_there_is_no_mail(smtp, thread, ana, later):
    rude = answer(thread, "zqrude")
    actions.withdraw_post(rude.author, rude.id)
    later()
    later()
    assert smtp.mails() == []


def test_who_may_not_see_the_thread_any_more_is_not_mailed(smtp, project, thread, ana, organizer, later):
    answer(thread)
    edit_project(organizer, project, visibility="members")
    later()
    assert smtp.mails() == []


def test_who_is_gone_is_not_mailed(smtp, thread, ana, later):
    answer(thread)
    with transaction():
        db.session.get_one(User, ana.id).erased_at = now()
    later()
    assert smtp.mails() == []


def test_an_ignored_thread_reaches_the_inbox_alone(smtp, thread, ana, later):
    follow(ana, thread, "ignore")
    post = answer(thread)
    later()
    assert (reasons(ana), smtp.mails()) == ([("reply", post.id)], [])


def test_what_somebody_switched_off_is_not_mailed(smtp, thread, ana, later):
    save_wishes(ana, {"reply": False})
    answer(thread)
    later()
    assert smtp.mails() == []


def test_an_address_that_was_never_confirmed_is_not_mailed(smtp, thread, ana, later):
    with transaction():
        db.session.get_one(User, ana.id).email_confirmed_at = None
    answer(thread)
    later()
    assert smtp.mails() == []


def test_an_address_that_refuses_for_good_is_left_alone_until_its_person_says_so(smtp, thread, ana, later):
    with transaction():
        db.session.get_one(User, ana.id).email = "gone@example.org"
    answer(thread)
    later()
    assert db.session.get_one(MailWishes, ana.id).refused_address == "gone@example.org"
    answer(thread)
    later()
    failed = db.session.scalars(select(Job).where(Job.failed_at.is_not(None))).all()
    assert (len(failed), smtp.mails()) == (1, [])
    save_wishes(db.session.get_one(User, ana.id), {})
    assert db.session.get_one(MailWishes, ana.id).refused_address is None


def test_a_crash_after_sending_sends_the_same_mail_again_and_no_other(smtp, thread, ana, later, monkeypatch):
    from civicforum.discussions import tasks

    answer(thread, "One.")
    noted = tasks.note_mailed
    monkeypatch.setattr(tasks, "note_mailed", lambda *_args, **_kw: 1 / 0)
    later()
    monkeypatch.setattr(tasks, "note_mailed", noted)
    answer(thread, "Two.")
    later()
    later()
    first_mail, again, second = smtp.mails()
    assert first_mail["Message-ID"] == again["Message-ID"] != second["Message-ID"]
    assert "Two." not in words(again)
    assert "Two." in words(second)


def test_a_mail_speaks_its_readers_language(smtp, thread, ana, later):
    with transaction():
        db.session.get_one(User, ana.id).locale = "es"
    answer(thread)
    later()
    (mail,) = smtp.mails()
    assert mail["Subject"] == "Ben le respondió: The bus stop"


def test_a_long_burst_shows_ten_and_counts_the_rest(smtp, thread, ana, later):
    for n in range(12):
        answer(thread, f"Number {n}.")
    later()
    (mail,) = smtp.mails()
    assert mail["Subject"] == "12 new comments: The bus stop"
    assert ("Number 9." in words(mail), "Number 10." in words(mail)) == (True, False)
    assert "And 2 more." in words(mail)


def test_a_mail_that_was_begun_is_the_same_again(thread, ana):
    answer(thread)
    first_try, second = (
        gather_mail(SYSTEM, ana.id, thread.channel, "discussions.mail_posts") for _try in range(2)
    )
    assert first_try is not None
    assert first_try == second


# --- where comments went before the mail left ---


def test_a_mail_names_the_thread_that_its_comments_are_part_of_now(smtp, project, thread, organizer, later):
    answer(thread, "A roof!")
    other = make_thread(project, organizer, title="Roofs for stops")
    actions.merge_threads(organizer, thread.id, other.id, "The same.")
    later()
    (mail,) = smtp.mails()
    assert mail["Subject"] == "Ben answered you: Roofs for stops"
    assert f"/threads/{other.id}/" in words(mail)
    assert "The bus stop" not in words(mail)


def test_comments_that_were_parted_are_told_in_a_mail_for_each_thread(smtp, thread, ana, organizer, later):
    ids = [answer(thread, body, organizer).id for body in ("One.", "Two.", "Three.")]
    other = actions.split_thread(organizer, thread.id, ids[1:], "Another matter", "Apart.")
    later()
    later()
    stayed, went = smtp.mails()
    assert [mail["Subject"] for mail in (stayed, went)] == [
        "Olga Organizer answered you: The bus stop",
        "2 new comments: Another matter",
    ]
    assert [f"> {n}." in words(stayed) for n in ("One", "Two", "Three")] == [True, False, False]
    assert stayed["Message-ID"] != went["Message-ID"]
    assert f"/threads/{other.id}/" in words(went)
    stop = urlsplit(went["List-Unsubscribe"].strip("<>")).path.rpartition("/")[2]
    assert read_stop(stop).object_id == other.id


def test_of_comments_that_were_parted_none_is_mailed_from_a_thread_that_is_ignored(
    smtp, thread, ana, organizer, later
):
    ids = [answer(thread, body).id for body in ("One.", "Two.")]
    other = actions.split_thread(organizer, thread.id, ids[1:], "Another matter", "Apart.")
    follow(ana, other, "ignore")
    later()
    (mail,) = smtp.mails()
    assert ("> One." in words(mail), "> Two." in words(mail)) == (True, False)


def test_what_was_read_before_it_went_is_not_mailed(smtp, thread, ana, organizer, later):
    post = answer(thread)
    actions.mark_seen(ana, thread.id)
    actions.split_thread(organizer, thread.id, [post.id], "Another matter", "Apart.")
    later()
    assert smtp.mails() == []


def test_an_old_mail_still_stops_what_a_merge_carried_on(project, thread, organizer):
    fan = make_user()
    follow(fan, thread)
    token = sign_stop(Stop(fan.id, ("subscription",), "thread", thread.id))
    other = make_thread(project, organizer)
    actions.merge_threads(organizer, thread.id, other.id, "The same.")
    assert level_of(fan, project.id, other.id) == "subscribed"
    stop_mails(fan, token)
    assert level_of(fan, project.id, other.id) == "normal"
    stop_mails(fan, sign_stop(Stop(fan.id, ("subscription",), "thread", 987)))
