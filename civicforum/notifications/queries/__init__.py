"""A person's own inbox, what they follow, and what they want mailed."""

from civicforum.notifications.queries.attention import (
    Followed,
    find_attention,
    followers_of,
    has_followers,
    level_of,
    levels_of,
    list_followed,
)
from civicforum.notifications.queries.inbox import (
    Entry,
    Inbox,
    count_unread,
    list_inbox,
    told_of,
    unread_counts,
)
from civicforum.notifications.queries.mails import (
    Batch,
    can_be_mailed,
    get_mailed_person,
    list_waiting_mail,
    mailed_since,
    read_wishes,
)

__all__ = [
    "Batch",
    "Entry",
    "Followed",
    "Inbox",
    "can_be_mailed",
    "count_unread",
    "find_attention",
    "followers_of",
    "get_mailed_person",
    "has_followers",
    "level_of",
    "levels_of",
    "list_followed",
    "list_inbox",
    "list_waiting_mail",
    "mailed_since",
    "read_wishes",
    "told_of",
    "unread_counts",
]
