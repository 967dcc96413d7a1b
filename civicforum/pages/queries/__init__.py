"""What the gathering pages read from many rooms: the viewer first, and only what they may see."""

from civicforum.pages.queries.gathering import (
    MOST_SEARCHED_CHARACTERS,
    Found,
    Heard,
    Progress,
    Receipt,
    count_heard,
    get_receipt,
    list_discussed,
    list_feed,
    list_headlines,
    list_heard,
    list_running_in,
    said_at,
    search,
    set_up_progress,
    today,
)
from civicforum.pages.queries.to_do import Task, list_to_do

__all__ = [
    "MOST_SEARCHED_CHARACTERS",
    "Found",
    "Heard",
    "Progress",
    "Receipt",
    "Task",
    "count_heard",
    "get_receipt",
    "list_discussed",
    "list_feed",
    "list_headlines",
    "list_heard",
    "list_running_in",
    "list_to_do",
    "said_at",
    "search",
    "set_up_progress",
    "today",
]
