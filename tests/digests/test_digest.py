"""One digest of what is unread, in the person's own morning; none where nothing is. On a real SMTP server."""

from datetime import UTC, datetime, timedelta
from mailbox import words

import pytest
import time_machine
from factories import (
    make_agreement,
    make_post,
    make_project,
    make_thread,
    make_town_hall,
    make_user,
    save,
)
from sqlalchemy import delete

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, User
from civicforum.db import db, now, transaction
from civicforum.digests import actions, queries
from civicforum.digests.tasks import plan
from civicforum.discussions import actions as discussions
from civicforum.errors import NotAllowed
from civicforum.jobs import Job
from civicforum.notifications.actions import mark_read, save_wishes, set_attention
from civicforum.notifications.models import MailWishes, Notification
from civicforum.partnerships.actions import edit_project

# Noon of a Monday in Detroit.
MONDAY = datetime(2026, 3, 2, 17, tzinfo=UTC)
SPAN = {"since": MONDAY.isoformat(), "until": (MONDAY + timedelta(days=1)).isoformat()}


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def ana(app, clock):
    make_agreement()
    ana = make_user(name="Ana", handle="ana", email="ana@example.org", timezone="America/Detroit")
    clock.shift(timedelta(minutes=10))
    return ana


@pytest.fixture
def ben(app, clock):
    """Who says all of it, and wants no digest himself."""
    ben = make_user(name="Ben", email="ben@example.org")
    save_wishes(ben, {"digest": "never"})
    return ben


@pytest.fixture
def thread(ana, ben):
    project = make_project(title="The river bank")
    return make_thread(project, ben, title="The bus stop")


@pytest.fixture
def until(app, clock):
    """``until(day, hour)``: that hour in Detroit, on this day of March, has come; the clock looked around at
    noon and at seven."""

    def go(day: int, hour: int = 8):
        goal = datetime(2026, 3, day, hour + 5, tzinfo=UTC)
        work(app)
        while now() < goal:
            step = timedelta(hours=5 if now().hour < 17 else 19)
            clock.move_to(min(goal, now().replace(minute=0) + step))
            work(app)

    return go


def work(app):
    db.session.rollback()
    plan()
    jobs.run_due(app)


def test_what_is_unread_comes_once_in_ones_own_morning(smtp, ana, ben, thread, until):
    make_post(thread, ben, "A *roof* is needed.", html="<p>A <em>roof</em> is needed.</p>")
    until(3, 6)
    assert smtp.mails() == []
    until(3, 7)
    (mail,) = smtp.mails()
    assert (mail["To"], mail["Subject"]) == ("ana@example.org", "New to you: The bus stop")
    assert "A roof is needed." in words(mail)
    assert "You get this because there is something here that you have not read yet." in words(mail)
    until(5)
    assert len(smtp.mails()) == 1


def test_an_excerpt_is_of_the_words_as_they_are_shown(smtp, ana, ben, thread, until):
    make_post(
        thread, ben, "**raw**", html="<p>A <em>roof</em> &amp; [a] bench,</p>\n<p>" + "please " * 40 + "</p>"
    )
    until(3)
    (mail,) = smtp.mails()
    assert "A roof & [a] bench, please" in words(mail).replace("\n", " ")
    assert "please…" in words(mail)
    assert "raw" not in words(mail)


def test_who_has_nothing_unread_gets_none(smtp, ana, thread, until):
    make_post(thread, ana, "My own words.")
    make_town_hall(thread.project, starts_at=MONDAY + timedelta(days=2))
    until(4)
    assert smtp.mails() == []


def test_what_came_since_is_in_the_next_one_and_nothing_twice(smtp, ana, ben, thread, until):
    make_post(thread, ben, "On Monday.")
    until(3)
    make_post(thread, ben, "On Tuesday.")
    until(4)
    _first, second = smtp.mails()
    assert ("On Monday." in words(second), "On Tuesday." in words(second)) == (False, True)


def test_looking_twice_in_a_morning_and_a_lost_worker_send_no_second_one(smtp, app, ana, ben, thread, until):
    make_post(thread, ben, "Once.")
    until(3, 7)
    with transaction():
        row = db.session.get_one(MailWishes, ana.id)
        row.digest_due_at = now()  # as if the clock had gone back
    work(app)
    assert len(smtp.mails()) == 1


