"""Files go with what is said, are seen by who reads the words, and leave as they should."""

import io
from datetime import timedelta

import pytest
from factories import make_agreement, make_file, make_post, make_project, make_thread, make_user, save
from files_to_send import SVG, paper, picture

from civicforum import capacity, jobs
from civicforum.accounts.models import SYSTEM, Guest
from civicforum.agreement.actions import list_word
from civicforum.agreement.queries import get_rule
from civicforum.db import db, now
from civicforum.discussions import actions as discussions
from civicforum.discussions import queries as talk
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany, Unavailable
from civicforum.files import actions, policies, queries, registry
from civicforum.files.actions import Chosen, FileChanges
from civicforum.files.models import Attachment
from civicforum.files.reading import Prepared
from civicforum.files.stores import store
from civicforum.files.tray import read_tray
from civicforum.files.turns import turn_of
from civicforum.files.uploads import take_file


@pytest.fixture
def thread(app):
    make_agreement()
    return make_thread(make_project())


@pytest.fixture
def ana(app):
    return make_user(name="Ana Ruiz")


def kept() -> set[str]:
    return {name for name, _age in store().names()}


def say(person, thread, *files: Attachment, body: str = "See."):
    return discussions.post_reply(person, thread.id, body, None, [Chosen(file.key) for file in files])


class Upload:
    def __init__(self, content: bytes, filename: str = "x.jpg") -> None:
        self.filename, self.read = filename, io.BytesIO(content).read


class SlowUpload(Upload):
    """Comes in, and while it is read the same person sends ``others``."""

    def __init__(self, *others) -> None:
        super().__init__(picture())
        whole = self.read

        def read() -> bytes:
            for send in others:
                send()
            return whole()

        self.read = read


# --- coming in ---


def test_nobody_has_two_files_read_at_once(app, ana):
    def send_another() -> None:
        with pytest.raises(TooMany) as refused:
            take_file(ana, Upload(picture()))
        assert refused.value.retry_after == capacity.RETRY_AFTER_SECONDS

    def send_as_somebody_else() -> None:
        take_file(make_user(), Upload(picture()))

    take_file(ana, SlowUpload(send_another, send_as_somebody_else, send_another))
    take_file(ana, Upload(picture()))
    assert db.session.query(Attachment).count() == 3


def test_a_file_that_will_not_do_leaves_the_turn_to_the_next(app, ana):
    with pytest.raises(Invalid):
        take_file(ana, Upload(b"no picture"))
    assert take_file(ana, Upload(picture())).owner_id == ana.id


def test_beside_a_form_a_second_file_is_told_of_and_the_words_stay(app, ana):
    with (
        turn_of(ana.id),
        app.test_request_context("/", method="POST", data={"file": (io.BytesIO(picture()), "x.jpg")}),
    ):
        (sentence,) = read_tray(ana).errors
    assert "Another file of yours is being read" in sentence


def test_an_upload_is_its_owners_alone(app, ana):
    row = take_file(ana, Upload(picture()), "  A \n bench. ")
    assert (row.alt_text, row.name, row.is_said) == ("A bench.", "x.webp", False)
    assert kept() == set(row.parts) == queries.known_parts()
    assert queries.get_attachment(ana, row.key) == row
    for other in (make_user(), Guest()):
        with pytest.raises(NotFound):
            queries.get_attachment(other, row.key)


def test_a_full_disk_is_a_sentence_and_leaves_nothing(app, ana, monkeypatch):
    real = store().put

    def put(name: str, content: bytes) -> None:
        if name.endswith("small"):
            raise OSError(28, "No space left on device")
        real(name, content)

    monkeypatch.setattr(store(), "put", put)
    with pytest.raises(Unavailable, match="cannot be kept"):
        take_file(ana, Upload(picture()))
    assert (kept(), db.session.query(Attachment).count()) == (set(), 0)


def test_who_may_not_write_sends_nothing(app):
    suspended = make_user(suspended_until=now() + timedelta(days=1))
    for person in (suspended, make_user(email_confirmed_at=None), Guest()):
        assert not policies.can_upload(person)
        with pytest.raises(NotAllowed):
            take_file(person, Upload(picture()))
    assert kept() == set()


def test_a_day_has_an_end(app, ana):
    make_file(ana, bytes=capacity.FILE_BYTES_PER_DAY)
    with pytest.raises(Conflict, match="very many"):
        take_file(ana, Upload(picture()))
    save(db.session.query(Attachment).one()).created_at = now() - timedelta(days=2)
    assert queries.bytes_of_a_day(make_user()) == 0


