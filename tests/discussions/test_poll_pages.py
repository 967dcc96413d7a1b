"""Polls without scripts: asked in the forms that say something, voted in, closed, answered for."""

from datetime import timedelta

import pytest
from browser import forms_of, press, submit
from factories import make_post, make_thread, make_user

from civicforum.accounts.models import SYSTEM
from civicforum.agreement.actions import list_word
from civicforum.db import now
from civicforum.discussions import actions, queries
from civicforum.discussions.asking import prepare_poll

ASKED = {"body": "Please.", "poll_question": "What first?", "poll_options": "Bench\nLamp\n\nTree"}


@pytest.fixture
def thread(project, ana):
    return make_thread(project, ana)


@pytest.fixture
def ask(thread, ana):
    def run(kind="single", **facts):
        asked = prepare_poll(kind, "What first?", ("Bench", "Lamp"), now() + timedelta(days=7), **facts)
        return queries.find_poll(actions.post_reply(ana, thread.id, "Please.", poll=asked).id)

    return run


def url(thread) -> str:
    return f"/threads/{thread.id}/{thread.slug}"


def vote_form(page, poll):
    return next(form for form in forms_of(page) if form["action"] == f"/polls/{poll.id}/vote")


def cast(browser, thread, poll, **fields):
    form = vote_form(browser.get(url(thread)), poll)
    return browser.post(form["action"], data={**form["fields"].to_dict(), **fields}, follow_redirects=True)


def test_a_reply_asks_with_a_poll(sign_in, thread, ana):
    page = submit(sign_in(ana), url(thread), "reply", **ASKED)
    assert "What first?" in page.text
    poll = queries.find_poll(queries.list_posts(SYSTEM, thread)[0].id)
    assert [option.text for option in poll.options] == ["Bench", "Lamp", "Tree"]
    assert timedelta(days=6) < poll.closes_at - now() < timedelta(days=9)


def test_a_poll_that_will_not_do_keeps_all_that_was_typed(sign_in, thread, ana):
    page = submit(sign_in(ana), url(thread), "reply", **{**ASKED, "poll_options": "Bench"})
    assert "Write 2 to 12 answers" in page.text
    assert 'poll-asking" open' in page.text
    for words in ("Please.", "What first?", "Bench"):
        assert words in page.text
    assert queries.get_thread(SYSTEM, thread.id).last_seq == 0
    for wrong in ("1999-01-01", "2999-01-01", ""):
        page = submit(sign_in(ana), url(thread), "reply", **ASKED, poll_closes_on=wrong)
        assert "Choose a day" in page.text


def test_a_thread_is_started_with_a_poll(sign_in, thread, ana):
    new = f"/projects/{thread.project.slug}/threads/new"
    sense = {**ASKED, "poll_kind": "sense", "poll_options": ""}
    assert "It depends" in submit(sign_in(ana), new, title="A lamp", **sense).text


def test_somebody_votes_changes_it_and_takes_it_back(sign_in, thread, ask):
    poll, ben = ask(), sign_in(make_user())
    bench, lamp = (option.id for option in poll.options)
    page = cast(ben, thread, poll, choice=bench)
    assert "Your vote counts." in page.text
    assert "You have voted." in page.text
    assert "1 person has voted." in page.text
    assert vote_form(page, poll)["fields"]["choice"] == str(bench)
    assert vote_form(cast(ben, thread, poll, choice=lamp), poll)["fields"]["choice"] == str(lamp)
    page = press(ben, url(thread), f"/polls/{poll.id}/vote/withdraw")
    assert "Nobody has voted yet." in page.text


def test_a_vote_without_an_answer_says_so_and_keeps_what_was_typed(sign_in, thread, ask):
    poll, ben = ask("sense"), sign_in(make_user())
    page = cast(ben, thread, poll, why="Because of the rain.")
    assert "Please choose an answer first." in page.text
    assert "Because of the rain." in page.text
    page = cast(ben, thread, ask("score"), **{"score-x": "3", "score-7777": "x"})
    assert "Please choose an answer first." in page.text


def test_scores_are_given_with_selects(sign_in, thread, ask):
    poll, ben = ask("score"), sign_in(make_user())
    bench, lamp = (option.id for option in poll.options)
    cast(ben, thread, poll, **{f"score-{bench}": "4", f"score-{lamp}": ""})
    assert queries.own_votes(SYSTEM, [poll.id]) == {}
    assert queries.tallies([poll.id])[poll.id] == {bench: {4: 1}}


def test_why_becomes_a_comment_once_however_often_it_is_pressed(sign_in, thread, ask):
    poll, ben = ask("sense"), sign_in(make_user(name="Ben"))
    form = vote_form(ben.get(url(thread)), poll)
    fields = {**form["fields"].to_dict(), "choice": poll.options[1].id, "why": "It is dark."}
    for _click in range(2):
        page = ben.post(form["action"], data=fields, follow_redirects=True)
    assert page.text.count("It is dark.") == 1
    list_word(SYSTEM, "badger", "hold")
    page = cast(ben, thread, poll, why="A badger.")
    assert "A moderator reads this first" in page.text


