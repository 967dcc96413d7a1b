"""By whichever way words left the house, they leave it by none once they were hidden, removed, blacked out or
held: each door by which somebody read them is asked again, with all that a cache would ask with.

``test_leaks`` walks what is hidden already; here the same words are open first, so that each way is known to
have carried them. A new door that tells words of a thread is found by its parameters.
"""

import re
from datetime import timedelta
from mailbox import deliver

import pytest
import time_machine
from factories import make_agreement, make_project, make_user
from hidden_town import fill
from sqlalchemy import select

from civicforum.agreement.actions import list_word
from civicforum.agreement.queries import find_hold
from civicforum.db import db
from civicforum.digests import tasks as digests
from civicforum.discussions import actions as discussions
from civicforum.discussions.queries import first_post_id
from civicforum.live.changes import changes_since
from civicforum.live.publisher import message
from civicforum.moderation import actions as moderation
from civicforum.moderation.actions import Deed
from civicforum.moderation.queries import find_case_about
from civicforum.notifications.models import MailWishes
from civicforum.pages.views.everybody import FRESH_SECONDS
from civicforum.voices.queries import voices_of

CANARY = "zqcanary"
HIDE = Deed("hide", 2, "Because.")

# The ways that the promise names, each with an address by which somebody reads the words while they are open.
WAYS = {
    "page": r"^/threads/\d+/\S+$",
    "API": r"^/api/v1/threads/\d+/posts$",
    "API of one post": r"^/api/v1/posts/\d+$",
    "catch-up": r"^/api/v1/channels/.*/changes\?after=0$",
    "search": r"^/search\?q=",
    "API of search": r"^/api/v1/search\?q=",
    "feed": r"^/feeds/threads/\d+\.atom$",
    "feed of the project": r"^/feeds/projects/[\w-]+\.atom$",
    "edit history": r"^/posts/\d+/history$",
    "quote": r"\?quote=\d+$",
    "fragment": r"^/posts/\d+/article$",
    "card": r"^/embed/posts/\d+$",
    "card of the thread": r"^/embed/threads/\d+$",
    "noted comments": r"^/bookmarks$",
}
# What knows of hidden words and tells them to nobody else: statements, second looks, the record, the queue.
CLOSED_WAYS = (
    *(r"^/posts/\d+/reasons$", r"^/cases/\d+/reasons$", r"^/api/v1/cases/\d+/statement$", r"^/appeals/\d+$"),
    *(r"^/moderation/log", r"^/moderation/report", r"^/moderation$", r"^/moderation/posts/\d+/record$"),
    *(r"^/api/v1/moderation/log$", r"^/api/v1/holds", r"^/api/v1/cases", r"^/appeals/\d+/lot$"),
    *(r"^/moderation/threads/\d+/held$", r"^/mediation", r"^/posts/\d+/mediation$", r"^/oembed\?"),
)


class Place:
    """A thread of two, in which the author says the canary and others were told of it."""

    def __init__(self) -> None:
        make_agreement()
        self.author, self.reader = make_user(name="Ana"), make_user(handle="rita", name="Rita")
        self.moderator = make_user("moderator", name="Mona")
        list_word(self.moderator, "holdme", "hold")
        self.project = make_project(title="Lantern Street")
        self.thread = discussions.start_thread(self.reader, self.project.id, "The square", "What do you see?")
        opening = first_post_id(self.thread.id)
        said = discussions.post_reply(self.author, self.thread.id, f"One {CANARY} lantern @rita.", opening)
        self.post = discussions.edit_post(self.author, said.id, f"Two {CANARY} lanterns, @rita.", 1)
        discussions.keep_bookmark(self.reader, self.post.id)

    def fills(self) -> dict[str, list]:
        case = find_case_about("post", self.post.id)
        hold = find_hold("post", self.post.id)
        case_ids = [case.id] if case else [1]
        return {
            "posts/post_id": [self.post.id],
            "threads/thread_id": [self.thread.id],
            "threads/slug": [self.thread.slug],
            "projects/slug": [self.project.slug],
            "channels/name": [self.thread.channel],
            "receipts/number": [voices_of("post", [self.post.id])[self.post.id].number],
            "people/handle": [self.author.handle],
            "cases/case_id": case_ids,
            "appeals/appeal_id": [1],
            "holds/hold_id": [hold.id if hold else 1],
        }

    def addresses(self, app) -> list[str]:
        """Every GET door that is about all this, and the same doors with what one can add."""
        found = []
        for rule in sorted(app.url_map.iter_rules(), key=str):
            if "GET" in rule.methods and rule.endpoint != "static" and "/settings" not in rule.rule:
                found += self._filled(rule.rule)
        page, post = f"/threads/{self.thread.id}/{self.thread.slug}", self.post.id
        found += [f"{page}?quote={post}", f"{page}?reply_to={post}", f"{page}?from=2"]
        found += [
            f"{door}?q={word}" for door in ("/search", "/api/v1/search") for word in ("lantern", "lanterns")
        ]
        found += [f"/api/v1/channels/{self.thread.channel}/changes?after=0"]
        return [*found, f"/oembed?url=http://localhost/posts/{post}"]

    def _filled(self, rule: str) -> list[str]:
        try:
            return fill(rule, self.fills())
        except AssertionError:
            return []  # about something else