def test_words_for_a_picture_have_an_end(app, ana):
    with pytest.raises(Invalid, match="at most 500"):
        take_file(ana, Upload(picture()), "x" * 501)


def test_an_upload_that_is_never_said_goes_after_a_day(app, ana, thread):
    said, unsaid = make_file(ana), take_file(ana, Upload(picture()))
    say(ana, thread, said)
    names = set(said.parts)
    assert db.session.query(jobs.Job).filter_by(task="files.drop_unsaid").count() == 1
    for row in (said, unsaid):
        actions.drop_unsaid(SYSTEM, row.id)
    actions.drop_unsaid(SYSTEM, 99)
    assert kept() == queries.known_parts() == names
    with pytest.raises(NotAllowed):
        actions.drop_unsaid(ana, said.id)


# --- being said ---


def test_a_picture_goes_with_words_and_everybody_sees_it(app, ana, thread):
    first, second = make_file(ana), make_file(ana, kind="pdf")
    post = say(ana, thread, second, first)
    assert [row.key for row in talk.files_of(post)] == [second.key, first.key]
    assert queries.get_attachment(Guest(), first.key).object_id == post.id


def test_a_thread_begins_with_a_picture(app, ana, thread):
    row = make_file(ana)
    begun = discussions.start_thread(ana, thread.project_id, "Lamps", "See.", [Chosen(row.key)])
    assert row.object_id == talk.first_post_id(begun.id)


@pytest.mark.parametrize("case", ["nobody's", "another's", "said already", "twice", "five", "three papers"])
def test_what_cannot_be_said_is_refused_with_the_words(app, ana, thread, case):
    files = {
        "nobody's": lambda: [Attachment(key="0" * 32)],
        "another's": lambda: [make_file(make_user())],
        "said already": lambda: [make_file(ana, make_post(thread, ana))],
        "twice": lambda: [make_file(ana)] * 2,
        "five": lambda: [make_file(ana) for _ in range(5)],
        "three papers": lambda: [make_file(ana, kind="pdf") for _ in range(3)],
    }[case]()
    before = thread.last_seq
    with pytest.raises(Invalid) as refused:
        say(ana, thread, *files)
    assert list(refused.value.errors) == ["files"]
    assert thread.last_seq == before


def test_a_picture_needs_words_and_a_paper_none(app, ana, thread):
    with pytest.raises(Invalid, match="what the picture shows"):
        say(ana, thread, make_file(ana, alt_text=""))
    assert say(ana, thread, make_file(ana, kind="pdf")).is_visible


def test_what_is_said_of_a_picture_is_read_like_words(app, ana, thread):
    list_word(make_user("moderator"), "holdme", "hold")
    row = make_file(ana, alt_text="holdme")
    post = say(ana, thread, row)
    assert post.state == "pending"
    with pytest.raises(NotFound):
        queries.get_attachment(Guest(), row.key)
    assert queries.get_attachment(ana, row.key)
    assert queries.get_attachment(make_user("moderator"), row.key)


def test_a_hidden_picture_is_gone_at_once_and_comes_back(app, ana, thread):
    row, moderator = make_file(ana), make_user("moderator")
    post = say(ana, thread, row)
    discussions.hide_post(moderator, post.id, get_rule(2))
    for stranger in (Guest(), make_user()):
        with pytest.raises(NotFound):
            queries.get_attachment(stranger, row.key)
    assert queries.get_attachment(moderator, row.key) == queries.get_attachment(ana, row.key)
    discussions.restore_post(moderator, post.id)
    assert queries.get_attachment(Guest(), row.key) == row


def test_nobody_speaks_for_an_unknown_kind(app, ana):
    assert not registry.can_read(ana, "poem", 1)


# --- being changed ---


def test_a_correction_stands_in_the_history(app, ana, thread):
    row = make_file(ana, alt_text="A bnech.")
    post = say(ana, thread, row)
    edited = discussions.edit_post(ana, post.id, "See.", 1, FileChanges({row.key: "A bench."}))
    assert (row.alt_text, edited.revision, edited.edited_at is not None) == ("A bench.", 2, True)
    assert [v.files for v in talk.list_versions(Guest(), post)] == ["▣ A bnech."]
    again = discussions.edit_post(ana, post.id, "See.", 2, FileChanges({row.key: "A bench."}))
    assert again.revision == 2


def test_a_picture_taken_out_is_deleted(app, ana, thread):
    row, stays = make_file(ana), make_file(ana)
    post = say(ana, thread, row, stays)
    discussions.edit_post(ana, post.id, "See.", 1, FileChanges(dropped=[row.key]))
    assert kept() == set(stays.parts)
    assert [found.key for found in talk.files_of(post)] == [stays.key]


