"""Half-written words, noted comments, previews, mentions: one's own, and nobody is found by them."""

import re
from datetime import timedelta

import pytest
from browser import press, submit
from factories import (
    join,
    make_agreement,
    make_organization,
    make_post,
    make_project,
    make_thread,
    make_token,
    make_user,
)

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Guest
from civicforum.agreement.models import Rule
from civicforum.db import db, now, transaction
from civicforum.discussions import actions, queries
from civicforum.discussions.models import MAX_DRAFTS, Bookmark, Draft, Thread
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.jobs import Job
from civicforum.notifications.models import Notification
from civicforum.partnerships.models import Partner
from civicforum.text import MAX_POST_CHARACTERS


@pytest.fixture
def project(app):
    return make_project(title="Safer Southwest")


@pytest.fixture
def thread(project, ben):
    thread = make_thread(project)
    make_post(thread, ben, "The first words.")
    return thread


def url(thread) -> str:
    return f"/threads/{thread.id}/{thread.slug}"


def bearer(person) -> dict[str, str]:
    return {"Authorization": f"Bearer {make_token(person)}"}


# --- drafts ---


def test_a_draft_is_kept_for_its_writer_alone_until_it_is_sent(ana, thread):
    first = queries.list_posts(ana, thread)[0]
    actions.keep_draft(ana, thread.channel, "I have", reply_to_id=first.id)
    actions.keep_draft(ana, thread.channel, "I have seen", reply_to_id=first.id)
    draft = queries.find_draft(ana, thread.channel)
    assert (draft.body, draft.reply_to_id) == ("I have seen", first.id)
    assert queries.find_draft(make_user(), thread.channel) is None
    assert queries.find_draft(Guest(), thread.channel) is None
    actions.post_reply(ana, thread.id, "Said by mail, say.")
    assert queries.find_draft(ana, thread.channel).body == "I have seen"
    actions.post_reply(ana, thread.id, "I have seen it.", forgets_draft=True)
    assert db.session.query(Draft).count() == 0


def test_a_new_thread_has_a_draft_of_its_own(ana, project):
    place = f"project:{project.id}"
    actions.keep_draft(ana, place, "", title="  The   bus stop ")
    assert queries.find_draft(ana, place).title == "The bus stop"
    actions.start_thread(ana, project.id, "The bus stop", "It is dark.")
    assert db.session.query(Draft).count() == 0


def test_blank_words_forget_the_draft(ana, thread):
    actions.keep_draft(ana, thread.channel, "I have")
    assert actions.keep_draft(ana, thread.channel, " \n") is None
    assert db.session.query(Draft).count() == 0


@pytest.mark.parametrize(
    "place", ["thread:987", "thread:x", "thread:", "project:987", "townhall:1", "thread:٣"]
)
def test_a_draft_is_for_a_place_that_is_there(ana, place):
    with pytest.raises(NotFound):
        actions.keep_draft(ana, place, "Words")


def test_a_draft_in_a_closed_project_is_not_for_strangers_and_a_guest_keeps_none(ana, thread):
    closed = make_thread(make_project(visibility="members"))
    with pytest.raises(NotFound):
        actions.keep_draft(ana, closed.channel, "Words")
    for deed in (
        lambda: actions.keep_draft(Guest(), thread.channel, "Words"),
        lambda: actions.forget_draft(Guest(), thread.channel),
        lambda: actions.drop_bookmark(Guest(), 1),
        lambda: actions.forget_old_draft(ana, 1),
    ):
        with pytest.raises(NotAllowed):
            deed()


def test_a_draft_answers_what_is_shown_in_its_thread_only(ana, thread, project):
    elsewhere = make_post(make_thread(project), ana)
    for reply_to in (elsewhere.id, 98765, None):
        assert actions.keep_draft(ana, thread.channel, "Words", reply_to_id=reply_to).reply_to_id is None


def test_a_draft_is_no_longer_than_a_comment_and_there_are_not_too_many(ana, project):
    with pytest.raises(Invalid):
        actions.keep_draft(ana, f"project:{project.id}", "x" * (MAX_POST_CHARACTERS + 1))
    with transaction():
        for n in range(MAX_DRAFTS):
            db.session.add(Draft(user_id=ana.id, place=f"thread:{n + 1000}", body="x", saved_at=now()))
    with pytest.raises(Conflict):
        actions.keep_draft(ana, f"project:{project.id}", "One more")


