"""A town in which something was hidden in every way, each with a word of its own: for the sweeps."""

import itertools
import re
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from factories import (
    join,
    make_agreement,
    make_file,
    make_organization,
    make_post,
    make_project,
    make_rsvp,
    make_thread,
    make_town_hall,
    make_user,
    save,
)
from sqlalchemy import select

from civicforum.accounts.models import SYSTEM, User
from civicforum.agreement.actions import list_word, publish_agreement
from civicforum.agreement.models import Hold
from civicforum.agreement.queries import current_agreement, find_hold
from civicforum.agreement.wording import RuleWording, Wording, pack
from civicforum.db import db, now, transaction
from civicforum.discussions import actions as discussions
from civicforum.discussions.actions import Shape
from civicforum.discussions.asking import prepare_poll
from civicforum.discussions.models import Poll, Post
from civicforum.discussions.queries import first_post_id
from civicforum.files.models import Attachment
from civicforum.mediation import actions as mediation
from civicforum.moderation import actions as moderation
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import Case, Measure, Rating
from civicforum.moderation.quarters import quarter_of
from civicforum.moderation.queries import find_case_about
from civicforum.notifications.actions import notify
from civicforum.notifications.stops import Stop, sign_stop
from civicforum.partnerships.actions import (
    edit_project,
    follow_project,
    publish_update,
    set_phases,
    withdraw_update,
)
from civicforum.partnerships.actions.projects import PhaseDraft
from civicforum.partnerships.models import Invitation, Partner
from civicforum.rulemaking.models import Proposal
from civicforum.townhalls import actions as townhalls
from civicforum.townhalls import tokens
from civicforum.townhalls.models import AgendaItem, Decision, Summary
from civicforum.townhalls.queries import calendar_version
from civicforum.townhalls.wishes import NeedWish
from civicforum.voices.models import Voice

# Each hidden text is one of these and the word 'lantern', by which a search would find it.
WORDS = {"zqhidden", "zqearlier", "zqmended", "zqheldedit", "zqbeforeheld", "zqpending", "zqdeclined"} | {
    "zqwithdrawn",
    "zqheldthread",
    "zqheldopening",
    "zqhiddenpoll",
    "zqheldpoll",
    "zqdelayed",
}
REASONS = {"zqreason", "zqnote", "zqdeclinereason"} | {"zqappeal", "zqmessage", "zqoutcome"}
# What moderators noted for each other: for them alone, and never outside the queue.
REASONS |= {"zqinternal"}
CLOSED = {
    "zqclosedproject",
    "zqclosedvision",
    "zqclosedthread",
    "zqclosedpost",
    "zqclosednews",
    "zqclosedhall",
} | {
    "zqclosedplace",
    "zqclosedpoll",
    "zqdraftproject",
    "zqclosedtag",
    "zqownrules",
    "zqproposedrules",
}
DRAFTS = {"zqdrafthall", "zqdraftsummary", "zqwithdrawnnews"}
NEEDS = {"zqneed", "zqanswer"}
ADDRESSES = {"zqmailauthor", "zqmailflagger", "zqmailmember", "zqmailguest", "zqmailinvited"}
# What only its writer ever sees: a draft, and what a moderator asked them to change.
OWN = {"zqmydraft", "zqasked"}
# What was said to those who led the talk, by fewer than five people.
RATED = {"zqrating"}
# Who speaks under a pseudonym: their name stands nowhere in its project.
MASKED = {"zqmaskedname", "zqmaskedhandle", "zqmaskedmail"}
# What was removed for law is read by its writer, and by few who say why; what was blacked out by nobody.
RECORD = {"zqremoved", "zqblackedout"}
# What two people and a mediator say to each other: no role opens it.
ROOM = {"zqroom", "zqagreed"}
# A name and a profile that moderators took back: they alone know what stood there.
TAKEN = {"zqtakenname", "zqtakenhandle", "zqtakenprofile"}
# A word that is listed to be masked: whoever wrote it, wherever, nobody reads it.
LISTED = {"zqlisted"}
EVERYTHING = (
    TAKEN
    | WORDS
    | REASONS
    | CLOSED
    | DRAFTS
    | NEEDS
    | ADDRESSES
    | OWN
    | MASKED
    | RECORD
    | RATED
    | ROOM
    | LISTED
)

