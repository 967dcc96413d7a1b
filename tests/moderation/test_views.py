"""The pages of moderation, walked as a moderator, an author, a flagger and anybody."""

import re
from datetime import timedelta
from mailbox import deliver

import pytest
from browser import forms_of, submit
from factories import join, make_post, make_project, make_thread, make_user
from sqlalchemy import select

from civicforum.accounts.models import User
from civicforum.db import db, now, transaction
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Post
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import Case, Flag, Measure

REASON = "It says what people are, not what they do."
HIDE = Deed("hide", 2, REASON)
EVIL = "<script>PWNED</script><img src=x onerror=PWNED>"
INERT = "&lt;script&gt;PWNED&lt;/script&gt;"


def page_of(post) -> str:
    return f"/moderation/posts/{post.id}"


def state_of(post) -> str:
    return db.session.get_one(Post, post.id).state


# --- deciding ---


def test_a_moderator_hides_with_a_rule_and_a_reason(place, sign_in):
    mona = sign_in(place.moderator)
    done = submit(mona, page_of(place.post), rule="2", reason=REASON)
    assert (done.status_code, done.request.path) == (200, "/moderation")
    assert "The author was told why" in done.text
    assert (state_of(place.post), queries.find_case_about("post", place.post.id).state) == (
        "hidden",
        "decided",
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rule": None, "reason": REASON}, "Choose a rule."),
        ({"rule": "2", "reason": ""}, "Choose a reason, or say why"),
    ],
)
def test_what_was_typed_stays_where_something_is_missing(place, sign_in, fields, said):
    mona = sign_in(place.moderator)
    form = next(f for f in forms_of(mona.get(page_of(place.post))) if f["action"].endswith("/hide"))
    answer = mona.post(
        form["action"], data={**form["fields"].to_dict(), **{k: v for k, v in fields.items() if v}}
    )
    assert (answer.status_code, state_of(place.post)) == (422, "visible")
    assert said in answer.text
    again = next(f for f in forms_of(answer) if f["action"].endswith("/hide"))["fields"]
    assert (again.get("rule"), again["reason"]) == (fields.get("rule"), fields["reason"])


def test_the_second_moderator_is_told_in_words(place, sign_in):
    actions.flag_post(make_user(), place.post.id, 2, "")
    mona = sign_in(place.moderator)
    form = next(f for f in forms_of(mona.get(page_of(place.post))) if f["action"].endswith("/hide"))
    case = queries.find_case_about("post", place.post.id)
    actions.decide_case(make_user("moderator"), case.id, Deed("leave", None, "Fine."), case.version)
    late = mona.post(form["action"], data={**form["fields"].to_dict(), "rule": "2", "reason": REASON})
    assert (late.status_code, state_of(place.post)) == (409, "visible")
    assert "Another moderator acted meanwhile. Nothing of yours was done" in late.text
    assert "<h1" in late.text


@pytest.mark.parametrize("version", ["²", "9" * 5000, "-1", "x", "1e3", ""])
def test_a_version_made_up_breaks_nothing(place, sign_in, version):
    actions.flag_post(make_user(), place.post.id, 2, "")
    mona = sign_in(place.moderator)
    answer = submit(mona, page_of(place.post), rule="2", reason=REASON, version=version)
    assert answer.status_code in (200, 409, 422)


def test_a_comment_is_left_as_it_is(place, sign_in):
    flagger = make_user()
    actions.flag_post(flagger, place.post.id, 2, "")
    mona = sign_in(place.moderator)
    form_id = f"{page_of(place.post)}/leave"
    done = press_with(mona, page_of(place.post), form_id, reason="Sharp, but fair.")
    assert "It stays as it is" in done.text
    assert state_of(place.post) == "visible"
    assert "stays: it breaks no rule" in sign_in(flagger).get("/inbox").text


def press_with(client, url: str, action: str, **fields):
    """Fill in the form that leads to ``action``, and send it."""
    form = next(f for f in forms_of(client.get(url)) if f["action"] == action)
    return client.post(action, data={**form["fields"].to_dict(), **fields}, follow_redirects=True)