def test_a_draft_is_forgotten_half_a_year_after_it_was_touched(app, ana, thread, time_machine):
    time_machine.move_to(now())
    actions.keep_draft(ana, thread.channel, "I have")
    time_machine.shift(timedelta(days=170))
    actions.keep_draft(ana, thread.channel, "I have seen")
    time_machine.shift(timedelta(days=11))
    jobs.run_due(app)
    assert db.session.query(Draft).count() == 1
    time_machine.shift(timedelta(days=170))
    jobs.run_due(app)
    assert db.session.query(Draft).count() == 0
    assert db.session.query(Job).filter_by(task="discussions.forget_old_draft").count() == 0
    actions.forget_old_draft(SYSTEM, 987)


def test_drafts_are_listed_with_where_they_would_stand(ana, thread, project, sign_in):
    closed = make_project(visibility="members", title="The night shelter")
    member = join(closed, ana)
    hidden = make_thread(closed, title="Beds")
    for place, words in (
        (thread.channel, "Here"),
        (f"project:{project.id}", "New"),
        (hidden.channel, "Inside"),
    ):
        actions.keep_draft(ana, place, words)
    browser = sign_in(ana)
    page = browser.get("/drafts").text
    assert f'href="{url(thread)}#reply"' in page
    assert f'href="/projects/{project.slug}/threads/new"' in page
    assert "Beds" in page
    with transaction():
        db.session.delete(member)
    page = browser.get("/drafts").text
    assert "Beds" not in page
    assert "For a place that is not open to you any more" in page
    page = press(browser, "/drafts", f"/drafts/{hidden.channel}/forget").text
    assert "The draft is thrown away." in page
    assert "Inside" not in page


def test_a_draft_comes_back_in_the_form_without_scripts(ana, thread, sign_in):
    browser = sign_in(ana)
    page = submit(browser, url(thread), "reply", body="I have seen", do="keep")
    assert "Kept as a draft." in page.text
    assert "I have seen</textarea>" in page.text
    assert "From your draft" in page.text
    assert "There was nothing to keep." in submit(browser, url(thread), "reply", body=" ", do="keep").text
    assert db.session.query(Draft).count() == 0


def test_a_new_thread_is_drafted_and_drawn_without_scripts(ana, project, sign_in):
    browser, path = sign_in(ana), f"/projects/{project.slug}/threads/new"
    page = submit(browser, path, title="The stop", body="It is *dark*.", do="preview").text
    assert "It is <em>dark</em>." in page
    assert 'value="The stop"' in page
    submit(browser, path, title="The stop", body="It is *dark*.", do="keep")
    page = browser.get(path).text
    assert 'value="The stop"' in page
    assert "It is *dark*.</textarea>" in page


def test_drafts_over_the_api(client, ana, thread):
    door, who = f"/api/v1/drafts/{thread.channel}", bearer(ana)
    assert client.get(door, headers=who).status_code == 404
    assert client.put(door, json={"body": "I have"}, headers=who).status_code == 204
    answer = client.get(door, headers=who).json
    assert {name: answer[name] for name in ("place", "title", "body", "reply_to")} == {
        "place": thread.channel,
        "title": "",
        "body": "I have",
        "reply_to": None,
    }
    assert client.get(door, headers=bearer(make_user())).status_code == 404
    assert client.get(door).status_code == 401
    assert client.delete(door, headers=who).status_code == 204
    assert client.get(door, headers=who).status_code == 404