def test_a_guest_reads_the_question_and_is_led_to_sign_in(client, thread, ask):
    poll = ask()
    page = client.get(url(thread)).text
    assert "Sign in to vote" in page
    assert f'action="/polls/{poll.id}/vote"' not in page
    assert "Sign in to vote" in client.get(f"/polls/{poll.id}/vote").text
    assert client.post(f"/polls/{poll.id}/vote", data={"choice": poll.options[0].id}).status_code >= 300
    assert queries.count_voters([poll.id])[poll.id] == 0
    assert client.get(f"/polls/{poll.id}").location.endswith("#post-1")


def test_the_part_that_the_live_page_asks_for_is_the_readers_own(sign_in, client, thread, ask):
    poll, people = ask(), [make_user() for _ in range(5)]
    for person in people:
        actions.cast_vote(person, poll.id, {poll.options[0].id: 1})
    part = f"/polls/{poll.id}/results"
    assert "5 of 5 people chose" in sign_in(people[0]).get(part).text
    for reader in (client, sign_in(make_user())):
        assert "of 5 people" not in reader.get(part).text
        assert "of 5 people" not in reader.get(url(thread)).text


@pytest.mark.parametrize("kind", ["single", "several", "score", "sense"])
def test_counts_are_a_sentence_bars_with_headcounts_and_a_table(client, thread, ask, ana, kind):
    poll = ask(kind)
    for place in (0, 0, 1):
        actions.cast_vote(make_user(), poll.id, {poll.options[place].id: 1})
    actions.close_poll(ana, poll.id)
    page = client.get(url(thread)).text
    sentence = "have the highest mean: 1 of 5" if kind == "score" else "2 of 3 people chose"
    assert sentence in page
    assert "Show as a table" in page
    assert page.count("<meter") == len(poll.options)


def test_a_tie_and_an_empty_poll_are_told_in_words(client, thread, ask, ana):
    tied, empty = ask(), ask()
    for option in tied.options:
        actions.cast_vote(make_user(), tied.id, {option.id: 1})
    for poll in (tied, empty):
        actions.close_poll(ana, poll.id)
    page = client.get(url(thread)).text
    assert "were chosen most: by 1 of 2 people each" in page
    assert "Nobody voted." in page


def test_its_author_closes_it_and_says_what_happens_next(sign_in, client, thread, ask, ana):
    poll, author = ask(), sign_in(ana)
    assert author.get(f"/polls/{poll.id}/outcome").status_code == 404
    page = press(author, url(thread), f"/polls/{poll.id}/close")
    assert "The poll is closed" in page.text
    day = (now() + timedelta(days=20)).date()
    assert "Please fill this in." in submit(author, f"/polls/{poll.id}/outcome", words=" ").text
    submit(author, f"/polls/{poll.id}/outcome", words="Benches in May.", review_on=day.isoformat())
    page = client.get(url(thread)).text
    assert "Benches in May." in page
    assert "To be looked at again on" in page
    assert sign_in(make_user()).get(f"/polls/{poll.id}/outcome").status_code == 404


def test_the_author_puts_a_poll_into_a_comment_and_changes_it(sign_in, thread, ana):
    post, author = make_post(thread, ana), sign_in(ana)
    door = f"/posts/{post.id}/poll"
    assert door in author.get(url(thread)).text
    assert "Please write what you ask." in submit(author, door, poll_question="").text
    submit(author, door, poll_question="What first?", poll_options="Bench\nLamp")
    form = next(form for form in forms_of(author.get(door)) if "poll_question" in form["names"])
    assert form["fields"]["poll_options"].split() == ["Bench", "Lamp"]
    submit(author, door, poll_kind="sense")
    poll = queries.find_poll(post.id)
    assert poll.kind == "sense"
    actions.cast_vote(make_user(), poll.id, {poll.options[0].id: 1})
    assert door not in author.get(url(thread)).text
    assert sign_in(make_user()).get(door).status_code == 404


def test_a_moderator_reads_the_poll_of_what_was_held(sign_in, thread, ana):
    list_word(SYSTEM, "badger", "hold")
    asked = prepare_poll("single", "A badger?", ("Yes", "Never"), now() + timedelta(days=7))
    post = actions.post_reply(ana, thread.id, "Please.", poll=asked)
    moderator = sign_in(make_user("moderator"))
    for page in ("/moderation", f"/moderation/posts/{post.id}"):
        text = moderator.get(page).text
        assert "A badger?" in text
        assert "Never" in text
    assert "Never" in sign_in(ana).get(url(thread)).text
    assert "Never" not in sign_in(make_user()).get(url(thread)).text


def test_inboxes_lead_to_what_is_to_be_done(sign_in, thread, ask, ana):
    poll = ask()
    actions.close_poll(SYSTEM, poll.id)
    page = sign_in(ana).get("/inbox").text
    assert f"/polls/{poll.id}/outcome" in page
    assert "Tell everyone what happens next." in page