def test_a_hidden_comment_is_shown_again(place, sign_in):
    actions.moderate(place.moderator, "post", place.post.id, HIDE)
    mona = sign_in(place.moderator)
    action = f"{page_of(place.post)}/restore"
    assert press_with(mona, page_of(place.post), action, reason="").status_code == 422
    done = press_with(mona, page_of(place.post), action, reason="I was wrong.")
    assert "It is shown again" in done.text
    assert state_of(place.post) == "visible"
    assert "is shown again" in sign_in(place.author).get("/inbox").text


def test_a_held_comment_is_published(place, sign_in):
    held, _hold = place.hold()
    mona = sign_in(place.moderator)
    done = press_with(mona, page_of(held), f"{page_of(held)}/approve")
    assert "It is published." in done.text
    assert state_of(held) == "visible"


def test_a_held_comment_is_declined_with_a_rule_and_a_reason(place, sign_in):
    held, _hold = place.hold()
    mona = sign_in(place.moderator)
    assert press_with(mona, page_of(held), f"{page_of(held)}/decline", rule="2", reason="").status_code == 422
    done = press_with(mona, page_of(held), f"{page_of(held)}/decline", rule="2", reason=REASON)
    assert "It is not published." in done.text
    assert state_of(held) == "declined"
    reasons = sign_in(place.author).get(f"/posts/{held.id}/reasons")
    assert reasons.status_code == 200
    assert (REASON in reasons.text, "holdme" in reasons.text) == (True, True)
    assert 'name="body"' not in reasons.text  # there is nothing to mend: it was never published


def test_approving_twice_is_told(place, sign_in):
    held, hold = place.hold()
    mona = sign_in(place.moderator)
    form = next(f for f in forms_of(mona.get(page_of(held))) if f["action"].endswith("/approve"))
    actions.decide_hold(make_user("moderator"), hold.id, Deed("approve", None, ""))
    assert mona.post(form["action"], data=form["fields"]).status_code in (404, 409)


# --- the queue ---


def test_the_queue_empties_as_its_work_is_done(place, sign_in):
    actions.flag_post(make_user(), place.post.id, 2, "Look at this.")
    _held, hold = place.hold()
    mona = sign_in(place.moderator)
    queue = mona.get("/moderation").text
    assert all(words in queue for words in ("These people are animals.", "Look at this.", "holdme"))
    actions.decide_hold(place.moderator, hold.id, Deed("approve", None, ""))
    submit(mona, page_of(place.post), rule="2", reason=REASON)
    assert "Nothing waits" in mona.get("/moderation").text


def test_what_its_author_took_back_waits_no_more(place, sign_in):
    actions.flag_post(make_user(), place.post.id, 2, "")
    discussions.withdraw_post(place.author, place.post.id)
    assert "Nothing waits" in sign_in(place.moderator).get("/moderation").text
    assert queries.count_queue(place.moderator) == 0


def test_a_held_edit_that_is_hidden_waits_no_more(place, sign_in):
    discussions.edit_post(place.author, place.post.id, "These people holdme.", 1)
    actions.moderate(place.moderator, "post", place.post.id, HIDE)
    assert queries.count_queue(place.moderator) == 0
    assert "Nothing waits" in sign_in(place.moderator).get("/moderation").text


def test_the_queue_and_the_pages_cost_the_same_with_many(place, sign_in, count_queries):
    mona = sign_in(place.moderator)
    addresses = ["/moderation", "/moderation/log", "/moderation/report", page_of(place.post)]
    actions.flag_post(make_user(), place.post.id, 2, "")
    actions.moderate(place.moderator, "post", make_post(place.thread, place.author).id, HIDE)
    place.hold()
    few = [cost(mona, address, count_queries) for address in addresses]
    for _ in range(15):
        actions.flag_post(make_user(), make_post(place.thread, make_user()).id, 2, "")
        actions.flag_post(make_user(), place.post.id, 2, "Me too.")
        actions.moderate(place.moderator, "post", make_post(place.thread, place.author).id, HIDE)
        place.hold("Again: holdme.")
    assert [cost(mona, address, count_queries) for address in addresses] == few
    assert max(few) <= 45