@pytest.fixture
def place(app) -> Place:
    return Place()


def hide(place: Place) -> None:
    moderation.moderate(place.moderator, "post", place.post.id, HIDE)


def remove(place: Place) -> None:
    moderation.moderate(place.moderator, "post", place.post.id, Deed("remove", 2, "Because of the law."))


def black_out(place: Place) -> None:
    moderation.moderate(
        place.moderator, "post", place.post.id, Deed("redact", 2, "A name.", passages=(CANARY,))
    )


def hold(place: Place) -> None:
    discussions.edit_post(place.author, place.post.id, f"Three {CANARY} lanterns, holdme @rita.", 2)


def withdraw(place: Place) -> None:
    discussions.withdraw_post(place.author, place.post.id)


def ask(client, addresses: list[str]) -> dict[str, tuple]:
    """{address: (whether it tells the words, what a cache keeps to ask again with)}."""
    found = {}
    for address in addresses:
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code < 500, address
        kept = {"If-None-Match": answer.headers.get("ETag"), "If-Modified-Since": answer.headers.get("Date")}
        known = {name: value for name, value in kept.items() if value}
        found[address] = (CANARY in answer.get_data().decode(errors="replace") + str(answer.headers), known)
    return found


def missing(ways: dict[str, str], addresses: list[str]) -> set[str]:
    return {name for name, pattern in ways.items() if not any(re.search(pattern, each) for each in addresses)}


@pytest.mark.parametrize("deed", [hide, remove, black_out, hold, withdraw])
def test_what_left_by_a_way_leaves_by_none(app, place, sign_in, deed):
    clients = {"guest": app.test_client(), "reader": sign_in(place.reader)}
    doors = place.addresses(app)
    if deed is not hide:  # for one of them every door is asked which it is
        doors = [door for door in doors if missing(WAYS, [door]) != set(WAYS)]
    before = {voice: ask(client, doors) for voice, client in clients.items()}
    told = [address for found in before.values() for address, (is_told, _known) in found.items() if is_told]
    assert missing(WAYS, told) == set(), "a way by which the words were read is not walked any more"
    deed(place)
    addresses = place.addresses(app)
    assert missing({pattern: pattern for pattern in CLOSED_WAYS}, addresses) == set()
    asked = {*told, *(door for door in addresses if any(re.search(way, door) for way in CLOSED_WAYS))}
    for voice, client in clients.items():
        after = ask(client, sorted(asked))
        assert {address for address, (is_told, _known) in after.items() if is_told} == set(), voice
        for address, (was_told, known) in before[voice].items():
            if was_told:
                again = client.get(address, headers=known, follow_redirects=True)
                assert (again.status_code != 304, CANARY in again.text) == (True, False), (voice, address)
    _nothing_leaves_by_itself(app, place)


def _nothing_leaves_by_itself(app, place: Place) -> None:
    """Sockets from any revision on; mails that were asked for before; and the digest of the next morning."""
    with app.test_request_context(base_url=app.config["BASE_URL"]):
        for revision in range(4):
            assert CANARY not in str(message(changes_since(place.thread.channel, revision)))
    mails = [mail for mail in mails_by_the_next_morning(app) if str(mail["To"]) != place.author.email]
    assert [str(mail["Subject"]) for mail in mails if CANARY in _words(mail)] == []


def mails_by_the_next_morning(app) -> list:
    """What was asked for to be mailed, and everybody's digest."""
    with app.test_request_context(base_url=app.config["BASE_URL"]):
        digests.plan()
        morning = db.session.scalars(select(MailWishes.digest_due_at)).first()
        with time_machine.travel(morning + timedelta(minutes=1), tick=False):
            digests.plan()
    with time_machine.travel(morning + timedelta(minutes=2), tick=False):
        return deliver(app)


def _words(mail) -> str:
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([str(mail["Subject"]), *parts])


def test_mails_and_digests_told_it_while_it_was_open(app, place):
    """So that there was something to leak."""
    mails = [mail for mail in mails_by_the_next_morning(app) if CANARY in _words(mail)]
    assert len(mails) > 1, "the mail about the answer, and a digest"


def test_no_shared_cache_keeps_what_somebody_may_hide(app, place, sign_in):
    """Whatever tells the words is asked for anew each time; what is one person's own is nobody else's."""
    for voice, client in {"guest": app.test_client(), "reader": sign_in(place.reader)}.items():
        doors = [door for door in place.addresses(app) if missing(WAYS, [door]) != set(WAYS)]
        for address, (is_told, _known) in ask(client, doors).items():
            if is_told:
                headers = client.get(address, follow_redirects=True).headers
                kept = headers.get("Cache-Control", "")
                lasts = max([int(seconds) for seconds in re.findall(r"max-age=(\d+)", kept)], default=0)
                assert lasts <= FRESH_SECONDS, (voice, address, kept)
                assert voice == "guest" or "public" not in kept, (address, kept)
