"""What the law asks to be said of each measure: all of it, on the page, by mail, over the API, in the record.

Article 17 of the EU's Digital Services Act: the measure, where and how long; the facts; who or what found it
and decided; the rule and why it fits; and every way to contest it, with the last day.
"""

from datetime import timedelta
from mailbox import mails_to, words

import pytest
from factories import make_user
from sqlalchemy import select

from civicforum.agreement.queries import get_rule
from civicforum.db import db, now, transaction
from civicforum.moderation import actions
from civicforum.moderation.actions import Deed
from civicforum.moderation.kinds import KINDS, STATED, TAKES_BACK
from civicforum.moderation.models import Case, LogEntry, Measure
from civicforum.moderation.queries import count_report, latest_quarter
from civicforum.moderation.statements import done_words, statement_of

REASON = "It says what people are, and not what they did."
FIELDS = {
    *("measure", "done", "scope", "starts_at", "until", "facts", "reason", "rule", "origin", "less"),
    *("is_automated_detection", "is_automated_decision", "redress", "case_id", "measure_id"),
}


def take(place, action: str) -> Measure:
    if action == "decline":
        _post, hold = place.hold()
        actions.decide_hold(place.moderator, hold.id, Deed("decline", 2, REASON))
    elif action in TAKES_BACK:
        with transaction():
            place.author.about = "They are animals."
        actions.moderate(place.moderator, "person", place.author.id, Deed(action, 2, REASON))
    else:
        until = now() + timedelta(days=3) if KINDS[action].lasts else None
        passages = ("animals",) if action == "redact" else ()
        deed = Deed(action, 2, REASON, until=until, passages=passages)
        actions.moderate(place.moderator, "post", place.post.id, deed)
    return db.session.scalars(select(Measure).order_by(Measure.id.desc()).limit(1)).one()


@pytest.mark.parametrize("action", STATED)
def test_each_measure_is_told_with_all_that_the_law_asks(app, place, sign_in, client, token_for, action):
    measure = take(place, action)
    address = f"/cases/{measure.case_id}"
    page = sign_in(place.author).get(f"{address}/reasons?measure={measure.id}", follow_redirects=True).text
    mail = words(mails_to(app, place.author.email)[-1])
    stated = client.get(f"/api/v1{address}/statement", headers=token_for(place.author)).json
    rule = get_rule(2)
    with app.test_request_context():
        done = done_words(action)
    about = "The name or the profile" if action in TAKES_BACK else "The comment in “The playground”"
    for told in (page, mail):
        unwrapped = " ".join(told.split())
        for fact in (
            REASON,
            f"{rule.number}. {rule.title}",
            about,
            "A moderator, by hand. No automatic check decided.",
            "ou may go on writing" if action != "suspend" else "The whole site.",
            "Until",
            "second look",
            "court",
        ):
            assert fact in unwrapped, fact
    assert done in " ".join(page.split())
    assert set(stated) == FIELDS
    assert (stated["measure"], stated["done"], stated["reason"]) == (action, done, REASON)
    assert (stated["until"] is not None) == (action in ("mute", "silence", "suspend"))
    assert set(stated["rule"]) == {"number", "title", "text", "version"}
    assert stated["redress"]["is_open"] is True
    assert set(stated["redress"]) >= {"url", "last_day", "out_of_court"}
    line = db.session.scalars(select(LogEntry).where(LogEntry.action == action)).one()
    assert line.rule == f"{rule.number} {rule.title}"
    assert None not in (line.scope, line.automatic, line.source, line.hours, line.case_id)
    assert (line.until is not None) == (stated["until"] is not None)


def test_who_decided_is_no_moderator_where_it_was_somebody_else(app, place):
    measure = take(place, "hide")
    with transaction():
        measure.actor_id = make_user(name="Judge Judy").id
    with app.test_request_context():
        told = statement_of(measure).who_decided
    assert told == "Somebody who is no moderator, or several, by hand. No automatic check decided."


@pytest.mark.parametrize("action", [name for name, kind in KINDS.items() if kind.needs_rule])
def test_no_measure_is_taken_without_a_rule_and_a_reason(place, client, token_for, action):
    target = {"type": "post", "id": place.post.id}
    for lacking in ({"rule": 2, "reason": " "}, {"reason": REASON}, {"rule": 99, "reason": REASON}):
        body = {"target": target, "action": action, **lacking}
        answer = client.post("/api/v1/cases", json=body, headers=token_for(place.moderator))
        assert answer.status_code == 422, (lacking, answer.json)
    assert db.session.scalars(select(Case)).all() == []


def test_the_report_counts_what_the_law_and_the_principles_ask(place):
    take(place, "hide")
    figures = count_report(latest_quarter()).figures
    assert set(figures) >= {
        *("measures", "by_rule", "by_source", "by_action", "hours_to_decision"),
        *("appeals", "automated", "holds", "flags"),
    }
    assert set(figures["appeals"]) >= {"received", "decided", "upheld", "overturned", "varied"}
