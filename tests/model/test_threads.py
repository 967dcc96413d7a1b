"""Random talk in one thread: whoever watches, however rarely, has what is read afresh, and no more."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from model.town import CANARY, HELD_WORD, Town
from model.watching import Watcher, as_publisher, page_faults, watch
from sqlalchemy import select, update

from civicforum import jobs
from civicforum.accounts import actions as accounts
from civicforum.accounts.models import SYSTEM, User
from civicforum.agreement import actions as agreement
from civicforum.agreement.models import Rule, Standing
from civicforum.agreement.wording import RuleWording, Wording
from civicforum.db import db, transaction
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import REACTIONS, Post, Thread
from civicforum.errors import CivicForumError
from civicforum.moderation import actions as moderation
from civicforum.moderation.actions import Deed
from civicforum.partnerships import actions as partnerships
from civicforum.partnerships.models import Membership, Partner, Project, Seat
from civicforum.voices.models import Voice

PEOPLE = ("ana", "ben", "member", "partner_person", "moderator", "site_moderator", "organizer", "newcomer")
# What stands in flags and in reasons: no watcher is ever told.
PRIVATE = f"It is {CANARY}-of-a-case."
SAID = re.compile(rf"{CANARY}(?:-[a-z0-9-]+)?")

people = st.sampled_from(PEOPLE)
posts = st.integers(0, 30)  # one of those there are, counted round


class Talk(RuleBasedStateMachine):
    """Everybody does everything; three watch: always, rarely, and in small bites."""

    def __init__(self, app: Flask, town: Town) -> None:
        super().__init__()
        self.app, self.town = app, town
        self.spoken = 0
        self.places: dict[int, int] = {}
        self.project_id = town.project.id
        thread = discussions.start_thread(town.ana, town.project.id, "The bank", self._words(False))
        self.thread_id = thread.id
        with as_publisher(app):
            self.always = watch(f"thread:{self.thread_id}")
            self.rarely = watch(f"thread:{self.thread_id}")
            self.in_bites = watch(f"thread:{self.thread_id}", limit=2)

    # --- speaking ---

    @rule(who=people, is_held=st.booleans(), answers=st.one_of(st.none(), posts))
    def reply(self, who: str, is_held: bool, answers: int | None) -> None:
        answered = None if answers is None else self._post(answers).id
        self._try(
            lambda: discussions.post_reply(self._person(who), self.thread_id, self._words(is_held), answered)
        )

    @rule(who=people, which=posts, is_held=st.booleans())
    def edit(self, who: str, which: int, is_held: bool) -> None:
        post = self._post(which)
        author = post.author or self._person(who)
        self._try(lambda: discussions.edit_post(author, post.id, self._words(is_held), post.revision))

    @rule(which=posts)
    def withdraw(self, which: int) -> None:
        post = self._post(which)
        self._try(lambda: discussions.withdraw_post(post.author, post.id))

    @rule(who=people, which=posts, kind=st.sampled_from(REACTIONS), is_given=st.booleans())
    def react(self, who: str, which: int, kind: str, is_given: bool) -> None:
        act = discussions.react if is_given else discussions.unreact
        self._try(lambda: act(self._person(who), self._post(which).id, kind))

    # --- moderating ---

    @rule(who=people, which=posts, what=st.sampled_from(("hide", "remove", "restore", "approve", "decline")))
    def moderate_plainly(self, who: str, which: int, what: str) -> None:
        post = self._post(which)
        acts: dict[str, Callable[..., Any]] = {
            "hide": lambda: discussions.hide_post(self._person(who), post.id, self._rule()),
            "remove": lambda: discussions.remove_post(self._person(who), post.id, self._rule()),
            "restore": lambda: discussions.restore_post(self._person(who), post.id),
            "approve": lambda: discussions.approve_post(self._person(who), post.id),
            "decline": lambda: discussions.decline_post(self._person(who), post.id, self._rule()),
        }
        self._try(acts[what])

    @rule(who=people, which=posts)
    def flag(self, who: str, which: int) -> None:
        self._try(lambda: moderation.flag_post(self._person(who), self._post(which).id, 2, PRIVATE))

    @rule(who=people, which=posts, action=st.sampled_from(("hide", "restore", "leave")))
    def decide(self, who: str, which: int, action: str) -> None:
        deed = Deed(action, 2, PRIVATE)
        self._try(lambda: moderation.moderate(self._person(who), "post", self._post(which).id, deed))

    @rule(which=posts)
    def mend(self, which: int) -> None:
        post = self._post(which)
        self._try(lambda: moderation.mend_post(post.author, post.id, self._words(False)))

    @rule(who=people, is_open=st.booleans())
    def open_or_close(self, who: str, is_open: bool) -> None:
        person = self._person(who)
        if is_open:
            self._try(lambda: discussions.open_thread(person, self.thread_id))
        else:
            self._try(lambda: discussions.close_thread(person, self.thread_id, "It is settled."))

    @rule(title=st.sampled_from(("Say what you saw", "Another rule")))
    def rename_the_rules(self, title: str) -> None:
        rules = (RuleWording(title, "Text."), RuleWording(f"{title}, too", "Text."))
        with transaction():
            version = agreement.publish_agreement(SYSTEM, Wording("How we talk.", rules))
            # Everybody has read them: whoever has not is asked before they speak, as other tests show.
            db.session.execute(update(Standing).values(accepted_version=version.number))

    # --- whoever speaks looks different ---

    @rule(who=people, name=st.sampled_from(("Kim", "Lou", "Max")), place=st.sampled_from(("", "Riverside")))
    def rename(self, who: str, name: str, place: str) -> None:
        person = self._person(who)
        facts = {
            "name": f"{name} {who.title()}",
            "handle": f"{name.lower()}-{person.id}",
            "neighbourhood": place,
        }
        self._try(lambda: accounts.update_profile(person, person, **facts))
        self._work()

    @rule(who=people, role=st.sampled_from(("moderator", "organizer", "steward")), is_given=st.booleans())
    def grant(self, who: str, role: str, is_given: bool) -> None:
        act = accounts.grant_role if is_given else accounts.revoke_role
        self._try(lambda: act(self.town.admin, self._person(who), role))
        self._work()

    @rule(who=people, role=st.sampled_from(("moderator", "organizer", "member")))
    def give_role_in_project(self, who: str, role: str) -> None:
        project = db.session.get_one(Project, self.project_id)
        self._try(lambda: partnerships.add_role(self.town.admin, project, self._person(who), role))
        self._work()

    @precondition(lambda self: self._memberships())
    @rule(which=posts)
    def end_a_role(self, which: int) -> None:
        rows = self._memberships()
        self._try(lambda: partnerships.remove_member(self.town.admin, rows[which % len(rows)]))
        self._work()

    @rule(who=people, name=st.sampled_from(("Harbour Trust", "Bay Trust")))
    def rename_organization(self, who: str, name: str) -> None:
        self._try(lambda: partnerships.edit_organization(self.town.admin, self.town.organization, name=name))
        self._work()

    @rule(who=people)
    def seat(self, who: str) -> None:
        handle = self._person(who).handle
        self._try(lambda: partnerships.add_seat(self.town.admin, self.town.other_organization, handle))
        self._work()

    @precondition(lambda self: db.session.scalars(select(Seat)).first())
    @rule()
    def unseat(self) -> None:
        row = db.session.scalars(select(Seat).order_by(Seat.id)).first()
        self._try(lambda: partnerships.remove_seat(self.town.admin, row))
        self._work()

    @rule(is_added=st.booleans())
    def change_partners(self, is_added: bool) -> None:
        project = db.session.get_one(Project, self.project_id)
        rows = db.session.scalars(select(Partner).where(Partner.project_id == project.id)).all()
        if is_added:
            self._try(
                lambda: partnerships.add_partner(self.town.admin, project, self.town.other_organization)
            )
        elif rows:
            self._try(lambda: partnerships.remove_partner(self.town.admin, rows[-1]))
        self._work()

    # --- around it ---

    @rule(
        visibility=st.sampled_from(("public", "members")),
        status=st.sampled_from(("active", "active", "completed")),
    )
    def change_project(self, visibility: str, status: str) -> None:
        project = db.session.get_one(Project, self.project_id)
        facts = {"visibility": visibility, "status": status, "title": f"The {visibility} bank"}
        self._try(lambda: partnerships.edit_project(self.town.admin, project, **facts))

    @rule(who=people)
    def vouch(self, who: str) -> None:
        self._try(lambda: agreement.vouch(self.town.organizer, self._person(who)))

    # --- what must hold after every step ---

    @invariant()
    def who_watches_all_the_time_has_what_is(self) -> None:
        self._check(self.always)

    @rule()
    def who_looks_rarely_catches_up(self) -> None:
        self._check(self.rarely)

    @rule()
    def who_reads_in_bites_catches_up(self) -> None:
        self._check(self.in_bites)

    @rule()
    def a_guest_opens_the_page(self) -> None:
        self.who_watches_all_the_time_has_what_is()
        assert page_faults(self.app, self.always) == []

    @invariant()
    def places_are_in_order_without_holes(self) -> None:
        placed = [post.seq for post in self._posts() if post.seq is not None]
        assert sorted(placed) == list(range(1, len(placed) + 1))
        assert db.session.get_one(Thread, self.thread_id).last_seq == len(placed)

    @invariant()
    def a_place_is_kept_for_good_and_whoever_is_published_later_is_behind(self) -> None:
        now = {post.id: post.seq for post in self._posts() if post.seq is not None}
        before, self.places = self.places, now
        assert {post_id: now.get(post_id) for post_id in before} == before
        assert all(seq > len(before) for post_id, seq in now.items() if post_id not in before)

    @invariant()
    def every_voice_has_its_receipt(self) -> None:
        ids = {post.id for post in self._posts()}
        voices = db.session.scalars(select(Voice).where(Voice.kind == "post", Voice.object_id.in_(ids))).all()
        assert sorted(voice.object_id for voice in voices) == sorted(ids)
        assert {voice.channel for voice in voices} == {f"thread:{self.thread_id}"}

    def teardown(self) -> None:
        for watcher in (self.always, self.rarely, self.in_bites):
            self._check(watcher)

    def _check(self, watcher: Watcher) -> None:
        with as_publisher(self.app):
            assert watcher.faults() == []
            assert leaks(watcher) == []

    # --- who, what, where ---

    def _try(self, deed: Callable[[], Any]) -> None:
        """People try much that they may not; being refused is no fault."""
        with suppress(CivicForumError):
            deed()

    def _work(self) -> None:
        jobs.run_due(self.app)
        db.session.rollback()

    def _words(self, is_held: bool) -> str:
        """Words that were never said before, so that one knows whose they are wherever they are told."""
        self.spoken += 1
        return f"I say {CANARY}-{self.spoken}." + (f" {HELD_WORD}" if is_held else "")

    def _person(self, who: str) -> User:
        return getattr(self.town, who)

    def _posts(self) -> list[Post]:
        return list(
            db.session.scalars(select(Post).where(Post.thread_id == self.thread_id).order_by(Post.id))
        )

    def _post(self, which: int) -> Post:
        rows = self._posts()
        return rows[which % len(rows)]

    def _rule(self) -> Rule:
        return db.session.scalars(select(Rule).order_by(Rule.id.desc())).first()

    def _memberships(self) -> list[Membership]:
        return list(
            db.session.scalars(
                select(Membership).where(Membership.project_id == self.project_id).order_by(Membership.id)
            )
        )


def leaks(watcher: Watcher) -> list[str]:
    """Words that were told just now although nobody may read them: tombstones carry none, nor does a case."""
    thread_id = int(watcher.channel.partition(":")[2])
    rows = db.session.scalars(
        select(Post.body).where(Post.thread_id == thread_id, Post.state == "visible", Post.seq.is_not(None))
    )
    readable = {word for body in rows for word in SAID.findall(body)}
    told = {word for item in watcher.heard for word in SAID.findall(item)}
    watcher.heard.clear()
    return [f"{watcher.channel} tells the word {word}" for word in sorted(told - readable)]


def test_whoever_watches_a_thread_has_what_is_read_afresh(app, town, run_machine):
    run_machine(lambda: Talk(app, town))