def cost(client, address: str, count_queries) -> int:
    with count_queries() as count:
        assert client.get(address).status_code == 200
    return count.total


@pytest.mark.parametrize("who", ["guest", "resident", "author", "elsewhere", "administrator"])
def test_nobody_else_gets_in(place, client, sign_in, who):
    elsewhere = make_user()
    join(make_post_elsewhere().thread.project, elsewhere, "moderator")
    people = {
        "resident": make_user(),
        "author": place.author,
        "elsewhere": elsewhere,
        "administrator": make_user("administrator"),
    }
    browser = client if who == "guest" else sign_in(people[who])
    assert browser.get(page_of(place.post)).status_code == 404
    queue = browser.get("/moderation")
    assert "These people" not in queue.text
    assert queue.status_code == (200 if who == "elsewhere" else 404)


def make_post_elsewhere() -> Post:
    return make_post(make_thread(make_project()))


def test_a_moderator_reads_nothing_of_what_is_said_of_their_own_comment(place, sign_in):
    own = make_post(place.thread, place.moderator, "My own words.")
    actions.flag_post(make_user(), own.id, 2, "A secret note.")
    actions.moderate(make_user("moderator", name="Other Moderator"), "post", own.id, HIDE)
    mona = sign_in(place.moderator)
    page = mona.get(page_of(own))
    assert "somebody else decides" in page.text
    for words in ("A secret note.", "Other Moderator"):
        assert (
            words not in page.text + mona.get("/moderation").text + mona.get(f"/posts/{own.id}/reasons").text
        )
    assert REASON in mona.get(f"/posts/{own.id}/reasons").text
    fields = {"csrf_token": forms_of(mona.get(f"/posts/{own.id}/reasons"))[0]["fields"]["csrf_token"]}
    assert mona.post(f"{page_of(own)}/restore", data={**fields, "reason": "Mine."}).status_code == 403


# --- the author ---


def test_the_author_reads_why_and_mends_once(place, sign_in, client):
    actions.moderate(place.moderator, "post", place.post.id, HIDE)
    denise, url = sign_in(place.author), f"/posts/{place.post.id}/reasons"
    page = denise.get(url).text
    for words in (
        REASON,
        "Speak about what people do",
        "These people are animals.",
        "by hand",
        "within 14 days",
    ):
        assert words in page
    assert place.moderator.name not in page
    assert submit(denise, url, body="").status_code == 422
    done = submit(denise, url, body="They are loud at night.")
    assert "You mended it" in done.text
    assert 'name="body"' not in done.text
    assert state_of(place.post) == "hidden"
    assert "mended: please look again" in sign_in(place.moderator).get("/moderation").text
    for person in (client, sign_in(make_user())):
        assert person.get(url).status_code == 404


def test_what_stays_hidden_after_the_second_look_is_told(app, place, sign_in):
    flagger = make_user()
    actions.flag_post(flagger, place.post.id, 2, "")
    case = queries.find_case_about("post", place.post.id)
    actions.decide_case(place.moderator, case.id, HIDE, case.version)
    actions.mend_post(place.author, place.post.id, "These people are beasts.")
    mona = sign_in(place.moderator)
    press_with(mona, page_of(place.post), f"{page_of(place.post)}/leave", reason="It says the same.")
    denise = sign_in(place.author)
    assert "stays hidden" in denise.get("/inbox").text
    assert "It says the same." in denise.get(f"/posts/{place.post.id}/reasons").text
    told = [mail["Subject"] for mail in deliver(app) if place.author.email in str(mail["To"])]
    assert "Your comment stays hidden, and why" in told
    assert "breaks no rule" not in sign_in(flagger).get("/inbox").text


def test_a_suspended_author_reads_why(place, sign_in):
    actions.moderate(place.moderator, "post", place.post.id, HIDE)
    with transaction():
        db.session.get_one(User, place.author.id).suspended_until = now() + timedelta(days=1)
    assert REASON in sign_in(place.author).get(f"/posts/{place.post.id}/reasons").text


