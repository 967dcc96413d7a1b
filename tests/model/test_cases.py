"""Random work of several moderators on a few comments: every case goes its way, and the record holds."""

from typing import Any

from factories import make_post, make_thread
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from model.town import CANARY, HELD_WORD, Town
from sqlalchemy import delete, func, select, text

from civicforum.accounts.models import User
from civicforum.db import db, transaction
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Post
from civicforum.errors import CivicForumError
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import Case, Flag, Measure
from civicforum.notifications.models import Notification

# ``ana`` and ``moderator`` wrote what it is about, ``moderator`` judges as well: never their own words.
AUTHORS = ("ana", "moderator")
MODERATORS = ("moderator", "site_moderator", "second_moderator")
READERS = ("ben", "member", "partner_person")

ACTIONS = ("hide", "restore", "leave", "remove", "warn", "mute")

# From each state of a case to those it may be in after one deed. None: there was no such case before.
WAYS = {
    None: {"open", "decided", "closed"},
    "open": {"open", "decided", "closed"},
    "decided": {"decided", "second_look", "closed"},
    "second_look": {"second_look", "decided", "closed"},
    # What is over stays over, but for a flag that comes again: that is a new question, and a new case.
    "closed": {"closed"},
}

authors, moderators, readers = (st.sampled_from(names) for names in (AUTHORS, MODERATORS, READERS))
which = st.integers(0, 2)


