"""The mails of moderation, and the end of each day of its record."""

from datetime import date, timedelta

from flask import current_app, url_for
from flask_babel import lazy_gettext as _

from civicforum import jobs, mail
from civicforum.accounts.models import SYSTEM
from civicforum.discussions.models import Post
from civicforum.moderation import actions, queries
from civicforum.moderation.addresses import reasons_url
from civicforum.moderation.models import Measure
from civicforum.web.site import get_site

# What their own mail says of the comment; everything else has one mail for all.
OF_WORDS = ("hide", "decline", "leave", "restore")


@jobs.task("moderation.tell_author")
def tell_author(measure_id: int) -> None:
    """The statement of reasons, to whom the measure is about."""
    found = queries.find_measure(measure_id)
    if found is None:
        return
    measure, post = found
    author = measure.case.target_author
    if author is None or author.erased_at is not None or not author.is_confirmed:
        return
    locale = author.locale or "en"
    mail.send(
        author.email,
        "moderation/mail/reasons.md" if measure.action in OF_WORDS else "moderation/mail/measure.md",
        locale=locale,
        key=f"measure:{measure.id}:author",
        because=mail.Because(
            _("You get this because you wrote the comment; whoever decides must tell you why.")
            if post is not None
            else _("You get this because it is about your account; whoever decides must tell you why.")
        ),
        action=measure.action,
        name=author.name,
        thread=post.thread.title if post is not None else "",
        rule=f"{measure.rule.number}. {measure.rule.title_in(locale)}" if measure.rule else "",
        reason=measure.reason,
        until=measure.until,
        zone=author.timezone,
        url=_url(measure, post),
    )


def _url(measure: Measure, post: Post | None) -> str:
    if post is not None and measure.action == "restore":
        place = {"from": str(post.seq)}
        return url_for("discussions.show_thread", _external=True, thread_id=post.thread_id, **place)
    return reasons_url(measure.case, post, external=True)


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
