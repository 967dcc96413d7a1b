"""Answering by mail: the same deed as on the page, once for each mail; a polite word where it cannot be."""

from datetime import timedelta
from email.message import EmailMessage
from mailbox import words

import pytest
import time_machine
from click.testing import CliRunner
from factories import make_post, make_thread, make_user
from sqlalchemy import select

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, User
from civicforum.agreement.actions import list_word
from civicforum.agreement.limits.setting import set_limit
from civicforum.agreement.queries import get_rule
from civicforum.cli.mail import EX_CONFIG, EX_TEMPFAIL, mail_command
from civicforum.db import db, now, transaction
from civicforum.discussions import actions, queries
from civicforum.discussions.letters.reading import MAX_BYTES
from civicforum.discussions.letters.receiving import MOST_REFUSALS_A_DAY, receive
from civicforum.discussions.models import Post, ReceivedMail, ReplyAddress, Thread
from civicforum.errors import NotAllowed
from civicforum.partnerships.actions import edit_project

pytestmark = pytest.mark.usefixtures("agreement")

OURS = "reply@forum.example"


@pytest.fixture(autouse=True)
def inside(app, monkeypatch):
    """As the command has it."""
    monkeypatch.setitem(app.config, "REPLY_ADDRESS", OURS)
    with app.test_request_context(base_url=app.config["BASE_URL"]):
        yield


@pytest.fixture
def thread(organizer, project):
    thread = make_thread(project, organizer, title="The bus stop")
    make_post(thread, organizer, "Shall it be moved?")
    return thread


@pytest.fixture
def question(thread):
    return db.session.scalar(select(Post.id).where(Post.thread_id == thread.id))


@pytest.fixture
def token(ana, thread, question):
    return actions.open_reply_address(SYSTEM, ana.id, thread.id, question)


def write(token, said="Yes, to the school.", **headers):
    message = EmailMessage()
    named = {"From": "Ana <ana@example.org>", "To": f"reply+{token}@forum.example", "Message-ID": "<1@x>"}
    for name, value in {**named, **{key.replace("_", "-"): value for key, value in headers.items()}}.items():
        message[name] = value
    message.set_content(f"{said}\n\nOn Thu, Nov 26, 2026 Forum wrote:\n> Shall it be moved?\n")
    return message.as_bytes()


def said_by(user) -> list[tuple[str, int | None]]:
    db.session.rollback()
    rows = db.session.scalars(select(Post).where(Post.author_id == user.id).order_by(Post.id))
    return [(post.body, post.reply_to_id) for post in rows]


def test_an_answer_by_mail_is_a_comment_once(ana, token, question, smtp):
    assert [receive(write(token)), receive(write(token))] == ["posted", "again"]
    assert said_by(ana) == [("Yes, to the school.", question)]
    assert smtp.mails() == []
    assert receive(write(token.upper(), "And soon.", Message_ID="<2@x>")) == "posted"


def test_a_mail_about_a_comment_can_be_answered(app, ana, thread, organizer, smtp):
    own = make_post(thread, ana, "I would like that.")
    with time_machine.travel(now(), tick=False) as clock:
        post_id = actions.post_reply(organizer, thread.id, "When?", own.id).id
        clock.shift(timedelta(minutes=6))
        db.session.rollback()
        jobs.run_due(app)
        (mail,) = smtp.mails()
        assert mail["To"] == "ana@example.org"
        assert "You can answer this mail" in words(mail)
        address = mail["Reply-To"]
        assert str(ana.id) not in address.partition("+")[0]
        assert receive(write("", "On Monday.", To=address)) == "posted"
    assert said_by(ana)[-1] == ("On Monday.", post_id)


def test_a_mail_about_several_comments_is_answered_in_the_thread(app, ana, thread, organizer, smtp):
    own = make_post(thread, ana, "I would like that.")
    with time_machine.travel(now(), tick=False) as clock:
        for body in ("When?", "Where?"):
            actions.post_reply(organizer, thread.id, body, own.id)
        clock.shift(timedelta(minutes=6))
        db.session.rollback()
        jobs.run_due(app)
        (mail,) = smtp.mails()
        assert receive(write("", "On Monday.", To=mail["Reply-To"])) == "posted"
    assert said_by(ana)[-1] == ("On Monday.", None)