# voice → what they may read all the same
MAY_READ = {
    "guest": set(),
    "resident": set(),
    "elsewhere": set(),
    "suspended": set(),
    "organizer_here": DRAFTS | NEEDS | ADDRESSES,
    "site_moderator": WORDS | REASONS | TAKEN | {"zqasked"},
}


@dataclass
class Town:
    """What was planted: people by voice, and for each parameter of a door what fits into it."""

    people: dict[str, User] = field(default_factory=dict)
    fills: dict[str, list[Any]] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    channels: dict[str, list[str]] = field(default_factory=dict)


@pytest.fixture(name="town")
def planted_town(app, made_once) -> Town:
    """A town in which something was hidden in each way, after people were told of it."""
    people, posts, fills, channels = made_once("hidden_town", _plant)
    return Town(
        people={voice: db.session.get_one(User, user_id) for voice, user_id in people.items()},
        fills=deepcopy(fills),
        posts={name: db.session.get_one(Post, post_id) for name, post_id in posts.items()},
        channels=deepcopy(channels),
    )


def _plant() -> tuple[dict[str, int], dict[str, int], dict[str, list[Any]], dict[str, list[str]]]:
    """Of a town as below, ids in place of people and posts: those are read anew by each test."""
    town = _plant_town()
    people = {voice: user.id for voice, user in town.people.items()}
    return people, {name: post.id for name, post in town.posts.items()}, town.fills, town.channels


def _plant_town() -> Town:
    make_agreement()
    town = Town()
    author = make_user(name="Ana Author", email="zqmailauthor@example.org")
    flagger = make_user(name="Flo Flagger", email="zqmailflagger@example.org")
    member = make_user(name="Mem Member", email="zqmailmember@example.org")
    # Who runs one project, keeps another one civil and speaks for a partner: no power over what is hidden.
    elsewhere = make_user(name="Otto Elsewhere", email="otto@example.org")
    office = make_organization(elsewhere)
    people = town.people = {
        "resident": make_user(name="Rita Resident", handle="rita", email="rita@example.org"),
        "elsewhere": elsewhere,
        "suspended": make_user(
            name="Sus Pended", email="sus@example.org", suspended_until=now() + timedelta(days=1)
        ),
        "organizer_here": make_user(name="Olga Here", email="olga@example.org"),
        "site_moderator": make_user("moderator", name="Mona Moderator", email="mona@example.org"),
        "author": author,
        "flagger": flagger,
        "member": member,
    }
    own = make_project(elsewhere, title="Elsewhere")
    join(make_project(title="Elsewhere, too"), elsewhere, "moderator")
    project = make_project(
        people["organizer_here"], office, title="Open project", slug="open-room", allows_pseudonyms=True
    )
    list_word(people["site_moderator"], "holdme", "hold")
    list_word(people["site_moderator"], "zqlisted", "mask")
    _plant_posts(town, project)
    hall = _plant_drafts(town, project)
    _plant_listed(town, project)
    closed, closed_hall, closed_thread = _plant_closed(town)
    _plant_rules(town, closed)
    drafted = make_project(member, status="draft", title="zqdraftproject lantern", slug="drafted-room")
    _collect(town, [project, closed, drafted, own], [hall, closed_hall], closed_thread)
    return town


