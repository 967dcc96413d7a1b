"""What people do while it storms: each deed is sent with one key, again and again, until it is answered."""

import itertools
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import requests
from running import Person

from chaos.record import Deed, Frame, Record
from chaos.town import COMING, SPEAKERS, Town
from chaos.watchers import read_page

PATIENCE_SECONDS = 6
PATIENT_FACTOR = 3
RUSH_SECONDS = 2.0
# What people do by chance, and how often in a hundred.
SPOKEN = {"say": 70, "edit": 15, "withdraw": 7, "react": 8}
COMING_AND_GOING = {"come": 60, "cancel": 40}
# Answers after which one tries again; all others are final.
NOT_YET = {429, 500, 502, 503, 504}


class Crowd:
    """Everybody who does something, each in a thread of their own; ``chance`` is seeded by name."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town, self.seed, self.record = town, seed, town.record
        self.is_closing = threading.Event()  # begin nothing new; finish what is begun
        self.is_over = threading.Event()  # give up what is not answered
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        for n in range(SPEAKERS):
            self._spawn(f"speaker{n}", self._speak)
        for n in range(COMING):
            self._spawn(f"comer{n}", self._come_and_go)
        self._spawn("member", self._speak_inside)
        self._spawn("writer", self._write_what_is_held)
        self._spawn("moderator", self._hide)
        self._spawn("guest", self._read)

    def close(self, seconds: float) -> int:
        """Wait until what was begun is answered; the number of those who had to give up."""
        self.is_closing.set()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        waiting = sum(thread.is_alive() for thread in self._threads)
        self.is_over.set()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS + 5)
        return waiting

    def _spawn(self, name: str, life: Callable[[str, random.Random], None]) -> None:
        chance = random.Random(f"{self.seed}:{name}")
        thread = threading.Thread(target=life, args=(name, chance), daemon=True, name=name)
        self._threads.append(thread)
        thread.start()

    def _moments(self, chance: random.Random, mean_seconds: float) -> Iterator[int]:
        """0, 1, 2, … with a pause of chance before each, until the crowd closes; the first comes in any case.

        Whoever waited long for an answer pauses longer, so that a slow machine is not buried in requests.
        """
        took = 0.0
        for n in itertools.count():
            if self.is_closing.wait(chance.expovariate(1 / mean_seconds) + PATIENT_FACTOR * took) and n:
                return
            began = time.monotonic()
            yield n
            took = time.monotonic() - began

    # --- one deed ---

    def _do(
        self, kind: str, name: str, method: str, path: str, json: Any, mark: str = "", **facts: Any
    ) -> Deed:
        """Send it until it is answered; ``facts`` are kept for the checks."""
        deed = self.record.begin(kind, name, mark, **facts)
        person, key = self.town.people[name], uuid.uuid4().hex
        while not self.is_over.is_set():
            deed.attempts += 1
            answer = self._send(method, path, person, json, key)
            if answer is not None and answer[0] not in NOT_YET:
                deed.status, deed.answer = answer
                deed.ended_at = time.monotonic()
                break
            self.is_over.wait(random.uniform(0.05, 0.5))
        return deed

    def _send(
        self, method: str, path: str, person: Person, json: Any, key: str
    ) -> tuple[int, dict[str, Any]] | None:
        """(status, JSON) of one attempt; None where no whole answer came. A 500 is noted as broken."""
        headers = {"Authorization": f"Bearer {person.token}", "Idempotency-Key": key}
        try:
            answer = requests.request(
                method,
                f"{self.town.url}/api/v1{path}",
                json=json,
                headers=headers,
                timeout=PATIENCE_SECONDS,
            )
            if answer.status_code == 500:
                self.record.broken_answers.append(f"{method} {path}: {answer.text[:300]}")
            return answer.status_code, answer.json()
        except (requests.RequestException, ValueError):
            return None

    # --- those who speak ---

    def _speak(self, name: str, chance: random.Random) -> None:
        own: list[dict[str, Any]] = []
        for deed in self._program(chance, 1.2, ("say", "edit", "say", "react", "withdraw"), SPOKEN):
            if deed == "say" or not own:
                self._say_something(name, own, chance)
            elif deed == "edit":
                self._edit(name, own, chance)
            elif deed == "withdraw":
                gone = own.pop(chance.randrange(len(own)))
                self._do("withdraw", name, "DELETE", f"/posts/{gone['id']}", None, post_id=gone["id"])
            else:
                post_id = chance.choice(own)["id"]
                self._do("react", name, "PUT", f"/posts/{post_id}/reactions/support", None, post_id=post_id)

    def _program(
        self, chance: random.Random, mean_seconds: float, first: Sequence[str], then: dict[str, int]
    ) -> Iterator[str]:
        """What to do at each moment: once each of ``first``, so that no check lacks it; then by chance."""
        waiting = list(first)
        for _ in self._moments(chance, mean_seconds):
            yield waiting.pop(0) if waiting else chance.choices(list(then), list(then.values()))[0]
        yield from waiting

    def _say_something(self, name: str, own: list[dict[str, Any]], chance: random.Random) -> None:
        thread_id = self.town.places.thread["id"]
        said = self._say(name, thread_id, "post", "say", chance.choice([None, *own[-3:]]))
        if said.is_acknowledged and said.answer:
            own.append(said.answer)

    def _say(
        self, name: str, thread_id: int, kind: str, prefix: str, reply_to: Any = None, more: str = ""
    ) -> Deed:
        mark = self.record.next_mark(prefix)
        body = {"body": f"{mark} {more}".strip(), "reply_to": reply_to and reply_to["id"]}
        return self._do(kind, name, "POST", f"/threads/{thread_id}/posts", body, mark, thread_id=thread_id)

    def _edit(self, name: str, own: list[dict[str, Any]], chance: random.Random) -> None:
        place = chance.randrange(len(own))
        mark = self.record.next_mark("edit")
        post = own[place]
        body = {"body": f"{post['body']} {mark}", "revision": post["revision"]}
        deed = self._do("edit", name, "PATCH", f"/posts/{post['id']}", body, mark, post_id=post["id"])
        if deed.is_acknowledged and deed.answer:
            own[place] = deed.answer
        elif deed.status is not None:
            own.pop(place)  # an earlier attempt may have done it: its revision is not known here

    def _speak_inside(self, name: str, chance: random.Random) -> None:
        """A member speaks where only members may read; after somebody left, in other words."""
        thread_id = self.town.places.closed_thread["id"]
        said = None
        for _ in self._moments(chance, 1.5):
            said = self._say(name, thread_id, "inside", self._word_inside())
        if said is not None and not said.mark.startswith(self._word_inside()):
            self._say(name, thread_id, "inside", self._word_inside())

    def _word_inside(self) -> str:
        return "zqgone" if self.record.acknowledged("leave") else "zqinside"

    def _write_what_is_held(self, name: str, chance: random.Random) -> None:
        """Words that wait for a moderator; nobody but them and their author may see them."""
        thread_id = self.town.places.thread["id"]
        for _ in self._moments(chance, 2.0):
            self._say(name, thread_id, "pending", "zqpending", more="holdme")

    def _hide(self, name: str, chance: random.Random) -> None:
        """The moderator's own hour: a comment appears that must go, and it is hidden."""
        thread_id = self.town.places.thread["id"]
        for _ in self._moments(chance, 2.0):
            said = self._say("speaker0", thread_id, "post", "zqhidden")
            if said.is_acknowledged and said.answer:
                case = {
                    "target": {"type": "post", "id": said.answer["id"]},
                    "action": "hide",
                    "rule": 2,
                    "reason": "It is about a person.",
                }
                post_id = said.answer["id"]
                self._do("hide", name, "POST", "/cases", case, said.mark, post_id=post_id)

    # --- those who come ---

    def _come_and_go(self, name: str, chance: random.Random) -> None:
        path = f"/town-halls/{self.town.places.hall}/rsvp"
        first = ("come", "cancel") if int(name.removeprefix("comer")) % 2 else ("come", "come", "cancel")
        for deed in self._program(chance, 3.0, first, COMING_AND_GOING):
            self._await_rush()
            if deed == "come":
                self._do("come", name, "PUT", path, {"answer": "going", "party_size": 1})
            else:
                self._do("cancel", name, "DELETE", path, None)

    def _await_rush(self) -> None:
        """All who want a seat press in the same moment, as when the doors open."""
        self.is_closing.wait(RUSH_SECONDS - time.monotonic() % RUSH_SECONDS)

    # --- somebody who only reads ---

    def _read(self, name: str, chance: random.Random) -> None:
        """Walk through pages as a guest, by chance and once through all, and keep what they said."""
        places = self.town.places
        thread, closed = places.thread["id"], places.closed_thread["id"]
        paths = [
            f"/threads/{thread}",
            f"/threads/{closed}",
            f"/api/v1/threads/{thread}/posts?limit=200",
            f"/api/v1/threads/{closed}/posts",
            f"/api/v1/channels/thread:{thread}/changes?after=0",
            f"/api/v1/channels/thread:{closed}/changes?after=0",
            "/search?q=zqpending",
            "/search?q=zqinside",
            "/",
            "/heard",
            "/moderation/log",
            f"/feeds/projects/{places.project}.atom",
            f"/projects/{places.project}/threads",
            f"/town-halls/{places.hall}",
        ]
        for _ in self._moments(chance, 0.6):
            self._read_page(name, chance.choice(paths))
        for path in paths:
            self._read_page(name, path)

    def _read_page(self, name: str, path: str) -> None:
        asked_at = time.monotonic()
        status, text = read_page(self.town.url + path)
        if status:
            self.record.frames.append(Frame(name, "body", path, None, asked_at, text))
        if status == 500:
            self.record.broken_answers.append(f"GET {path}: {text[:300]}")


def leave(record: Record, deed: Callable[[], None]) -> None:
    """Somebody is removed from the members' project, once it is certain that it happened."""
    noted = record.begin("leave", "leaver", "zqgone")
    deed()
    noted.status, noted.ended_at = 200, time.monotonic()
