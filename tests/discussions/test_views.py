"""The pages of threads, without scripts: read, write, change, take back, and every state with its words."""

from datetime import timedelta

import pytest
from browser import press, submit
from factories import join, make_post, make_project, make_thread, make_user

from civicforum.accounts.models import SYSTEM
from civicforum.agreement.actions import list_word
from civicforum.db import db, now, transaction
from civicforum.discussions import actions, queries
from civicforum.discussions.models import MAX_EDITS
from civicforum.errors import Conflict


@pytest.fixture
def thread(ana):
    return actions.start_thread(
        ana, make_project(title="Safer Southwest").id, "The bus stop", "The first words."
    )


def url(thread) -> str:
    return f"/threads/{thread.id}/{thread.slug}"


def test_a_thread_is_found_by_its_number_and_keeps_what_was_asked(client, thread):
    assert client.get(f"/threads/{thread.id}").location == url(thread)
    assert client.get(f"/threads/{thread.id}?from=7").location == f"{url(thread)}?from=7"
    assert client.get(f"/threads/{thread.id}/another-name").location == url(thread)


def test_a_guest_reads_everything_and_is_told_how_to_reply(client, thread):
    page = client.get(url(thread))
    assert page.status_code == 200
    assert "The first words." in page.text
    assert '<article class="post" id="post-1"' in page.text
    assert f'data-channel="{thread.channel}"' in page.text
    assert "sign in to reply" in page.text
    assert 'id="reply"' not in page.text


def test_the_page_names_the_channel_stream_and_revision_to_watch_from(client, thread):
    from civicforum.live.changes import changes_since

    now_ = changes_since(thread.channel)
    page = client.get(url(thread)).text
    assert f'data-stream="{now_.stream}" data-revision="{now_.revision}"' in page


def test_a_reply_is_published_and_its_author_lands_on_it(sign_in, thread):
    ben = sign_in(make_user())
    answer = submit(ben, url(thread), "reply", follow=False, body="Yes, *very* late.")
    assert answer.location == f"{url(thread)}#post-2"
    page = ben.get(answer.location)
    assert "<em>very</em>" in page.text


def test_a_double_click_publishes_once(sign_in, thread):
    from browser import forms_of

    ben = sign_in(make_user())
    form = next(f for f in forms_of(ben.get(url(thread))) if f["id"] == "reply")
    fields = {**form["fields"].to_dict(), "body": "Once."}
    places = {ben.post(url(thread), data=fields).location for _click in range(3)}
    assert places == {f"{url(thread)}#post-2"}
    assert queries.get_thread(SYSTEM, thread.id).last_seq == 2


def test_blank_words_come_back_with_a_sentence(sign_in, thread):
    page = submit(sign_in(make_user()), url(thread), "reply", body="   ")
    assert "Please fill this in." in page.text
    assert queries.get_thread(SYSTEM, thread.id).last_seq == 1


def test_reply_and_quote_work_by_link(sign_in, thread):
    ben = sign_in(make_user())
    post = queries.list_posts(SYSTEM, thread)[0]
    page = ben.get(f"{url(thread)}?quote={post.id}").text
    assert "&gt; The first words." in page
    submit(ben, f"{url(thread)}?reply_to={post.id}", "reply", body="Yes.")
    assert queries.list_posts(SYSTEM, thread)[1].reply_to_id == post.id
    assert "to Ana Ruiz" in ben.get(url(thread)).text


def test_a_thread_is_started_from_the_project(sign_in, ana, app):
    project = make_project()
    browser = sign_in(ana)
    page = submit(browser, f"/projects/{project.slug}/threads/new", title="A new lamp?", body="It is dark.")
    assert page.request.path.endswith("/a-new-lamp")
    assert "It is dark." in page.text
    listed = browser.get(f"/projects/{project.slug}/threads").text
    assert "A new lamp?" in listed
    assert "It is dark." in listed


