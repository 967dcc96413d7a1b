"""Telling people; what they follow; what they are mailed."""

from civicforum.notifications.actions.attention import carry_attention, change_attention, set_attention
from civicforum.notifications.actions.inbox import mark_read, notify
from civicforum.notifications.actions.mails import (
    gather_mail,
    lock_wishes,
    note_mailed,
    note_refused,
    resume_mails,
    save_wishes,
    stop_mails,
)

__all__ = [
    "carry_attention",
    "change_attention",
    "gather_mail",
    "lock_wishes",
    "mark_read",
    "note_mailed",
    "note_refused",
    "notify",
    "resume_mails",
    "save_wishes",
    "set_attention",
    "stop_mails",
]