def test_a_picture_is_not_left_without_words(app, ana, thread):
    row = make_file(ana)
    post = say(ana, thread, row)
    with pytest.raises(Invalid, match="what the picture shows"):
        discussions.edit_post(ana, post.id, "See.", 1, FileChanges({row.key: " "}))
    assert (row.alt_text, post.revision) == ("A bench.", 1)


def test_nobody_changes_another_persons_files(app, ana, thread):
    post = say(ana, thread, make_file(ana))
    with pytest.raises(NotAllowed):
        actions.change_files(make_user(), "post", post.id, {})
    assert not actions.change_files(ana, "post", post.id, {"no such key": "x"})


def test_a_mended_comment_loses_the_picture_that_was_the_trouble(app, ana, thread):
    row = make_file(ana)
    post = say(ana, thread, row)
    discussions.hide_post(make_user("moderator"), post.id, get_rule(2))
    discussions.mend_post(ana, post.id, "Kind.", FileChanges(dropped=[row.key]))
    assert (talk.files_of(post), kept()) == ([], set())


def test_files_are_erased_by_the_house_alone(app, ana, thread):
    post = say(ana, thread, make_file(ana))
    with pytest.raises(NotAllowed):
        actions.erase_files(ana, "post", [post.id])
    actions.erase_files(SYSTEM, "post", [post.id])
    assert kept() == set()


def test_a_rolled_back_deed_deletes_nothing(app, ana, thread):
    row = make_file(ana)
    with pytest.raises(Invalid):
        say(ana, thread, row, body=" ")
    assert kept() == set(row.parts)


def test_add_file_asks_again(app):
    prepared = Prepared("pdf", "x.pdf", {"file": b"x"})
    with pytest.raises(NotAllowed):
        actions.add_file(Guest(), "0" * 32, prepared)


# --- the forms, without JavaScript ---


def form_of(client, thread) -> dict[str, str]:
    from browser import forms_of

    page = client.get(f"/threads/{thread.id}/{thread.slug}")
    return next(form for form in forms_of(page) if form["id"] == "reply")["fields"].to_dict()


def send(client, thread, fields, **more):
    return client.post(f"/threads/{thread.id}/{thread.slug}", data={**fields, **more}, follow_redirects=True)


def test_a_reply_with_a_picture_is_one_form(app, ana, thread, sign_in):
    client = sign_in(ana)
    fields = form_of(client, thread)
    more = {"body": "Our bench.", "file-alt": "A bench in the sun."}
    answer = send(client, thread, fields, file=(io.BytesIO(picture()), "bench.jpg"), **more)
    again = send(client, thread, fields, file=(io.BytesIO(picture()), "bench.jpg"), **more)
    assert answer.text.count('alt="A bench in the sun."') == again.text.count('class="files-picture"') == 1
    url = answer.text.split('class="files-picture"><a href="')[1].split('"')[0]
    shown = app.test_client().get(url)
    assert (shown.status_code, shown.mimetype) == (200, "image/webp")
    assert shown.headers["Cache-Control"] == "no-cache, private"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    etag = {"If-None-Match": shown.headers["ETag"]}
    assert app.test_client().get(url, headers=etag).status_code == 304


def test_without_words_for_the_picture_the_form_keeps_both(app, ana, thread, sign_in):
    client = sign_in(ana)
    upload = (io.BytesIO(picture()), "bench.jpg")
    back = send(client, thread, form_of(client, thread), body="Our bench.", file=upload)
    assert "Say in a few words what the picture shows" in back.text
    assert "Our bench.</textarea>" in back.text
    (row,) = db.session.query(Attachment).all()
    fields = {**form_of(client, thread), "files": row.key, f"alt-{row.key}": "A bench."}
    done = send(client, thread, fields, body="Our bench.")
    assert 'alt="A bench."' in done.text
    assert row.is_said


def test_another_one_is_added_and_one_is_taken_out(app, ana, thread, sign_in):
    client, row = sign_in(ana), make_file(ana)
    fields = {**form_of(client, thread), "files": row.key, f"alt-{row.key}": "Mine.", "add": "1"}
    upload = (io.BytesIO(paper()), "plan.pdf")
    back = send(client, thread, fields, body="So far.", file=upload)
    assert 'value="Mine."' in back.text
    assert "plan.pdf" in back.text
    assert thread.last_seq == 0
    del fields["add"]
    done = send(client, thread, {**fields, f"drop-{row.key}": "1"}, body="Now.")
    assert 'class="files-picture"' not in done.text
    assert thread.last_seq == 1