def test_what_is_held_is_shown_to_its_author_with_who_checks_it(sign_in, client, thread):
    list_word(SYSTEM, "badger", "hold")
    ben = sign_in(make_user())
    page = submit(ben, url(thread), "reply", body="CANARY badger.")
    assert "Only you see this yet." in page.text
    assert "CANARY badger." in page.text
    assert "A moderator of this project reads it by" in page.text
    for other in (client, sign_in(make_user())):
        assert "CANARY" not in other.get(url(thread)).text
        assert "1 comment<" in other.get(url(thread)).text


def test_a_closed_thread_says_so_and_offers_the_next_step(sign_in, thread):
    actions.close_thread(SYSTEM, thread.id, "It is settled.")
    page = sign_in(make_user()).get(url(thread)).text
    assert "This thread is closed" in page
    assert f"/projects/{thread.project.slug}/threads/new" in page
    assert 'id="reply"' not in page


def test_who_is_suspended_is_told_where_to_look(sign_in, thread):
    page = sign_in(make_user(suspended_until=now() + timedelta(days=1))).get(url(thread)).text
    assert "Your account cannot write for now." in page
    assert 'id="reply"' not in page


def test_a_long_thread_is_read_in_pages_that_land_on_a_post(client, thread):
    for n in range(2, 121):
        make_post(thread, body=f"Comment {n}.")
    first = client.get(url(thread)).text
    assert 'id="post-50"' in first
    assert 'id="post-51"' not in first
    assert f"{url(thread)}?from=51" in first
    assert f"{url(thread)}?from=101" in first
    assert 'data-end="false"' in first
    last = client.get(f"{url(thread)}?from=101").text
    assert 'id="post-101"' in last
    assert 'id="post-120"' in last
    assert 'data-end="true"' in last
    assert client.get(f"/posts/{queries.list_posts(SYSTEM, thread, after=76, limit=1)[0].id}").location == (
        f"{url(thread)}?from=51#post-77"
    )
    for odd in ("0", "-5", "999999999999", "x"):
        assert client.get(f"{url(thread)}?from={odd}").status_code == 200


def test_an_edit_is_saved_and_its_history_is_public(sign_in, client, ana, thread):
    post = queries.list_posts(SYSTEM, thread)[0]
    page = submit(sign_in(ana), f"/posts/{post.id}/edit", body="The second words.")
    assert "The second words." in page.text
    history = client.get(f"/posts/{post.id}/history").text
    assert "<del>first </del><ins>second </ins>" in history


def test_an_edit_race_shows_both_texts_and_saves_neither(sign_in, ana, thread):
    from browser import forms_of

    post = queries.list_posts(SYSTEM, thread)[0]
    browser = sign_in(ana)
    form = next(f for f in forms_of(browser.get(f"/posts/{post.id}/edit")) if "revision" in f["fields"])
    actions.edit_post(ana, post.id, "From the phone.", 1)
    page = browser.post(f"/posts/{post.id}/edit", data={**form["fields"].to_dict(), "body": "From the desk."})
    assert "From the phone." in page.text
    assert "From the desk." in page.text
    assert queries.get_post(SYSTEM, post.id).body == "From the phone."


def test_taking_back_and_supporting_are_one_press(sign_in, ana, thread):
    post = queries.list_posts(SYSTEM, thread)[0]
    ben = sign_in(make_user(name="Ben Okafor"))
    assert (
        'data-react="support" aria-pressed="true"'
        in press(ben, url(thread), f"/posts/{post.id}/reactions/support").text
    )
    assert "Ben Okafor" in ben.get(f"/posts/{post.id}/supporters").text
    assert (
        'data-react="support" aria-pressed="true"'
        not in press(ben, url(thread), f"/posts/{post.id}/reactions/support").text
    )
    page = press(sign_in(ana), url(thread), f"/posts/{post.id}/withdraw").text
    assert "Taken back by its author" in page


def test_others_do_not_find_the_edit_page(sign_in, client, thread):
    post = queries.list_posts(SYSTEM, thread)[0]
    assert sign_in(make_user()).get(f"/posts/{post.id}/edit").status_code == 404


