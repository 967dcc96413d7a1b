"""The mails of moderation."""

from flask import url_for
from flask_babel import lazy_gettext as _

from civicforum import jobs, mail
from civicforum.moderation import queries


@jobs.task("moderation.tell_author")
def tell_author(measure_id: int) -> None:
    """The statement of reasons, to the author of what was hidden, declined or restored."""
    found = queries.find_measure(measure_id)
    if found is None:
        return
    measure, post = found
    author = post.writer
    if author is None or author.erased_at is not None or not author.is_confirmed:
        return
    locale = author.locale or "en"
    rule = f"{measure.rule.number}. {measure.rule.title_in(locale)}" if measure.rule else ""
    is_back = measure.action == "restore"
    mail.send(
        author.email,
        "moderation/mail/reasons.md",
        locale=locale,
        key=f"measure:{measure.id}:author",
        because=mail.Because(
            _("You get this because you wrote the comment; whoever decides must tell you why.")
        ),
        action=measure.action,
        name=author.name,
        thread=post.thread.title,
        rule=rule,
        reason=measure.reason,
        url=url_for(
            "discussions.show_thread" if is_back else "moderation.show_reasons",
            _external=True,
            **({"thread_id": post.thread_id, "from": post.seq} if is_back else {"post_id": post.id}),
        ),
    )