def _plant_posts(town: Town, project) -> None:
    author, resident, moderator = (town.people[who] for who in ("author", "resident", "site_moderator"))
    thread = make_thread(project, resident, title="The square", slug="the-square")
    question = make_post(thread, resident, "A lantern in the open.")

    def say(words: str) -> int:
        return discussions.post_reply(author, thread.id, f"{words} lantern @rita", question.id).id

    hidden, mended, withdrawn, held_edit = map(say, ("zqearlier", "zqhidden", "zqwithdrawn", "zqbeforeheld"))
    discussions.edit_post(author, hidden, "zqhidden lantern @rita", 1)
    discussions.keep_bookmark(resident, hidden)
    discussions.keep_draft(author, thread.channel, "zqmydraft lantern")
    _plant_poll(author, hidden, "zqhiddenpoll", resident, town.people["flagger"])
    for post_id in (hidden, mended, withdrawn, held_edit):
        make_post(thread, resident, "What do you mean?", reply_to_id=post_id)
        discussions.react(resident, post_id, "support")
    moderation.flag_post(town.people["flagger"], hidden, 2, "zqnote lantern")
    moderation.moderate(moderator, "post", hidden, Deed("hide", 2, "zqreason lantern"))
    moderation.moderate(moderator, "post", mended, Deed("hide", 2, "zqreason lantern"))
    moderation.mend_post(author, mended, "zqmended lantern")
    discussions.withdraw_post(author, withdrawn)
    discussions.edit_post(author, held_edit, "zqheldedit lantern holdme", 1)
    pending = say("zqpending holdme")
    _plant_poll(author, pending, "zqheldpoll")
    declined = say("zqdeclined holdme")
    deed = Deed("decline", 2, "zqdeclinereason lantern")
    moderation.decide_hold(moderator, find_hold("post", declined).id, deed)
    asked = say("Shown, although it says holdme:")
    moderation.decide_hold(moderator, find_hold("post", asked).id, Deed("approve", None, "zqasked lantern"))
    held_thread = discussions.start_thread(
        author, project.id, "zqheldthread lantern holdme", "zqheldopening lantern"
    )
    _plant_measures(town, thread, author)
    flagged = make_post(thread, author, "This one stays.")
    _plant_poll(author, flagged.id, "Open question", resident)
    moderation.flag_post(town.people["flagger"], flagged.id, 2, "zqnote lantern")
    moderation.add_note(moderator, "case", find_case_about("post", flagged.id).id, "zqinternal lantern")
    moderation.add_note(moderator, "hold", find_hold("post", pending).id, "zqinternal lantern")
    _plant_second_looks(town, hidden, mended)
    names = {
        "hidden": hidden,
        "mended": mended,
        "withdrawn": withdrawn,
        "held_edit": held_edit,
        "pending": pending,
        "declined": declined,
        "question": question.id,
        "flagged": flagged.id,
    }
    _plant_files(town, thread, names)
    _plant_room(town, question.id)
    _plant_taken(town, thread, question.id)
    _plant_masked(town, project, question.id, flagged.id)
    for kind, object_id in (("thread", thread.id), ("townhall", 1)):
        place = {"kind": kind, "object_id": object_id, "project_id": project.id}
        save(Rating(**place, user_id=author.id, fair=1, heard=1, words="zqrating lantern"))
    town.posts = {name: db.session.get_one(Post, post_id) for name, post_id in names.items()}
    also = [*town.fills.pop("masked_thread"), *town.fills.pop("delayed_thread")]
    town.fills["threads/thread_id"] = [thread.id, held_thread.id, *also]
    town.channels["open"] = [thread.channel]
    town.channels["queue"] = ["queue:1"]
    town.channels["held"] = [held_thread.channel]


def _plant_measures(town: Town, thread, author: User) -> None:
    """Removed for law, blacked out where it stands and where it was quoted, and a thread that is slow."""
    moderator, resident = town.people["site_moderator"], town.people["resident"]
    removed = discussions.post_reply(author, thread.id, "zqremoved lantern @rita").id
    moderation.moderate(moderator, "post", removed, Deed("remove", 2, "Because of the law."))
    told = discussions.post_reply(author, thread.id, "Call zqblackedout, lantern.").id
    discussions.edit_post(author, told, "Do call zqblackedout, lantern @rita.", 1)
    discussions.post_reply(resident, thread.id, "> Do call zqblackedout, lantern @rita.\n\nWhy?", told)
    deed = Deed("redact", 2, "It is a number.", passages=("zqblackedout",))
    moderation.moderate(moderator, "post", told, deed)
    slow = make_thread(thread.project, resident, title="A slow one")
    moderation.moderate(moderator, "thread", slow.id, Deed("slow", 2, "It went fast."))
    _plant_delayed(town, slow, author)


def _plant_delayed(town: Town, thread, author: User) -> None:
    """What waits its seconds in the slow thread, for longer than any test lasts."""
    deed = Deed("delay", 2, "It went fast.")
    moderation.moderate(town.people["site_moderator"], "thread", thread.id, deed)
    post = discussions.post_reply(author, thread.id, "zqdelayed lantern @rita")
    with transaction():
        find_hold("post", post.id).due_at += timedelta(days=1)
    town.fills["delayed_thread"] = [thread.id]


