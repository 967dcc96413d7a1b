"""The statement of reasons by mail: to the author, once, with the rule and the reason, and nothing else."""

from mailbox import deliver, link_in, mails_to, words

import pytest
from factories import make_user

from civicforum.db import db, transaction
from civicforum.discussions.models import Post
from civicforum.moderation import actions, queries, tasks
from civicforum.moderation.actions import Deed

REASON = "It says what people are."
HIDE = Deed("hide", 2, REASON)


def mail_of(app, place):
    (mail,) = mails_to(app, place.author.email)
    return mail


def test_the_author_is_mailed_the_rule_and_the_reason(app, place, sign_in):
    actions.flag_post(make_user(name="Flo Flagger"), place.post.id, 2, "A secret note.")
    case = queries.find_case_about("post", place.post.id)
    actions.decide_case(place.moderator, case.id, HIDE, case.version)
    mail = mail_of(app, place)
    told = words(mail)
    assert mail["Subject"] == "Your comment was hidden, and why"
    assert "2. Speak about what people do" in told
    assert REASON in told
    assert link_in(mail) == f"/posts/{place.post.id}/reasons"
    assert sign_in(place.author).get(link_in(mail)).status_code == 200
    for secret in ("Flo Flagger", "A secret note.", place.moderator.name, place.moderator.email):
        assert secret not in mail.as_string()


@pytest.mark.parametrize(
    ("action", "subject", "has_mend"),
    [("decline", "Your comment was not published, and why", False)],
)
def test_what_was_declined_is_not_offered_to_be_mended(app, place, action, subject, has_mend):
    _held, hold = place.hold()
    actions.decide_hold(place.moderator, hold.id, Deed(action, 2, REASON))
    mail = mail_of(app, place)
    assert (mail["Subject"], "mend" in words(mail)) == (subject, has_mend)
    assert REASON in words(mail)


def test_a_comment_shown_again_is_mailed_with_its_place(app, place):
    case = actions.moderate(place.moderator, "post", place.post.id, HIDE)
    actions.decide_case(place.moderator, case.id, Deed("restore", None, "I was wrong."), case.version)
    mail = mails_to(app, place.author.email)[-1]
    assert mail["Subject"] == "Your comment is shown again"
    assert "I was wrong." in words(mail)
    assert link_in(mail) == f"/threads/{place.thread.id}"


def test_a_task_that_runs_twice_is_one_mail(app, place):
    actions.moderate(place.moderator, "post", place.post.id, HIDE)
    deliver(app)
    measure = queries.find_case_about("post", place.post.id).measures[0].id
    with app.test_request_context(base_url=app.config["BASE_URL"]):
        tasks.tell_author(measure)
    assert len(mails_to(app, place.author.email)) == 1


def test_what_is_gone_is_not_mailed(app, place):
    actions.moderate(place.moderator, "post", place.post.id, HIDE)
    with transaction():
        db.session.delete(db.session.get_one(Post, place.post.id))
    assert deliver(app) == []
    with app.test_request_context(base_url=app.config["BASE_URL"]):
        tasks.tell_author(987654)


def test_a_reason_is_inert_and_brings_no_lines_of_its_own(app, place):
    evil = "<script>PWNED</script>\nBcc: all@example.org\n\n# Big [here](javascript:PWNED) ![](http://evil.example/x)"
    actions.moderate(place.moderator, "post", place.post.id, Deed("hide", 2, evil))
    mail = mail_of(app, place)
    html = mail.get_body(("html",)).get_content()
    assert mail["Bcc"] is None
    for live in ("<script", 'javascript:PWNED"', 'src="http://evil.example', "<h1>Big", "<img"):
        assert live not in html
    assert "&lt;script&gt;PWNED" in html