def test_hidden_words_are_on_no_page_for_others(sign_in, client, app):
    canary = make_user(name="CANARY", handle="canary")
    thread = make_thread(make_project())
    make_post(thread)
    hidden = make_post(thread, canary, "CANARY", state="hidden", rule_number=2, rule_title="Be kind")
    make_post(thread, make_user(), reply_to_id=hidden.id)
    for other in (client, sign_in(make_user())):
        for path in (url(thread), f"/posts/{hidden.id}/article", f"{url(thread)}?quote={hidden.id}"):
            page = other.get(path)
            assert page.status_code == 200
            assert "canary" not in page.text.lower()
        for path in ("history", "supporters", "edit"):
            assert other.get(f"/posts/{hidden.id}/{path}").status_code in (404, 302)
    assert "CANARY" in sign_in(canary).get(url(thread)).text


def test_a_closed_projects_threads_are_404_for_strangers(sign_in, client, app):
    member = make_user()
    project = make_project(visibility="members")
    join(project, member)
    thread = make_thread(project, title="CANARY")
    post = make_post(thread)
    paths = (
        url(thread),
        f"/threads/{thread.id}",
        f"/posts/{post.id}",
        f"/posts/{post.id}/article",
        f"/posts/{post.id}/history",
        f"/projects/{project.slug}/threads",
    )
    for stranger in (client, sign_in(make_user()), sign_in(make_user("moderator"))):
        assert {stranger.get(path).status_code for path in paths} == {404}
    assert sign_in(member).get(url(thread)).status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_a_page_takes_the_same_queries_whatever_its_length(sign_in, count_queries, thread, count):
    for _n in range(count - 1):
        make_post(thread, make_user())
    browser = sign_in(make_user())
    browser.get(url(thread))
    with count_queries() as n:
        assert browser.get(url(thread)).status_code == 200
    assert n.total == 50


@pytest.mark.parametrize(
    "asked", ["slug=x", "thread_id=5", "_external=1&_scheme=javascript", "_anchor=x", "_method=POST"]
)
def test_an_address_of_a_thread_cannot_speak_to_the_router(client, thread, asked):
    answer = client.get(f"/threads/{thread.id}?{asked}&from=3")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/threads/{thread.id}/{thread.slug}?from=3"


@pytest.mark.parametrize("number", ["99999999999999999999999", "9" * 5_000, "-1", "²"])
def test_a_number_that_no_comment_has_answers_nothing(client, thread, number):
    for name in ("quote", "reply_to", "from"):
        assert (
            client.get(f"/threads/{thread.id}/{thread.slug}", query_string={name: number}).status_code == 200
        )


def test_an_answer_to_a_number_that_no_comment_has_is_refused(sign_in, thread, ana):
    page = submit(sign_in(ana), f"/threads/{thread.id}/{thread.slug}", body="Hello", reply_to="9" * 30)
    assert page.status_code == 200
    assert [post.body for post in queries.list_posts(ana, thread)] == ["The first words."]


def test_a_comment_is_not_changed_without_end(ana, thread):
    post = make_post(thread, ana, "0")
    for n in range(MAX_EDITS):
        post = actions.edit_post(ana, post.id, str(n + 1), post.revision)
    with pytest.raises(Conflict):
        actions.edit_post(ana, post.id, "once more", post.revision)
    assert len(queries.list_versions(ana, post)) == MAX_EDITS


# --- whole threads ---


@pytest.fixture
def organizer(app):
    return make_user("organizer", name="Olga")


def test_a_thread_is_started_with_a_kind_and_a_tag_and_found_by_them(client, sign_in, organizer):
    project = make_project()
    submit(sign_in(organizer), f"/projects/{project.slug}/tags", names="Lights\nTrees")
    browser, path = sign_in(make_user()), f"/projects/{project.slug}/threads"
    page = browser.get(f"{path}/new").text
    assert "Announcement" not in page
    submit(browser, f"{path}/new", title="When?", body="Tell us.", kind="question", tags="lights")
    make_thread(project, title="Another")
    assert "Another" in client.get(path).text
    for query in ("tag=lights", "kind=question", "kind=question&status=open"):
        page = client.get(f"{path}?{query}").text
        assert "When?" in page
        assert "Another" not in page
    assert "No thread is like that" in client.get(f"{path}?status=closed").text
    assert "Another" in client.get(f"{path}?kind=rumour").text


