"""The mails of moderation."""

from flask import url_for
from flask_babel import lazy_gettext as _

from civicforum import jobs, mail
from civicforum.discussions.models import Post
from civicforum.moderation import queries
from civicforum.moderation.addresses import reasons_url
from civicforum.moderation.models import Measure

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