def _plant_listed(town: Town, project) -> None:
    """A word that is masked, in whatever somebody can write for others to read."""
    painter, organizer = make_user(), town.people["organizer_here"]
    town.people["painter"] = painter
    said = "A zqlisted lantern"
    thread = discussions.start_thread(painter, project.id, said, f"{said}, @rita.")
    opening = first_post_id(thread.id)
    discussions.edit_post(painter, opening, f"{said} again, @rita.", 1)
    discussions.post_reply(organizer, thread.id, f"> {said}\n\nA zqlisted answer, @rita.", opening)
    _plant_poll(painter, opening, said)
    discussions.set_tags(organizer, project.id, [said])
    edit_project(organizer, project, vision=said, summary=said, decides=said)
    set_phases(organizer, project, [PhaseDraft(said, now().date(), text=said)])
    publish_update(organizer, project, said, said)
    hall = make_town_hall(project, title=said, summary=said, location=said, access_statement=said)
    save(AgendaItem(town_hall_id=hall.id, position=1, title=said, presenter=said))
    decided = [Decision(position=1, text=said, owner=said)]
    facts = {"version": 1, "body": said, "html": f"<p>{said}</p>", "attendance": 0}
    save(Summary(town_hall_id=hall.id, decisions=decided, **facts))
    with transaction():
        # The form refuses such a word; what came by another way is masked as it is written.
        painter.about, painter.neighbourhood = said, said
    organization = make_organization(name=said, about=said)
    save(Partner(project_id=project.id, organization_id=organization.id, brings=said))
    discussions.close_thread(organizer, thread.id, said)
    town.fills["threads/thread_id"].append(thread.id)
    town.fills["town-halls/town_hall_id"].append(hall.id)


def _plant_room(town: Town, question_id: int) -> None:
    """A room in which two people and a mediator talked and put words to an agreement; and one offer."""
    author, mediator = town.people["author"], make_user("mediator", name="Mia Mediator")
    make_organization(mediator, name="The Mission")
    other = make_user(name="Odd Other")
    post = make_post(db.session.get_one(Post, question_id).thread, other, "A lantern, at odds.")
    room = mediation.ask_for_mediation(author, post.id).id
    for person in (other, mediator):
        mediation.accept_offer(person, room)
    mediation.say(author, room, "zqroom lantern @rita")
    mediation.write_agreement(other, room, mediation.Draft("zqagreed lantern @rita", 30))
    offer = mediation.ask_for_mediation(town.people["flagger"], post.id).id
    town.fills["mediation/mediation_id"] = [room, offer]
    town.channels["mediation"] = [f"mediation:{room}"]
    with transaction():
        people = list(db.session.scalars(select(User.id)))
        for reason in ("mediation_offer", "mediation_message", "mediation_not"):
            notify(people, reason, "mediation", room)


def _plant_second_looks(town: Town, hidden: int, mended: int) -> None:
    """One that waits for residents who were drawn, one that was decided; and everybody was told of them."""
    author, other = town.people["author"], make_user("moderator", name="Omar Other")
    for _number in range(3):
        moderation.volunteer(make_user(), True)
    cases = [find_case_about("post", post_id).id for post_id in (hidden, mended)]
    waits = moderation.appeal_measure(author, cases[0], "zqappeal lantern", by_lot=True)
    moderation.say_in_appeal(author, waits.id, "zqmessage lantern")
    moderation.draw_panel(SYSTEM, waits.id)
    decided = moderation.appeal_measure(author, cases[1], "zqappeal lantern")
    moderation.decide_appeal(other, decided.id, "upheld", "zqoutcome lantern", 1)
    with transaction():
        people = list(db.session.scalars(select(User.id)))
        for reason in ("appeal_asked", "appeal_message", "panel_asked", "yours_upheld"):
            notify(people, reason, "appeal", waits.id)
    town.fills["appeals/appeal_id"] = [waits.id, decided.id]