def test_a_draft_that_cannot_be_sent_is_shown_whole(ana, thread, project, sign_in):
    whole = "I have seen it. " * 40 + "zqend"
    organizer = make_user()
    places = {}
    for name in ("open", "full", "closed", "continued", "merged", "archived", "private", "over"):
        there = make_thread(make_project(organizer, title=name) if name in ("private", "over") else project)
        actions.keep_draft(ana, there.channel, whole)
        places[name] = there.id
    actions.keep_draft(ana, f"project:{project.id}", whole)
    with transaction():
        rows = {name: db.session.get_one(Thread, thread_id) for name, thread_id in places.items()}
        for name in ("full", "closed", "continued", "archived"):
            rows[name].status = "closed"
        rows["full"].max_posts = rows["continued"].max_posts = rows["archived"].max_posts = 0
        rows["continued"].continued_in = rows["merged"].merged_into = rows["open"]
        rows["merged"].status, rows["archived"].archived_at = "merged", now()
        rows["private"].project.visibility = "members"
        rows["over"].project.status = "completed"
    stranded = {
        name
        for own in queries.list_drafts(ana)
        for name, thread_id in places.items()
        if own.draft.place == f"thread:{thread_id}" and not queries.takes_words(ana, own)
    }
    assert stranded == {"closed", "continued", "merged", "archived", "private", "over"}
    page = sign_in(ana).get("/drafts").text
    assert page.count(f">{whole}</textarea>") == 6


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_of_drafts_costs_the_same_however_many_there_are(
    ana, project, sign_in, count_queries, count
):
    for _n in range(count):
        there = make_thread(project)
        actions.keep_draft(ana, there.channel, "Words")
        with transaction():
            db.session.get_one(Thread, there.id).status = "closed"
    browser = sign_in(ana)
    browser.get("/drafts")
    with count_queries() as n:
        browser.get("/drafts")
    assert n.total == 12, "\n".join(n.statements)


# --- a draft whose comment has gone ---


@pytest.fixture
def organizer(project):
    return make_user("administrator", name="Olga")


def gone(thread, organizer, title="Another matter"):
    """The first comment goes to another thread."""
    first = queries.list_posts(organizer, thread)[0]
    return actions.split_thread(organizer, thread.id, [first.id], title, "Apart."), first.id


def test_a_draft_whose_comment_went_elsewhere_is_sent_here_as_a_comment(ana, thread, organizer, sign_in):
    first = queries.list_posts(ana, thread)[0]
    actions.keep_draft(ana, thread.channel, "I have seen it.", reply_to_id=first.id)
    gone(thread, organizer)
    browser = sign_in(ana)
    page = browser.get(url(thread)).text
    assert "The comment that you answer is in another thread now:" in page
    assert f'<a href="/posts/{first.id}"><bdi>Another matter</bdi></a>' in page
    assert "I have seen it.</textarea>" in page
    submit(browser, url(thread), "reply")
    said = queries.list_posts(ana, thread)[-1]
    assert (said.body, said.reply_to_id) == ("I have seen it.", None)


def test_a_draft_goes_along_to_where_its_comment_went(ana, thread, organizer, sign_in):
    other, first_id = gone(thread, organizer)
    actions.keep_draft(ana, other.channel, "Begun here.")
    browser = sign_in(ana)
    page = submit(browser, f"{url(thread)}?reply_to={first_id}", "reply", body="Seen.", do="there")
    assert page.request.path == url(other)
    assert "Your words came along." in page.text
    assert "Begun here.\n\nSeen.</textarea>" in page.text
    assert f'name="reply_to" type="hidden" value="{first_id}"' in page.text
    assert queries.find_draft(ana, thread.channel) is None


def test_a_comment_that_went_while_one_wrote_is_said_to_and_the_words_stay(ana, thread, organizer, sign_in):
    first, browser = queries.list_posts(ana, thread)[0], sign_in(ana)
    sent = {"body": "I have seen it.", "reply_to": str(first.id)}
    page = submit(browser, url(thread), "reply", **sent, do="preview").text
    assert "to Ben Ode" in page
    gone(thread, organizer)
    page = submit(browser, url(thread), "reply", **sent).text
    assert "The comment that you answer is in another thread now:" in page
    assert "I have seen it.</textarea>" in page
    assert "Answer it there, with these words" in page
    assert 'name="reply_to" type="hidden" value=""' in page