# --- flags ---


def test_a_comment_is_flagged_and_the_flag_taken_back(place, sign_in):
    browser, url = sign_in(make_user()), f"/posts/{place.post.id}/flag"
    done = submit(browser, url, rule="2", note="Look.")
    assert "A moderator looks at it" in done.text
    assert "You flagged this under rule 2." in browser.get(url).text
    back = press_with(browser, url, f"{url}/withdraw")
    assert "Your flag is taken back." in back.text
    assert db.session.scalars(select(Flag.state)).one() == "withdrawn"
    assert queries.count_queue(place.moderator) == 0


def test_a_flag_needs_a_rule_and_keeps_the_note(place, sign_in):
    browser, url = sign_in(make_user()), f"/posts/{place.post.id}/flag"
    answer = submit(browser, url, note="What I typed.")
    assert answer.status_code == 422
    assert ("Choose a rule." in answer.text, "What I typed." in answer.text) == (True, True)
    assert db.session.scalars(select(Flag)).all() == []


def test_the_author_learns_nothing_of_flags(place, sign_in):
    actions.flag_post(make_user(name="Flo Flagger"), place.post.id, 2, "A secret note.")
    actions.moderate(place.moderator, "post", place.post.id, HIDE)
    denise = sign_in(place.author)
    told = denise.get(f"/posts/{place.post.id}/reasons").text + denise.get("/inbox").text
    told += denise.get(f"/posts/{place.post.id}").text
    assert not any(words in told for words in ("Flo Flagger", "A secret note.", "flo-flagger"))
    assert denise.get(f"/posts/{place.post.id}/flag").status_code == 403


# --- in the open ---


def test_the_public_record_has_the_line_and_neither_name_nor_words(place, client, sign_in):
    actions.moderate(place.moderator, "post", place.post.id, HIDE)
    log = client.get("/moderation/log").text
    assert all(words in log for words in ("Speak about what people do", "hidden"))
    for words in ("animals", REASON, place.author.name, place.author.handle, place.moderator.name):
        assert words not in log
    count, head = queries.log_head()
    assert (count, head in log) == (1, True)
    assert "Speak about what people do" in client.get("/moderation/report").text


def test_a_long_record_has_pages(place, client):
    for _ in range(51):
        actions.moderate(place.moderator, "post", make_post(place.thread, place.author).id, HIDE)
    first = client.get("/moderation/log").text
    assert ('id="line-51"' in first, 'id="line-1"' in first) == (True, False)
    following = re.search(r'href="(/moderation/log\?cursor=[^"]+)"', first)[1]
    assert 'id="line-1"' in client.get(following).text


def test_reasons_and_notes_are_inert(place, sign_in):
    mona = sign_in(place.moderator)
    actions.flag_post(make_user(name="Plain Name"), place.post.id, 2, EVIL)
    for address in ("/moderation", page_of(place.post)):
        told = mona.get(address).text
        assert ("<script>PWNED" in told, "<img src=x" in told, INERT in told) == (False, False, True)
    case = queries.find_case_about("post", place.post.id)
    actions.decide_case(place.moderator, case.id, Deed("hide", 2, EVIL), case.version)
    for browser, address in (
        (mona, page_of(place.post)),
        (sign_in(place.author), f"/posts/{place.post.id}/reasons"),
    ):
        told = browser.get(address).text
        assert ("<script>PWNED" in told, "<img src=x" in told, INERT in told) == (False, False, True)
    assert db.session.scalars(select(Measure.reason)).one() == EVIL
    assert db.session.scalars(select(Case)).one().state == "decided"


def test_the_history_of_a_mended_comment_says_why_earlier_words_are_missing(place, client):
    case = actions.moderate(place.moderator, "post", place.post.id, Deed("hide", 2, "About what they are."))
    actions.mend_post(place.author, place.post.id, "These people are loud at night.")
    actions.decide_case(place.moderator, case.id, Deed("restore", None, "Thank you."), case.version)
    page = client.get(f"/posts/{place.post.id}/history").text
    assert "The earlier words are not public" in page
    assert "animals" not in page