def _plant_taken(town: Town, thread, question_id: int) -> None:
    """Somebody who spoke under a name, and then lost it and what they said of themselves."""
    facts = {"handle": "zqtakenhandle", "about": "zqtakenprofile lantern"}
    taken = town.people["taken"] = make_user(name="zqtakenname", **facts)
    post = discussions.post_reply(taken, thread.id, "A lantern of mine.", question_id)
    discussions.react(taken, question_id, "thanks")
    discussions.post_reply(town.people["resident"], thread.id, "Which lantern?", post.id)
    moderation.flag_person(town.people["flagger"], taken.id, "name", 2, "zqnote lantern")
    for action in ("take_name", "clear_profile"):
        deed = Deed(action, 2, "zqreason lantern")
        moderation.moderate(town.people["site_moderator"], "person", taken.id, deed)
    moderation.flag_person(town.people["flagger"], taken.id, "profile", 2, "zqnote lantern")


def _plant_masked(town: Town, project, question_id: int, flagged_id: int) -> None:
    """Whatever a person can do under a pseudonym, and what others do with it."""
    masked = make_user(name="zqmaskedname", handle="zqmaskedhandle", email="zqmaskedmail@example.org")
    town.people["masked"] = masked
    resident, moderator = town.people["resident"], town.people["site_moderator"]
    discussions.take_pseudonym(masked, project.id, "a secret of the town's own")
    thread = discussions.start_thread(masked, project.id, "What a lantern", "A lantern under another name.")
    discussions.shape_thread(masked, thread.id, Shape(title="What lanterns", kind="question"))
    replies = [
        discussions.post_reply(masked, post.thread_id, "A lantern, @rita.", post.id).id
        for post in (db.session.get_one(Post, post_id) for post_id in (question_id, flagged_id))
    ]
    answer = discussions.post_reply(resident, thread.id, "Which?", first_post_id(thread.id)).id
    discussions.react(masked, answer, "thanks")
    discussions.edit_post(masked, replies[0], "A lantern at dusk, @rita.", 1)
    _plant_poll(masked, replies[0], "Which lantern", resident)
    moderation.flag_post(town.people["flagger"], replies[1], 2, "zqnote lantern")
    moderation.moderate(moderator, "post", replies[1], Deed("hide", 2, "zqreason lantern"))
    discussions.post_reply(masked, thread.id, "Another holdme lantern.")
    town.fills["masked_thread"] = [thread.id]


def _plant_files(town: Town, thread, posts: dict[str, int]) -> None:
    """A picture with each text that is hidden, by its words and by its dots; one that is in nothing yet."""
    author = town.people["author"]
    for name in ("hidden", "withdrawn", "pending", "declined"):
        _plant_picture(town, author, posts[name], f"zq{name}")
    _plant_picture(town, author, posts["held_edit"], "zqheldedit")
    _plant_picture(town, author, None, "zqpending")
    make_file(author, db.session.get_one(Post, posts["declined"]), "pdf", content=b"zqdeclined")


def _plant_picture(town: Town, owner, post_id: int | None, word: str) -> None:
    post = post_id and db.session.get_one(Post, post_id)
    make_file(owner, post, alt_text=f"{word} lantern", name=f"{word}.webp", content=word.encode())


def _plant_poll(author: User, post_id: int, word: str, *voters: User) -> None:
    """A poll in which these people voted, and about which everybody's inbox has a row."""
    options = (f"{word} lantern", f"{word} or not")
    asked = prepare_poll("single", f"{word} lantern?", options, now() + timedelta(days=3))
    poll = discussions.set_poll(author, post_id, asked)
    for voter in voters:
        discussions.cast_vote(voter, poll.id, {poll.options[0].id: 1})
    with transaction():
        people = list(db.session.scalars(select(User.id)))
        for reason in ("poll_closing", "poll_closed", "poll_outcome", "poll_review"):
            notify(people, reason, "poll", poll.id)