def test_without_the_setting_no_mail_names_an_address(app, ana, thread, organizer, smtp, monkeypatch):
    monkeypatch.setitem(app.config, "REPLY_ADDRESS", None)
    own = make_post(thread, ana, "I would like that.")
    with time_machine.travel(now(), tick=False) as clock:
        actions.post_reply(organizer, thread.id, "When?", own.id)
        clock.shift(timedelta(minutes=6))
        db.session.rollback()
        jobs.run_due(app)
    (mail,) = smtp.mails()
    assert mail["Reply-To"] is None
    assert "You can answer this mail" not in words(mail)


def refused(smtp, content) -> str:
    """It is refused, by one mail to the person of the address; its words."""
    before = len(smtp.mails())
    assert receive(content) == "refused"
    (mail,) = smtp.mails()[before:]
    assert (mail["To"], mail["Auto-Submitted"], mail["Reply-To"]) == (
        "ana@example.org",
        "auto-generated",
        None,
    )
    return words(mail)


def test_a_mail_from_somebody_else_says_nothing_in_ones_name(ana, token, smtp):
    told = refused(smtp, write(token, From="Eve <eve@example.org>"))
    assert "an address that is not your account’s" in told
    assert "to the school" not in told
    assert said_by(ana) == []
    assert receive(write(token, From="ANA+forum@example.org", Message_ID="<2@x>")) == "posted"


@pytest.mark.parametrize("signature", ["Regards\nAna", "Ana\n5550 100", "ana@example.org", "Best,\nana r."])
def test_a_signature_does_not_tell_whose_a_pseudonym_is(ana, organizer, token, thread, smtp, signature):
    edit_project(organizer, thread.project, allows_pseudonyms=True)
    name = actions.take_pseudonym(ana, thread.project_id, "a secret").name
    told = refused(smtp, write(token, f"Yes, to the school.\n\n{signature}"))
    assert "Your own name stands in it" in told
    assert said_by(ana) == []
    assert receive(write(token, "Yes, to Banana Street.", Message_ID="<2@x>")) == "posted"
    assert [
        post.author.name for post in db.session.scalars(select(Post).where(Post.author_id == ana.id))
    ] == [name]


def test_a_closed_thread_takes_no_mail_and_gives_the_words_back(ana, token, thread, organizer, smtp):
    actions.close_thread(organizer, thread.id, "Settled.")
    told = refused(smtp, write(token))
    assert "This thread is closed" in told
    assert "> Yes, to the school." in told
    assert "The bus stop" in smtp.mails()[0]["Subject"]
    assert said_by(ana) == []


def test_a_project_that_closed_its_doors_is_not_named(ana, token, thread, organizer, smtp):
    edit_project(organizer, thread.project, visibility="members")
    told = refused(smtp, write(token))
    assert "bus stop" not in told + smtp.mails()[0]["Subject"]
    assert "/threads/" not in told


def test_who_may_not_write_now_is_told_so(ana, token, smtp):
    with transaction():
        db.session.get_one(User, ana.id).suspended_until = now() + timedelta(days=1)
    assert "cannot write for now" in refused(smtp, write(token))


def test_an_address_ends_with_the_password_and_with_time(ana, token, smtp):
    with time_machine.travel(now() + timedelta(days=91)):
        assert "too old" in refused(smtp, write(token))
    with transaction():
        db.session.get_one(User, ana.id).session_version += 1
    assert "too old" in refused(smtp, write(token, Message_ID="<2@x>"))
    with time_machine.travel(now() + timedelta(days=121)):
        actions.forget_reply_addresses(SYSTEM)
        assert receive(write(token, Message_ID="<3@x>")) == "ignored"
    assert db.session.scalars(select(ReplyAddress)).all() == []