def test_a_digest_that_was_sent_and_not_noted_has_the_same_name_again(smtp, app, ana, ben, thread, until):
    make_post(thread, ben, "Once.")
    with transaction():
        for _twice in range(2):
            jobs.enqueue(
                "digests.mail_digest",
                user_id=ana.id,
                day="2026-03-03",
                **SPAN,
            )
    jobs.run_due(app)
    first, again = smtp.mails()
    assert first["Message-ID"] == again["Message-ID"]


def test_a_morning_that_was_missed_waits_for_the_next(smtp, app, clock, ana, ben, thread, until):
    make_post(thread, ben, "While all was down.")
    clock.move_to(datetime(2026, 3, 3, 20, tzinfo=UTC))
    work(app)
    assert smtp.mails() == []
    until(4, 7)
    assert len(smtp.mails()) == 1


@pytest.mark.parametrize(
    ("wishes", "days"),
    [
        ({"digest": "daily"}, [3, 4, 5, 6, 7]),
        ({"digest": "every_second_day"}, [3, 5, 7]),
        ({"digest": "weekly", "weekday": 3}, [5]),
        ({"digest": "never"}, []),
    ],
)
def test_the_rhythm_is_the_persons_own(smtp, ana, ben, thread, until, wishes, days):
    save_wishes(ana, wishes)
    sent_on = []
    for day in range(3, 8):
        make_post(thread, ben)
        before = len(smtp.mails())
        until(day)
        sent_on += [day] * (len(smtp.mails()) - before)
    assert sent_on == days


def test_what_is_hidden_withdrawn_or_closed_is_in_no_digest(app, smtp, ana, ben, thread, until):
    organizer = make_user(email="olga@example.org")
    closed = make_project(organizer, title="zqclosed")
    make_post(make_thread(closed, organizer), organizer, "zqsecret")
    edit_project(organizer, closed, visibility="members")
    post = make_post(thread, ben, "zqwithdrawn")
    discussions.withdraw_post(ben, post.id)
    make_thread(thread.project, ben, title="zqpending", status="pending")
    until(3)
    assert [mail for mail in smtp.mails() if mail["To"] == "ana@example.org"] == []


def test_what_somebody_ignores_is_left_out(smtp, ana, ben, thread, until):
    other = make_thread(thread.project, ben, title="Lanterns")
    loud = make_thread(thread.project, ben, title="zqloud")
    set_attention(ana, "project", thread.project_id, "ignore")
    set_attention(ana, "thread", other.id, "normal")
    for row in (thread, other, loud):
        make_post(row, ben)
    until(3)
    (mail,) = smtp.mails()
    assert mail["Subject"] == "New to you: Lanterns"
    assert "zqloud" not in words(mail)


def test_an_answer_that_waits_in_the_inbox_is_in_it(smtp, app, ana, ben, thread, until):
    save_wishes(ana, {"reply": False})
    mine = make_post(thread, ana, "Mine.")
    discussions.post_reply(ben, thread.id, "Yours.", mine.id)
    set_attention(ana, "thread", thread.id, "ignore")
    until(3)
    (mail,) = smtp.mails()
    assert mail["Subject"] == "Somebody answered you"
    assert f"{app.config['BASE_URL']}/threads/" in words(mail)
    mark_read(ana)
    until(4)
    assert len(smtp.mails()) == 1


def test_threads_are_in_the_order_of_people_not_of_words(app, ana, ben, thread):
    loud, shared = (make_thread(thread.project, ben, title=title) for title in ("Loud", "Shared"))
    for _n in range(9):
        make_post(loud, ben)
    for _n in range(2):
        make_post(shared, make_user())
    with app.test_request_context():
        digest = queries.gather_digest(ana, MONDAY - timedelta(days=1), now())
    ((_project, news, more),) = digest.projects
    assert [row.thread.title for row in news] == ["Shared", "Loud"]
    assert ([row.people for row in news], more) == ([2, 1], 0)


def test_a_project_has_three_threads_in_it_and_a_digest_six_projects(smtp, ana, ben, until):
    for _p in range(7):
        project = make_project()
        for _t in range(6):
            make_post(make_thread(project, ben), ben)
    make_town_hall(project, title="In the library", starts_at=MONDAY + timedelta(days=2))
    until(3)
    (mail,) = smtp.mails()
    text = words(mail)
    assert text.count("1 new comment\r\n") == 18
    assert (text.count("3 more discussions with news"), "News in 1 more project:" in text) == (6, True)
    assert "In the library" in text


