"""What the gathering pages read from many rooms: the viewer first, and only what they may see."""

from civicforum.pages.queries.balance import Weighed, list_all_weighed, list_weighed
from civicforum.pages.queries.feeds import (
    changed_at,
    get_tag,
    list_feed,
    list_latest,
    list_tag_feed,
    list_thread_feed,
    said_at,
)
from civicforum.pages.queries.found import Hit
from civicforum.pages.queries.gathering import (
    Heard,
    Progress,
    Receipt,
    count_heard,
    get_receipt,
    list_discussed,
    list_headlines,
    list_heard,
    list_running_in,
    set_up_progress,
    today,
)
from civicforum.pages.queries.search import PAGE_HITS, Filters, Results, find
from civicforum.pages.queries.to_do import Task, list_to_do

__all__ = [
    "PAGE_HITS",
    "Filters",
    "Heard",
    "Hit",
    "Progress",
    "Receipt",
    "Results",
    "Task",
    "Weighed",
    "changed_at",
    "count_heard",
    "find",
    "get_receipt",
    "get_tag",
    "list_all_weighed",
    "list_discussed",
    "list_feed",
    "list_headlines",
    "list_heard",
    "list_latest",
    "list_running_in",
    "list_tag_feed",
    "list_thread_feed",
    "list_to_do",
    "list_weighed",
    "said_at",
    "set_up_progress",
    "today",
]
