"""The mails of moderation, what the clock does for second looks, and the end of each day of the record."""

from datetime import date, timedelta
from typing import Any

from flask import current_app, url_for
from flask_babel import force_locale
from flask_babel import lazy_gettext as _

from civicforum import jobs, mail
from civicforum.accounts.models import SYSTEM, User
from civicforum.agreement.duty import find_duty
from civicforum.discussions.models import Post
from civicforum.moderation import actions, queries
from civicforum.moderation.addresses import reasons_url
from civicforum.moderation.models import Appeal, Measure
from civicforum.moderation.queries.on_duty import HeldIn
from civicforum.moderation.statements import less_words, statement_of
from civicforum.notifications.actions import gather_mail, note_mailed
from civicforum.notifications.mailing import in_language_of, mail_person
from civicforum.notifications.stops import Stop
from civicforum.web.site import get_site


@jobs.task("moderation.tell_author")
def tell_author(measure_id: int) -> None:
    """The statement of reasons, to whom it is about: the author of a comment, or a person."""
    found = queries.find_measure(measure_id)
    if found is None:
        return
    measure, post = found
    person = measure.case.target_author
    if not _can_be_mailed(person):
        return
    assert person is not None
    locale = person.locale or "en"
    with force_locale(locale):
        facts = _measure_facts(measure, post)
    mail.send(
        person.email,
        "moderation/mail/reasons.md",
        locale=locale,
        key=f"measure:{measure.id}:author",
        because=mail.Because(
            _("You get this because it is about what you wrote or did; whoever decides must tell you why.")
        ),
        name=person.name,
        **facts,
    )


def _can_be_mailed(person: User | None) -> bool:
    return person is not None and person.erased_at is None and person.is_confirmed


def _measure_facts(measure: Measure, post: Post | None) -> dict[str, Any]:
    """What the mail says, in the language that is spoken just now."""
    if measure.action == "restore" and post is not None:
        place: dict[str, Any] = {"thread_id": post.thread_id, "from": post.seq}
        url = url_for("discussions.show_thread", _external=True, **place)
    else:
        url = reasons_url(measure.case, post, external=True)
    return {
        "measure": measure,
        "thread": post.thread.title if post is not None else "",
        "statement": statement_of(measure),
        "url": url,
        "settings_url": url_for("accounts.settings", _external=True),
    }


@jobs.task("moderation.mail_asked")
def mail_asked(appeal_id: int) -> None:
    """To the town's independent person, who may have no account yet: somebody asks for a second look."""
    appeal, site = queries.find_waiting(appeal_id), get_site()
    if appeal is None or not site.independent_email or not queries.may_independent_decide(appeal):
        return
    mail.send(
        site.independent_email,
        "moderation/mail/appeal_asked.md",
        locale=site.locale,
        key=f"appeal:{appeal.id}:asked",
        because=mail.Because(_("You get this because this town named you for second looks.")),
        name=site.independent_name,
        address=site.independent_email,
        due=appeal.due_at,
        url=_url(appeal),
    )


@jobs.task("moderation.mail_drawn")
def mail_drawn(seat_id: int) -> None:
    """To a resident who was drawn: what it is, and until when."""
    seat = queries.find_asked_seat(seat_id)
    person = queries.find_person(seat.user_id) if seat is not None else None
    if seat is None or person is None or not _can_be_mailed(person):
        return
    mail.send(
        person.email,
        "moderation/mail/panel_asked.md",
        locale=person.locale or "en",
        key=f"seat:{seat.id}:asked",
        because=mail.Because(
            _("You get this because you offered to decide second looks. On the page you can say no.")
        ),
        name=person.name,
        due=seat.due_at,
        url=_url(seat.appeal),
    )


@jobs.task("moderation.mail_outcome")
def mail_outcome(appeal_id: int) -> None:
    """To who asked: how it ended, and why."""
    appeal = queries.find_decided(appeal_id)
    if appeal is None or not _can_be_mailed(appeal.person):
        return
    person = appeal.person
    assert person is not None
    locale = person.locale or "en"
    with force_locale(locale):
        less = less_words(appeal.measure)
    mail.send(
        person.email,
        "moderation/mail/appeal_decided.md",
        locale=locale,
        key=f"appeal:{appeal.id}:decided",
        because=mail.Because(_("You get this because you asked for a second look.")),
        name=person.name,
        outcome=appeal.outcome,
        side=appeal.side,
        less=less,
        reason=appeal.reason,
        url=_url(appeal),
    )


@jobs.task("moderation.mail_held")
def mail_held(user_id: int, bundle: str) -> None:
    """To a moderator, while they are on duty: how much waits for them in a project. No words of anybody."""
    user = queries.find_person(user_id)
    batch = gather_mail(SYSTEM, user_id, bundle, "moderation.mail_held")
    if user is None or batch is None:
        return
    projects = [object_id for _reason, object_id in batch.told]
    counts = queries.count_held(user, projects) if find_duty(user) else {}
    told = [held for held in counts.values() if held.count]
    for held in told:
        with in_language_of(user):
            _mail_held(user, held, batch.number)
    note_mailed(SYSTEM, user_id, batch.number, bool(told))


def _mail_held(user: User, held: HeldIn, number: int) -> None:
    mail_person(
        user,
        "moderation/mail/held.md",
        key=f"held:{user.id}:{number}",
        because=_("You get this because you are on duty as a moderator."),
        stop=Stop(user.id, ("held",)),
        name=user.name,
        count=held.count,
        project=held.project,
        url=url_for("moderation.queue", _external=True),
    )


def _url(appeal: Appeal) -> str:
    return url_for("moderation.show_appeal", appeal_id=appeal.id, _external=True)


@jobs.task("moderation.draw_panel")
def draw_panel(appeal_id: int) -> None:
    actions.draw_panel(SYSTEM, appeal_id)


@jobs.task("moderation.replace_juror")
def replace_juror(seat_id: int) -> None:
    actions.replace_juror(SYSTEM, seat_id)


@jobs.task_of_round("moderation.close_days", every=timedelta(hours=1))
def close_days() -> None:
    """Once a day is over: publish its head, and count the reports anew."""
    actions.publish_heads(SYSTEM)
    for quarter in queries.quarters_to_count():
        report = queries.count_report(quarter)
        actions.keep_report(SYSTEM, quarter.name, report.number, report.hash, report.figures)


@jobs.task("moderation.mail_head")
def mail_head(day: str) -> None:
    """The head of a day, to somebody outside who keeps it: then nobody can rewrite what was before."""
    head, witness = queries.find_head(date.fromisoformat(day)), current_app.config["LOG_WITNESS"]
    if head is None or witness is None:
        return
    site = get_site()
    mail.send(
        witness,
        "moderation/mail/head.md",
        locale="en",
        key=f"head:{day}:{head.hash}",
        because=mail.Because(
            _("You get this because this town asked you to keep the codes of its public record.")
        ),
        site_name=site.name,
        day=day,
        number=head.number,
        code=head.hash,
        url=url_for("moderation.show_heads", _external=True),
    )