def test_who_left_is_not_written_to(ana, token, smtp):
    with transaction():
        db.session.get_one(User, ana.id).erased_at = now()
    assert receive(write(token)) == "ignored"
    assert smtp.mails() == []


def test_nothing_to_say_too_much_and_too_large_are_refused(ana, token, smtp):
    assert "write something first" in refused(smtp, write(token, " "))
    assert "too long" in refused(smtp, write(token, "word " * 7_000, Message_ID="<2@x>"))
    assert "too large" in refused(smtp, write(token, Message_ID="<3@x>") + b"x" * MAX_BYTES)


@pytest.mark.parametrize("token_of", ["a" * 24, "nothing"])
def test_what_no_address_of_ours_is_in_is_ignored(ana, token, token_of, smtp):
    assert receive(write(token_of)) == "ignored"
    assert smtp.mails() == []


def test_machines_are_not_answered(ana, token, smtp):
    assert receive(write(token, Auto_Submitted="auto-replied")) == "ignored"
    assert (said_by(ana), smtp.mails()) == ([], [])


def test_a_day_has_few_refusals_and_a_mail_has_one(ana, token, smtp):
    contents = [write(token, " ", Message_ID=f"<{n}@x>") for n in range(MOST_REFUSALS_A_DAY + 2)]
    assert {receive(content) for content in [*contents, *contents]} == {"refused"}
    assert len(smtp.mails()) == MOST_REFUSALS_A_DAY


def test_an_hour_has_so_many_comments_by_mail(ana, token, smtp, monkeypatch):
    monkeypatch.setattr("civicforum.discussions.actions.by_mail.MOST_AN_HOUR", 1)
    receive(write(token))
    assert "many comments by mail" in refused(smtp, write(token, Message_ID="<2@x>"))


def test_what_is_held_is_said_to_be(ana, token, smtp):
    list_word(make_user("moderator"), "holdme", "hold")
    assert receive(write(token, "Please holdme.")) == "held"
    (mail,) = smtp.mails()
    assert "A moderator reads" in mail["Subject"]


def test_what_waits_half_a_minute_is_posted_without_a_word(ana, token, thread, smtp):
    with transaction():
        set_limit("delay", thread.channel, now() + timedelta(hours=1), get_rule(2))
    assert receive(write(token, "Soon.")) == "posted"
    assert smtp.mails() == []


def test_files_are_left_out_and_that_is_said(ana, token, smtp):
    message = EmailMessage()
    message["From"], message["To"] = "ana@example.org", f"reply+{token}@forum.example"
    message.set_content("See the picture.")
    message.add_attachment(b"x", maintype="image", subtype="png", filename="a.png")
    assert receive(message.as_bytes()) == "posted"
    assert "without its files" in smtp.mails()[0]["Subject"]
    assert said_by(ana)[0][0] == "See the picture."


def test_only_the_house_handles_mail(ana, token, thread, question):
    address = queries.find_reply_address(token)
    for deed in (
        lambda: actions.open_reply_address(ana, ana.id, thread.id),
        lambda: actions.post_by_mail(ana, address.id, "x", "ana@example.org", "Hello."),
        lambda: actions.note_refused_mail(ana, address.id, "x"),
        lambda: actions.forget_reply_addresses(ana),
    ):
        with pytest.raises(NotAllowed):
            deed()
    assert actions.open_reply_address(SYSTEM, ana.id, thread.id, question) == token
    assert db.session.scalars(select(ReceivedMail)).all() == []


# --- where the thread went meanwhile ---


def place_of(user) -> tuple[int, int | None]:
    """(thread, answered post) of what they said last."""
    db.session.rollback()
    rows = select(Post).where(Post.author_id == user.id).order_by(Post.id.desc())
    post = db.session.scalars(rows).first()
    return post.thread_id, post.reply_to_id


def test_an_answer_to_a_comment_stands_where_the_comment_went(ana, token, thread, question, organizer):
    make_post(thread, organizer, "It stays.")
    other = actions.split_thread(organizer, thread.id, [question], "The stop itself", "Apart.")
    assert receive(write(token)) == "posted"
    assert place_of(ana) == (other.id, question)