def _plant_drafts(town: Town, project):
    """A draft meeting; a published one with needs; news that were taken back."""
    organizer = town.people["organizer_here"]
    hall = make_town_hall(
        project, status="draft", title="zqdrafthall lantern", summary="zqdraftsummary lantern"
    )
    seen = make_town_hall(project, title="Open hall")
    townhalls.rsvp(town.people["member"], seen.id, "going", needs=[NeedWish("childcare", "zqneed lantern")])
    need_id = townhalls.rsvp(town.people["member"], seen.id, "going").needs[0].id
    townhalls.settle_need(organizer, seen.id, need_id, "confirmed", "zqanswer lantern")
    make_rsvp(seen, None, guest_email="zqmailguest@example.org", guest_name="Gus Guest")
    kept = publish_update(organizer, project, "Open news", "A lantern.")
    gone = publish_update(organizer, project, "zqwithdrawnnews lantern", "zqwithdrawnnews lantern")
    withdraw_update(organizer, gone)
    town.fills["updates/update_id"] = [kept.id, gone.id]
    town.fills["town-halls/town_hall_id"] = [seen.id]
    town.channels["open"].append(seen.channel)
    town.channels["draft"] = [hall.channel]
    return hall


def _plant_closed(town: Town):
    """A project that closed its doors when people had answered, been called on and been asked to come."""
    member, resident = town.people["member"], town.people["resident"]
    closed = make_project(
        member, title="zqclosedproject lantern", vision="zqclosedvision lantern", slug="closed-room"
    )
    thread = discussions.start_thread(
        member, closed.id, "zqclosedthread lantern", "zqclosedpost lantern @rita"
    )
    opening = db.session.scalars(select(Post).where(Post.thread_id == thread.id)).one()
    _plant_picture(town, member, opening.id, "zqclosedpost")
    _plant_poll(member, first_post_id(thread.id), "zqclosedpoll", resident)
    starts_at = now() + timedelta(days=3)
    hall = make_town_hall(
        closed,
        title="zqclosedhall lantern",
        location="zqclosedplace",
        thread_id=thread.id,
        starts_at=starts_at,
    )
    townhalls.rsvp(resident, hall.id, "going")
    guest_answer = make_rsvp(hall, None, guest_email="zqmailguest@example.net", guest_name="Gus")
    join(closed, resident)
    discussions.follow_thread(resident, thread.id, "subscribed")
    follow_project(resident, closed.slug, "subscribed")
    town.fills["unsubscribe/token"] = [
        "nothing-here",
        sign_stop(Stop(resident.id, ("mention", "subscription"), "thread", thread.id)),
        sign_stop(Stop(resident.id, ("subscription",), "project", closed.id)),
    ]
    news = publish_update(member, closed, "zqclosednews lantern", "zqclosednews lantern")
    for row in list(resident.memberships):
        with transaction():
            db.session.delete(db.session.merge(row))
    save(
        Invitation(
            project_id=closed.id, email="zqmailinvited@example.org", token_hash="0" * 64,
            expires_at=now() + timedelta(days=1),
        )
    )  # fmt: skip
    edit_project(member, closed, visibility="members")
    discussions.set_tags(member, closed.id, ["zqclosedtag lantern"])
    town.fills["tags/tag"] = ["zqclosedtag-lantern"]
    town.fills["updates/update_id"].append(news.id)
    town.fills["town-halls/town_hall_id"].append(hall.id)
    town.fills["answers/rsvp_id"] = [guest_answer.id]
    town.channels["closed"] = [thread.channel, hall.channel]
    return closed, hall, thread


def _plant_rules(town: Town, closed) -> None:
    """Rules of the closed project's own, and what is proposed for them and for the town's."""
    own = Wording("zqownrules lantern", (RuleWording("zqownrules", "lantern"),))
    proposed = Wording("zqproposedrules lantern", (RuleWording("zqproposedrules", "lantern"),))
    bases = [publish_agreement(SYSTEM, own, project_id=closed.id), current_agreement()]
    for base, project_id, words in zip(bases, (closed.id, None), ("zqproposedrules", "Fewer"), strict=True):
        facts = {"based_on_id": base.id, "project_id": project_id, "title": words, "why": words, "quorum": 5}
        wording = pack(proposed if project_id else Wording("Fewer.", own.rules[:0]))
        row = save(Proposal(wording=wording, closes_at=now() + timedelta(days=3), **facts))
        town.fills.setdefault("proposals/proposal_id", []).append(row.id)
    town.fills["changes/version_id"] = town.fills["versions/version_id"] = [base.id for base in bases]