def test_what_is_answered_but_not_shown_names_nothing(ana, thread, project, organizer, sign_in):
    other, first_id = gone(thread, organizer, "zqsecret")
    with transaction():
        there = db.session.get_one(Thread, other.id)
        there.project_id = make_project(organizer, visibility="members").id
    withdrawn = make_post(thread, make_user())
    actions.keep_draft(ana, thread.channel, "Seen.", reply_to_id=withdrawn.id)
    actions.withdraw_post(withdrawn.author, withdrawn.id)
    browser = sign_in(ana)
    for query in ("", f"?reply_to={first_id}", "?reply_to=987654"):
        page = browser.get(url(thread) + query).text
        assert "The comment that you answer is not shown here any more." in page
        assert "zqsecret" not in page
        assert "Answer it there" not in page
    for wrong in ("x", "9" * 30):
        page = submit(browser, url(thread), "reply", body="Words", reply_to=wrong).text
        assert "is not shown here any more." in page
        assert wrong not in page or wrong == "x"


def test_words_do_not_go_where_they_cannot_be_said(ana, thread, organizer, sign_in):
    other, first_id = gone(thread, organizer)
    browser = sign_in(ana)
    asked = f"{url(thread)}?reply_to={first_id}"
    assert "Please fill this in." in submit(browser, asked, "reply", body=" ", do="there").text
    actions.close_thread(organizer, other.id, "Settled.")
    page = submit(browser, asked, "reply", body="Seen.", do="there", there=str(first_id)).text
    assert "Seen.</textarea>" in page
    assert "is in another thread now" in page
    page = submit(browser, url(thread), "reply", body="Seen.", do="there", there="x").text
    assert "is not shown here any more." in page
    assert queries.count_drafts(ana) == 0


def test_only_who_has_drafts_takes_one_along(thread, organizer):
    _other, first_id = gone(thread, organizer)
    with pytest.raises(NotAllowed):
        actions.take_draft_along(Guest(), thread.channel, "Words", first_id)


# --- previews ---


def test_a_preview_is_the_servers_own_drawing_and_keeps_the_words(ana, thread, sign_in):
    browser = sign_in(ana)
    page = submit(browser, url(thread), "reply", body="A *word* <script>", do="preview")
    assert '<div class="prose"><p>A <em>word</em> &lt;script&gt;</p>' in page.text
    assert "A *word* &lt;script&gt;</textarea>" in page.text
    assert queries.count_drafts(ana) == 0
    assert len(queries.list_posts(ana, thread)) == 1
    assert "Please fill this in." in submit(browser, url(thread), "reply", body=" ", do="preview").text


def test_a_page_asks_for_a_preview_alone(ana, sign_in, client):
    browser = sign_in(ana)
    token = browser.get("/").text.split('name="csrf-token" content="')[1].split('"')[0]
    answer = browser.post("/preview", data={"body": "**Now**", "csrf_token": token})
    assert "<strong>Now</strong>" in answer.text
    assert browser.post("/preview", data={"body": " ", "csrf_token": token}).status_code == 422
    assert client.post("/preview", data={"body": "x"}).status_code in (400, 401)


# --- bookmarks ---


def test_noted_comments_are_found_again_as_long_as_they_are_shown(ana, thread, sign_in):
    make_agreement()
    ben = queries.list_posts(ana, thread)[0].author
    kept, hidden = queries.list_posts(ana, thread)[0], make_post(thread, ben, "Rude words.")
    for post in (kept, hidden, kept):
        actions.keep_bookmark(ana, post.id)
    actions.hide_post(make_user("moderator"), hidden.id, db.session.query(Rule).first())
    rows = queries.list_bookmarked(ana).items
    assert [(row.post_id, post and post.id) for row, post in rows] == [(hidden.id, None), (kept.id, kept.id)]
    page = sign_in(ana).get("/bookmarks").text
    assert "The first words." in page
    assert "Rude words." not in page
    assert "This comment is not shown any more." in page
    with pytest.raises(NotAllowed):
        actions.keep_bookmark(make_user(), hidden.id)
    with pytest.raises(NotAllowed):
        actions.keep_bookmark(Guest(), kept.id)


def test_a_comment_is_noted_and_forgotten_by_a_button(ana, thread, sign_in):
    browser, post = sign_in(ana), queries.list_posts(ana, thread)[0]
    assert "Noted. You find it again" in press(browser, url(thread), f"/posts/{post.id}/bookmark").text
    assert 'aria-pressed="true"' in browser.get(url(thread)).text
    assert "is not noted any more" in press(browser, "/bookmarks", f"/posts/{post.id}/bookmark").text
    assert db.session.query(Bookmark).count() == 0