class Desk(RuleBasedStateMachine):
    """Three comments; what each moderator saw last may be stale by now."""

    def __init__(self, app: Flask, town: Town) -> None:
        super().__init__()
        self.town = town
        thread = make_thread(town.project, town.ana)
        self.posts = [
            make_post(thread, getattr(town, who), f"Words {CANARY}.").id
            for who in ("ana", "ana", "moderator")
        ]
        self.seen: dict[tuple[str, int], int] = {}
        self.states: dict[int, str] = {}
        self.versions: dict[int, int] = {}

    # --- moderators ---

    @rule(who=moderators, post=which)
    def look(self, who: str, post: int) -> None:
        """A moderator opens the page of a case, and has its version from then on."""
        for case in self._cases():
            self.seen[who, case.id] = case.version

    @rule(
        who=moderators,
        post=which,
        action=st.sampled_from(ACTIONS),
        number=st.sampled_from((1, 2, None)),
        reason=st.sampled_from((f"Because. {CANARY}", " ")),
    )
    def moderate(self, who: str, post: int, action: str, number: int | None, reason: str) -> None:
        deed = Deed(action, number, reason)
        self._judge(
            who, lambda: actions.moderate(self._person(who), "post", self.posts[post], deed), self.posts[post]
        )

    @rule(who=moderators, post=which)
    def open_case(self, who: str, post: int) -> None:
        self._judge(
            who, lambda: actions.moderate(self._person(who), "post", self.posts[post]), self.posts[post]
        )

    @rule(who=moderators, case=st.integers(0, 20), action=st.sampled_from(ACTIONS))
    def decide(self, who: str, case: int, action: str) -> None:
        """In any case there ever was, as this moderator saw it last."""
        known = [key for key in self.seen if key[0] == who]
        if not known:
            return
        case_id = known[case % len(known)][1]
        row = db.session.get_one(Case, case_id)
        version, before, target_id = self.seen[who, case_id], row.version, row.target_id
        deed = Deed(action, 2, f"Because. {CANARY}")
        done = self._judge(
            who, lambda: actions.decide_case(self._person(who), case_id, deed, version), target_id
        )
        assert not (done and version != before), "two moderators have acted on one version of a case"

    @rule(who=moderators, post=which, is_approved=st.booleans())
    def decide_hold(self, who: str, post: int, is_approved: bool) -> None:
        hold = queries.waiting_hold(db.session.get_one(Post, self.posts[post]))
        if hold is not None:
            deed = Deed("approve", None, "") if is_approved else Deed("decline", 2, "Because.")
            self._judge(who, lambda: actions.decide_hold(self._person(who), hold.id, deed), self.posts[post])

    def _judge(self, who: str, deed: Any, post_id: int) -> bool:
        """Do it; whoever wrote the words never succeeds. Flags that were open are told of a decision once."""
        waiting = self._open_flags(post_id)
        measures = self._count_measures()
        with transaction():
            db.session.execute(delete(Notification))
        try:
            deed()
        except CivicForumError:
            return False
        db.session.rollback()
        author_id = db.session.get_one(Post, post_id).author_id
        assert author_id != self._person(who).id, "somebody has judged their own words"
        assert self._count_measures() - measures in (0, 1)
        settled = waiting - self._open_flags(post_id)
        told = db.session.scalars(select(Notification.user_id).where(Notification.reason.like("flag_%")))
        assert sorted(told) == sorted(settled - {self._person(who).id})
        return True

    # --- everybody else ---

    @rule(who=readers, post=which, number=st.sampled_from((1, 2, 9)))
    def flag(self, who: str, post: int, number: int) -> None:
        self._try(lambda: actions.flag_post(self._person(who), self.posts[post], number, f"See. {CANARY}"))

    @rule(who=readers, post=which)
    def withdraw_flag(self, who: str, post: int) -> None:
        self._try(lambda: actions.withdraw_flag(self._person(who), self.posts[post]))

    @rule(post=which)
    def mend(self, post: int) -> None:
        author = db.session.get_one(Post, self.posts[post]).author
        self._try(lambda: actions.mend_post(author, self.posts[post], f"Kinder {CANARY}."))

    @rule(post=which, is_held=st.booleans())
    def edit(self, post: int, is_held: bool) -> None:
        row = db.session.get_one(Post, self.posts[post])
        words = f"Edited {row.revision} {CANARY} {HELD_WORD if is_held else ''}"
        self._try(lambda: discussions.edit_post(row.author, row.id, words, row.revision))

    # --- what must hold after every step ---

    @invariant()
    def cases_go_only_where_they_may(self) -> None:
        db.session.rollback()
        for case in self._cases():
            before = self.states.get(case.id)
            assert case.state in WAYS[before], f"a case went from {before} to {case.state}"
            assert (case.closed_at is not None) == (case.state == "closed")
            assert case.version >= self.versions.get(case.id, 1)
            self.states[case.id], self.versions[case.id] = case.state, case.version

    @invariant()
    def each_comment_has_one_open_case_at_most(self) -> None:
        still_open = [case.target_id for case in self._cases() if case.closed_at is None]
        assert len(still_open) == len(set(still_open))

    @invariant()
    def hidden_words_wait_for_their_author_or_a_moderator(self) -> None:
        """A case that is decided or has a second look is about something hidden."""
        for case in self._cases():
            if case.state in ("decided", "second_look"):
                assert db.session.get_one(Post, case.target_id).state == "hidden"

    @invariant()
    def no_flag_waits_in_a_case_that_is_over(self) -> None:
        waiting = db.session.scalars(select(Flag).where(Flag.state == "open"))
        assert {db.session.get_one(Case, flag.case_id).state for flag in waiting} <= {"open"}

    @invariant()
    def each_measure_has_its_line_in_a_chain_that_holds(self) -> None:
        decided = select(func.count()).select_from(Measure)
        assert queries.verify_log() == (db.session.scalar(decided), None)

    @invariant()
    def the_record_has_no_words_and_no_names(self) -> None:
        lines = db.session.execute(text("SELECT * FROM log_entry")).mappings()
        told = " ".join(str(value) for line in lines for value in line.values())
        names = [self._person(who).name for who in {*AUTHORS, *MODERATORS, *READERS}]
        assert [word for word in (CANARY, *names) if word in told] == []

    # --- who and what ---

    def _person(self, who: str) -> User:
        return getattr(self.town, who)

    def _cases(self) -> list[Case]:
        return list(db.session.scalars(select(Case).where(Case.target_id.in_(self.posts)).order_by(Case.id)))

    def _open_flags(self, post_id: int) -> set[int]:
        return set(
            db.session.scalars(select(Flag.user_id).where(Flag.post_id == post_id, Flag.state == "open"))
        )

    def _count_measures(self) -> int:
        return db.session.scalar(select(func.count()).select_from(Measure)) or 0

    def _try(self, deed: Any) -> None:
        try:
            deed()
        except CivicForumError:
            db.session.rollback()


def test_every_case_goes_its_way(app, town, run_machine):
    run_machine(lambda: Desk(app, town))