def _collect(town: Town, projects, halls, closed_thread) -> None:
    """Put everything that has an id or a name into the places of addresses."""
    fills = town.fills
    fills["threads/thread_id"].append(closed_thread.id)
    fills["town-halls/town_hall_id"] += [hall.id for hall in halls]
    fills["town-halls/town_hall_id"] = sorted(set(fills["town-halls/town_hall_id"]))
    # One of those that only ask what a hidden one means stands for all.
    by_words = {post.body: post.id for post in db.session.scalars(select(Post).order_by(Post.id))}
    fills["posts/post_id"] = list(by_words.values())
    fills["polls/poll_id"] = list(db.session.scalars(select(Poll.id)))
    fills["cases/case_id"] = list(db.session.scalars(select(Case.id)))
    fills["holds/hold_id"] = list(db.session.scalars(select(Hold.id)))
    fills["measures/measure_id"] = list(db.session.scalars(select(Measure.id)))
    fills["measures/action"] = ["redact", "take_name"]
    fills["items/kind"], fills["items/item_id"] = ["case", "hold"], fills["cases/case_id"][:3]
    fills["calm/action"] = ["slow", "delay"]
    fills["templates/key"] = ["bad-hour"]
    fills["receipts/number"] = list(db.session.scalars(select(Voice.number)))
    fills["projects/slug"] = [project.slug for project in projects]
    fills["organizations/slug"] = [row.organization.slug for row in db.session.scalars(select(Partner))]
    fills["partners/partner_id"] = list(db.session.scalars(select(Partner.id)))
    fills["people/handle"] = [person.handle for person in town.people.values()]
    fills["channels/name"] = list(itertools.chain(*town.channels.values()))
    fills["files/key"] = list(db.session.scalars(select(Attachment.key)))
    fills["drafts/place"] = [f"thread:{thread_id}" for thread_id in fills["threads/thread_id"]]
    fills["files/part"] = ["full", "file"]
    fills["files/name"] = ["x.webp"]
    fills["versions/number"] = [1]
    fills["report/quarter"] = [quarter_of(now()).name]
    fills["language/code"] = ["en"]
    # A slug that is not the right one: the answer must not tell the right one.
    fills["threads/slug"] = ["x"]
    # What only the person of a mail has; their own are added for each voice.
    for door in (
        "answers",
        "confirm",
        "invitations",
        "reset",
        "link",
        "address",
        "undo",
        "my",
    ):
        fills[f"{door}/token"] = ["nothing-here"]


def addresses(app, fills: dict[str, list[Any]]) -> list[str]:
    """Every GET door with everything that fits into it."""
    found: list[str] = []
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if "GET" in rule.methods and rule.endpoint != "static":
            found += fill(rule.rule, fills)
    return found


def fill(rule: str, fills: dict[str, list[Any]]) -> list[str]:
    pieces = re.split(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", rule)
    choices: list[list[Any]] = []
    place = ""
    for literal, name in zip(pieces[::2], pieces[1::2], strict=False):
        place = next((part for part in reversed(literal.split("/")) if part), place)
        values = fills.get(f"{place}/{name}")
        assert values, (
            f"The sweep does not know what to put into <{name}> of {rule}: plant something hidden behind it "
            f"in tests/hidden_town.py, and give its ids as {place}/{name}."
        )
        choices.append(values)
    literals = pieces[::2]
    return [
        "".join(
            f"{literal}{value}" for literal, value in itertools.zip_longest(literals, values, fillvalue="")
        )
        for values in itertools.product(*choices)
    ]


def some(fills: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Five of what fits into each place of an address, from the first to the last: where what holds is the
    door's, whatever stands behind it."""
    return {name: [values[i * (len(values) - 1) // 4] for i in range(5)] if len(values) > 5 else values
            for name, values in fills.items()}  # fmt: skip


def fills_for(app, town: Town, voice: str) -> dict[str, list[Any]]:
    """With the voice's own calendar, and the link that the guest of the closed meeting was mailed."""
    secret = app.config["SECRET_KEY"]
    own = {"answers/token": [tokens.sign_answer(secret, n) for n in town.fills["answers/rsvp_id"]]}
    if voice != "guest":
        user = town.people[voice]
        own["my/token"] = [tokens.sign_calendar(secret, user.id, calendar_version(user))]
    return {**town.fills, **own}
