"""What the gathering pages read from many rooms: the viewer first, and only what they may see."""

from civicforum.pages.queries.balance import Weighed, list_all_weighed, list_weighed
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
    "Weighed",
    "count_heard",
    "get_receipt",
    "list_all_weighed",
    "list_discussed",
    "list_feed",
    "list_headlines",
    "list_heard",
    "list_running_in",
    "list_to_do",
    "list_weighed",
    "said_at",
    "search",
    "set_up_progress",
    "today",
]