def test_noted_comments_come_in_pages_over_the_api(client, ana, thread, count_queries):
    posts = [make_post(make_thread(make_project()), make_user()) for _n in range(4)]
    who = bearer(ana)
    for post in posts:
        assert client.put(f"/api/v1/posts/{post.id}/bookmark", headers=who).status_code == 204
    page = client.get("/api/v1/bookmarks?limit=3", headers=who).json
    assert [post["id"] for post in page["items"]] == [post.id for post in posts[:0:-1]]
    rest = client.get(f"/api/v1/bookmarks?limit=3&cursor={page['next']}", headers=who).json
    assert [post["id"] for post in rest["items"]] == [posts[0].id]
    assert client.delete(f"/api/v1/posts/{posts[0].id}/bookmark", headers=who).status_code == 204
    assert client.get("/api/v1/bookmarks").status_code == 401
    with count_queries() as one:
        client.get("/api/v1/bookmarks?limit=1", headers=who)
    with count_queries() as all_of_them:
        client.get("/api/v1/bookmarks", headers=who)
    assert one.total == all_of_them.total


# --- whom to call on ---


def test_who_spoke_here_and_the_partners_can_be_called_on(client, project, thread):
    partner = make_organization(name="Harbour Trust")
    with transaction():
        db.session.add(Partner(project_id=project.id, organization_id=partner.id))
    make_user(name="Bea Silent", handle="bea_silent")
    taken = make_post(thread, make_user(name="Bo Gone", handle="bo_gone"))
    actions.withdraw_post(taken.author, taken.id)
    door = f"/api/v1/threads/{thread.id}/people"
    assert client.get(f"{door}?q=B").json["items"] == [
        {"handle": "ben", "name": "Ben Ode", "is_organization": False}
    ]
    assert [item["handle"] for item in client.get(door).json["items"]] == ["ben", partner.slug]
    assert client.get(f"{door}?q=harb").json["items"][0]["is_organization"] is True
    assert client.get(f"{door}?q=%25").json["items"] == []
    closed = make_thread(make_project(visibility="members"))
    assert client.get(f"/api/v1/threads/{closed.id}/people").status_code == 404


def test_a_partner_that_is_mentioned_is_told_through_who_speaks_for_it(client, project, thread, ana):
    speaker, stranger = make_user(), make_user()
    partner = make_organization(speaker, name="Harbour Trust")
    other = make_organization(stranger, name="River Mission")
    with transaction():
        db.session.add(Partner(project_id=project.id, organization_id=partner.id))
    actions.post_reply(ana, thread.id, f"What says @{partner.slug}, and @{other.slug}, and @nobody-at-all?")
    told = [(row.user_id, row.reason) for row in db.session.query(Notification)]
    assert told == [(speaker.id, "mention")]
    assert client.get(f"/people/{partner.slug}").location == f"/organizations/{partner.slug}"
    assert client.get("/people/nobody-at-all").status_code == 404


# --- words for a comment, and quotes ---


def test_each_civic_word_is_given_once_and_taken_back(ana, thread, sign_in):
    browser, post = sign_in(ana), queries.list_posts(ana, thread)[0]
    for kind in ("thanks", "concern", "support"):
        press(browser, url(thread), f"/posts/{post.id}/reactions/{kind}")
    assert queries.own_reactions(ana, [post.id]) == {post.id: {"thanks", "concern", "support"}}
    pressed = re.findall(r'data-react="(\w+)" aria-pressed="true"', browser.get(url(thread)).text)
    assert pressed == ["support", "thanks", "concern"]
    press(browser, url(thread), f"/posts/{post.id}/reactions/thanks")
    assert queries.count_reactions([post.id])[post.id] == {"support": 1, "thanks": 0, "concern": 1}


def test_a_quote_names_its_source(ana, thread, sign_in):
    post = queries.list_posts(ana, thread)[0]
    page = sign_in(ana).get(f"{url(thread)}?quote={post.id}").text
    assert f"&gt; The first words.\n&gt;\n&gt; — [Ben Ode](/posts/{post.id})" in page