def test_an_answer_to_a_thread_follows_it_through_every_merge(ana, thread, organizer, smtp):
    token = actions.open_reply_address(SYSTEM, ana.id, thread.id)
    second, third = (make_thread(thread.project, organizer) for _n in range(2))
    actions.merge_threads(organizer, thread.id, second.id, "The same.")
    actions.merge_threads(organizer, second.id, third.id, "The same, too.")
    assert receive(write(token)) == "posted"
    assert place_of(ana) == (third.id, None)
    actions.close_thread(organizer, third.id, "Settled.")
    assert "This thread is closed" in refused(smtp, write(token, Message_ID="<2@x>"))
    assert third.title in smtp.mails()[0]["Subject"]


def test_a_full_thread_goes_on_by_mail_in_the_last_that_continues_it(ana, thread, question, organizer):
    token = actions.open_reply_address(SYSTEM, ana.id, thread.id, question)
    actions.keep_draft(ana, thread.channel, "Half a thought")
    with transaction():
        full = db.session.get_one(Thread, thread.id)
        full.max_posts, full.status = 1, "closed"
    assert receive(write(token)) == "posted"
    continued = db.session.get_one(Thread, thread.id).continued_in
    assert place_of(ana) == (continued.id, None)
    assert receive(write(token, "More.", Message_ID="<2@x>")) == "posted"
    last = db.session.get_one(Thread, continued.id).continued_in
    assert place_of(ana) == (last.id, None)
    assert queries.find_draft(ana, thread.channel).body == "Half a thought"


def test_what_is_held_in_a_continuation_leads_there(ana, token, thread, smtp):
    list_word(make_user("moderator"), "holdme", "hold")
    with transaction():
        full = db.session.get_one(Thread, thread.id)
        full.max_posts, full.status = 1, "closed"
    assert receive(write(token, "Please holdme.")) == "held"
    (mail,) = smtp.mails()
    thread_id, _answered = place_of(ana)
    assert f"/threads/{thread_id}/" in words(mail)
    assert "(2)" in mail["Subject"]
    assert receive(write(token, "More.", Message_ID="<2@x>")) == "refused"


def test_an_archived_thread_takes_no_mail_though_it_is_full(ana, token, thread, smtp):
    with transaction():
        full = db.session.get_one(Thread, thread.id)
        full.max_posts, full.status, full.archived_at = 1, "closed", now()
    refused(smtp, write(token))
    assert said_by(ana) == []


def test_a_mail_does_not_reach_where_its_person_may_not_read(ana, token, thread, organizer, smtp):
    other = make_thread(thread.project, organizer, title="zqsecret")
    actions.merge_threads(organizer, thread.id, other.id, "The same.")
    edit_project(organizer, thread.project, visibility="members")
    told = refused(smtp, write(token))
    assert "zqsecret" not in told + smtp.mails()[0]["Subject"]
    assert said_by(ana) == []


# --- the command ---


@pytest.fixture
def command(app, monkeypatch):
    monkeypatch.setattr("civicforum.cli.mail.create_app", lambda _settings: app)

    def run(content, *arguments):
        result = CliRunner().invoke(mail_command, ["receive", *arguments], input=content)
        db.session.rollback()
        return result.exit_code, result.output.strip()

    return run


def test_the_command_takes_a_mail_from_the_mail_server(command, ana, token):
    assert command(write("", To="someone@else.example"), "--to", f"reply+{token}@forum.example") == (
        0,
        "posted",
    )
    assert len(said_by(ana)) == 1
    assert command(b"\xff\x00") == (0, "ignored")


def test_the_command_says_when_the_mail_server_should_come_again(app, command, token, smtp, monkeypatch):
    app.extensions["mail"]["transport"].url = app.extensions["mail"]["transport"].url._replace(
        netloc="127.0.0.1:1"
    )
    code, told = command(write(token, " "))
    assert code == EX_TEMPFAIL, told
    monkeypatch.setitem(app.config, "REPLY_ADDRESS", None)
    assert command(write(token))[0] == EX_CONFIG