@pytest.mark.parametrize("content", [SVG, b"", picture()[:90]])
def test_what_will_not_do_is_told_and_the_words_stay(app, ana, thread, sign_in, content):
    client = sign_in(ana)
    upload = (io.BytesIO(content), "holiday.jpg")
    back = send(client, thread, form_of(client, thread), body="Our bench.", file=upload)
    assert "Our bench.</textarea>" in back.text
    assert 'class="tray" data-module="tray" open' in back.text
    assert thread.last_seq == 0


def test_a_file_that_is_gone_is_told_and_the_words_stay(app, ana, thread, sign_in):
    client = sign_in(ana)
    back = send(client, thread, {**form_of(client, thread), "files": "0" * 32}, body="Our bench.")
    assert "not there any more" in back.text
    assert "Our bench.</textarea>" in back.text


def test_a_thread_form_takes_a_picture(app, ana, thread, sign_in):
    from browser import submit

    upload = (io.BytesIO(picture()), "bench.jpg")
    url = f"/projects/{thread.project.slug}/threads/new"
    page = submit(sign_in(ana), url, title="Lamps", body="See.", **{"file": upload, "file-alt": "A lamp."})
    assert 'alt="A lamp."' in page.text


def test_an_edit_form_describes_and_takes_out(app, ana, thread, sign_in):
    from browser import submit

    client, row, gone = sign_in(ana), make_file(ana), make_file(ana, kind="pdf")
    post = say(ana, thread, row, gone)
    url = f"/posts/{post.id}/edit"
    submit(client, url, body="See.", **{f"alt-{row.key}": "Better.", f"drop-{gone.key}": "1"})
    assert [file.alt_text for file in talk.files_of(post)] == ["Better."]
    history = client.get(f"/posts/{post.id}/history").text
    assert "<del>" in history
    assert "plan.pdf" in history
    assert "Better." in history


def test_a_paper_is_kept_not_opened(app, ana, thread):
    row = make_file(ana, make_post(thread, ana), "pdf", name="Plan ñ.pdf")
    answer = app.test_client().get(f"/files/{row.key}/file/x")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert app.test_client().get(f"/files/{row.key}/small/x").status_code == 404


def test_a_file_missing_from_the_store_is_not_found(app, ana, thread):
    row = make_file(ana, make_post(thread, ana))
    store().delete(f"{row.key}.full")
    assert app.test_client().get(f"/files/{row.key}/full/x").status_code == 404


def test_a_moderator_sees_the_picture_of_what_waits(app, ana, thread, sign_in):
    list_word(make_user("moderator"), "holdme", "hold")
    post = say(ana, thread, make_file(ana, alt_text="A rude bench."), body="holdme")
    moderator = sign_in(make_user("moderator"))
    for url in ("/moderation", f"/moderation/posts/{post.id}"):
        assert 'alt="A rude bench."' in moderator.get(url).text
    assert "A rude bench." in sign_in(ana).get(f"/threads/{thread.id}/{thread.slug}").text
    assert "A rude bench." not in app.test_client().get(f"/threads/{thread.id}/{thread.slug}").text


# --- the API ---


def test_the_api_takes_a_file_and_says_it(app, ana, thread, client, token_for):
    headers = token_for(ana)
    sent = {"file": (io.BytesIO(picture()), "bench.jpg"), "alt": "A bench."}
    up = client.post("/api/v1/files", data=sent, headers=headers)
    assert (up.status_code, up.json["kind"], up.json["alt"]) == (201, "picture", "A bench.")
    chosen = {"key": up.json["key"], "alt": "Our bench."}
    body = {"body": "See.", "attachments": [chosen]}
    post = client.post(f"/api/v1/threads/{thread.id}/posts", json=body, headers=headers).json
    assert [(file["alt"], file["width"]) for file in post["attachments"]] == [("Our bench.", 80)]
    assert client.get(post["attachments"][0]["thumbnail_url"]).status_code == 200
    client.delete(f"/api/v1/posts/{post['id']}", headers=headers)
    assert client.get(f"/api/v1/posts/{post['id']}").json["attachments"] == []
    assert client.get(post["attachments"][0]["url"]).status_code == 404


def test_the_api_says_what_is_wrong_with_a_file(app, ana, client, token_for):
    headers = token_for(ana)
    refused = client.post("/api/v1/files", data={"file": (io.BytesIO(SVG), "x.svg")}, headers=headers)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["file"])
    assert client.post("/api/v1/files", headers=headers).status_code == 422
    assert client.post("/api/v1/files", data={"file": (io.BytesIO(SVG), "x.svg")}).status_code == 401


def test_who_is_nobody_sends_no_large_body(app, client):
    answer = client.post(
        "/threads/1/x", data=b"x" * 3_000_000, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413