def test_a_closed_thread_shows_what_came_out_of_it(client, sign_in, organizer, thread):
    browser = sign_in(organizer)
    path = f"/threads/{thread.id}/organize"
    blank = submit(browser, f"{path}/close", conclusion=" ")
    assert "This was not sent yet" in blank.text
    submit(browser, f"{path}/close", conclusion="Two **lamps** by May.")
    page = client.get(url(thread)).text
    assert "What came out of it" in page
    assert "Two <strong>lamps</strong> by May." in page
    listed = client.get(f"/projects/{thread.project.slug}/threads").text
    assert "Two lamps by May." in listed
    assert "is open again" in press(browser, url(thread), f"{path}/status").text
    assert "The earlier conclusion" in client.get(url(thread)).text


@pytest.mark.parametrize("status", ["pinned", "unpinned", "archived", "unarchived"])
def test_organizing_is_one_button(sign_in, organizer, thread, status):
    browser = sign_in(organizer)
    assert submit(browser, url(thread), status=status, follow=False).status_code == 302
    assert submit(browser, url(thread), status="sold").status_code == 422


def test_an_author_changes_title_kind_and_no_more(sign_in, ana, thread):
    browser = sign_in(ana)
    path = f"/threads/{thread.id}/organize/edit"
    assert "max_posts" not in browser.get(path).text
    answer = submit(browser, path, title="The bus stop at Rosemont", kind="question")
    assert "The title was changed. Before: “The bus stop”." in answer.text
    assert sign_in(make_user()).get(path).status_code == 403


def test_an_organizer_says_how_long_it_may_become(sign_in, organizer, thread):
    submit(sign_in(organizer), f"/threads/{thread.id}/organize/edit", max_posts="20")
    assert queries.get_thread(organizer, thread.id).max_posts == 20


def test_where_a_thread_is_full_the_next_words_begin_another(client, sign_in, ana, organizer, thread):
    actions.shape_thread(organizer, thread.id, actions.Shape(max_posts=10))
    for _n in range(9):
        actions.post_reply(ana, thread.id, "More.")
    ben = sign_in(make_user())
    assert "Please fill this in" in submit(ben, url(thread), "continue", body="").text
    answer = submit(ben, url(thread), "continue", body="And another thing.")
    assert "The bus stop (2)" in answer.text
    page = ben.get(url(thread)).text
    assert "It goes on in another one." in page
    assert 'id="continue"' not in page


def test_a_thread_that_was_quiet_for_long_says_so(sign_in, thread):
    browser = sign_in(make_user())
    assert "Nobody has written here" not in browser.get(url(thread)).text
    with transaction():
        db.session.merge(thread).last_post_at = now() - timedelta(days=200)
    assert "Nobody has written here for 200 days" in browser.get(url(thread)).text


def test_tags_are_for_organizers(sign_in, thread):
    assert sign_in(make_user()).get(f"/projects/{thread.project.slug}/tags").status_code == 403


@pytest.mark.parametrize("count", [2, 30])
def test_the_list_takes_the_same_queries_whatever_its_length(client, count_queries, organizer, count):
    project = make_project()
    actions.set_tags(organizer, project.id, ["Lights"])
    for _n in range(count):
        thread = actions.start_thread(make_user(), project.id, "One", "Words.", tags=["lights"])
    actions.close_thread(organizer, thread.id, "Done.")
    actions.pin_thread(organizer, thread.id, True)
    path = f"/projects/{project.slug}/threads"
    client.get(path)
    with count_queries() as n:
        assert client.get(path).status_code == 200
    assert n.total == 34