@pytest.mark.parametrize("count", [1, 30])
def test_a_digest_costs_the_same_however_much_is_new(app, count_queries, ana, ben, count):
    for _n in range(count):
        make_post(make_thread(make_project(), ben), make_user())
    ana = db.session.get_one(User, ana.id)
    with app.test_request_context(), count_queries() as n:
        queries.gather_digest(ana, MONDAY - timedelta(days=1), now())
    assert n.total == 11, "\n".join(n.statements)


def test_who_is_away_for_half_a_year_is_told_once_and_then_left_alone(
    smtp, app, clock, ana, ben, thread, until
):
    clock.move_to(MONDAY + timedelta(days=200))
    work(app)
    for _day in range(3):
        make_post(thread, ben, "News.")
        clock.shift(timedelta(hours=12))
        work(app)
        clock.shift(timedelta(hours=12))
        work(app)
        clock.move_to(now().replace(hour=12))
        work(app)
    (mail,) = smtp.mails()
    assert "this is the last mail of this kind" in words(mail)
    # Back, with a word of their own; then they begin again.
    make_post(thread, ana, "Here again.")
    make_post(thread, ben, "Welcome.")
    clock.shift(timedelta(days=1))
    work(app)
    assert len(smtp.mails()) == 2
    assert "the last mail" not in words(smtp.mails()[1])


def test_every_sign_of_somebody_counts_as_being_here(app, clock, ana, ben, thread):
    assert queries.last_seen(ana) == MONDAY
    post = make_post(thread, ben)
    clock.move_to(MONDAY + timedelta(days=1))
    discussions.react(ana, post.id, "support")
    assert queries.last_seen(ana) == MONDAY + timedelta(days=1)
    clock.move_to(MONDAY + timedelta(days=2))
    discussions.mark_seen(ana, thread.id)
    assert queries.last_seen(ana) == MONDAY + timedelta(days=2)
    save(
        Notification(
            user_id=ana.id, reason="reply", kind="post", object_id=1, read_at=MONDAY + timedelta(days=3)
        )
    )
    assert queries.last_seen(ana) == MONDAY + timedelta(days=3)


def test_people_who_left_or_never_confirmed_get_none(smtp, ana, ben, thread, until):
    with transaction():
        db.session.get_one(User, ana.id).email_confirmed_at = None
    make_post(thread, ben)
    until(4)
    assert smtp.mails() == []


def test_somebody_who_left_between_planning_and_sending_gets_none(smtp, app, ana, ben, thread):
    make_post(thread, ben)
    with transaction():
        for user_id in (ana.id, 999):
            jobs.enqueue("digests.mail_digest", user_id=user_id, day="2026-03-03", **SPAN)
        db.session.get_one(User, ana.id).erased_at = now()
    jobs.run_due(app)
    db.session.rollback()
    assert (smtp.mails(), db.session.query(Job).count()) == ([], 0)


def test_everybody_is_seen_to_in_turns(monkeypatch, smtp, clock, ana, ben, thread, until):
    monkeypatch.setattr(actions, "PEOPLE_AT_ONCE", 2)
    more = [make_user(timezone="America/Detroit") for _n in range(4)]
    clock.shift(timedelta(minutes=10))
    make_post(thread, ben)
    until(3)
    assert sorted(mail["To"] for mail in smtp.mails()) == sorted([ana.email, *(one.email for one in more)])


def test_digests_are_planned_by_the_house_alone(app, ana):
    for act in (lambda: actions.plan_digests(ana), lambda: actions.note_farewell(ana, ana.id)):
        with pytest.raises(NotAllowed):
            act()


def test_a_round_that_is_lost_is_planned_again(app):
    def waiting() -> int:
        return db.session.query(Job).filter(Job.unique_key == "round:digests.plan").count()

    for _twice in range(2):
        with transaction():
            jobs.plan_rounds()
        assert waiting() == 1
    with transaction():
        db.session.execute(delete(Job))
        jobs.plan_rounds()
    assert waiting() == 1


def test_the_house_may(app, ana):
    assert actions.plan_digests(SYSTEM) == 1
