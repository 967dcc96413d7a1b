"""What waits in a person's inbox, what they follow, and what they want to be mailed."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from civicforum.db import HasCreatedAt, HasId, Model

# subscribed: told of everything; normal: when one is spoken to, and in the digest; ignore: the inbox alone.
LEVELS = ("subscribed", "normal", "ignore")
# What is mailed at once, each unless the person said no. ``answer`` is a reply by a partner or organizer;
# ``held`` is for moderators on duty: something waits for them.
AT_ONCE = ("reply", "mention", "answer", "subscription", "held")
# What else can be mailed and stopped; ``digest`` stands for the whole of it.
OTHER_MAILS = ("reminder", "summary", "digest")
RHYTHMS = ("daily", "every_second_day", "weekly", "never")


class Notification(Model, HasId, HasCreatedAt):
    """Pointers, never words, so that what was hidden since cannot leak.

    ``reason`` says why the person is told (reply, mention, rsvp…); ``kind`` and ``object_id`` of what. What
    it says is written when it is read, from the present state, asking the policy again. Unread ones of the
    same ``reason`` and ``bundle`` (``thread:7``) are shown as one. ``wants_mail``: it is mailed at once;
    a mail gathers several, and they share its ``mail_number``.
    """

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_inbox", "user_id", "read_at", "id"),
        Index("ix_notification_mail", "user_id", "mailed_at"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    reason: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    read_at: Mapped[datetime | None]
    bundle: Mapped[str | None] = mapped_column(String(40))
    wants_mail: Mapped[bool] = mapped_column(default=False)
    mail_number: Mapped[int | None]
    mailed_at: Mapped[datetime | None]


class Attention(Model, HasId, HasCreatedAt):
    """How closely a person follows a project or a thread; without a row it is ``normal``.

    What was said about a thread holds before what was said about its project.
    """

    __tablename__ = "attention"
    __table_args__ = (
        UniqueConstraint("user_id", "kind", "object_id"),
        Index("ix_attention_followers", "kind", "object_id", "level", "user_id"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))  # project, thread
    object_id: Mapped[int]
    level: Mapped[str] = mapped_column(String(12))


class MailWishes(Model):
    """What a person wants to be mailed, and when their next digest is due; the defaults without a row.

    ``digest_until`` is where the last digest ended, so that the next one goes on from there.
    ``refused_address`` came back for good: nothing but what was asked for is sent there.
    """

    __tablename__ = "mail_wishes"

    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    reply: Mapped[bool] = mapped_column(default=True)
    mention: Mapped[bool] = mapped_column(default=True)
    answer: Mapped[bool] = mapped_column(default=True)
    subscription: Mapped[bool] = mapped_column(default=True)
    held: Mapped[bool] = mapped_column(default=True)
    reminder: Mapped[bool] = mapped_column(default=True)
    summary: Mapped[bool] = mapped_column(default=True)
    digest: Mapped[str] = mapped_column(String(20), default="daily")
    weekday: Mapped[int] = mapped_column(default=0)  # of a weekly digest; Monday is 0
    digest_due_at: Mapped[datetime | None] = mapped_column(index=True)
    digest_until: Mapped[datetime | None]
    digest_day: Mapped[date | None] = mapped_column(Date)  # the person's own day of the last one
    farewell_at: Mapped[datetime | None]  # when they were told that digests rest, because they were away
    refused_address: Mapped[str | None] = mapped_column(String(254))
