"""What happens with town halls: calling them, answering, the door, needs, summaries, calendars."""

from civicforum.townhalls.actions.answers import cancel_rsvp, rsvp
from civicforum.townhalls.actions.calendars import (
    Imported,
    import_calendar,
    import_events,
    read_events,
    renew_calendar,
)
from civicforum.townhalls.actions.door import (
    Admission,
    check_in,
    check_in_person,
    is_door_open,
    undo_check_in,
    walk_in,
)
from civicforum.townhalls.actions.guests import answer_by_mail, ask_by_mail, cancel_by_mail
from civicforum.townhalls.actions.meetings import (
    cancel_town_hall,
    change_town_hall,
    create_town_hall,
    edit_town_hall,
    publish_town_hall,
    suggested_hours,
)
from civicforum.townhalls.actions.needs import purge_needs, settle_need
from civicforum.townhalls.actions.summaries import Decided, publish_summary, tell_summary
from civicforum.townhalls.actions.telling import remind, tell_all

__all__ = [
    "Admission",
    "Decided",
    "Imported",
    "answer_by_mail",
    "ask_by_mail",
    "cancel_by_mail",
    "cancel_rsvp",
    "cancel_town_hall",
    "change_town_hall",
    "check_in",
    "check_in_person",
    "create_town_hall",
    "edit_town_hall",
    "import_calendar",
    "import_events",
    "is_door_open",
    "publish_summary",
    "publish_town_hall",
    "purge_needs",
    "read_events",
    "remind",
    "renew_calendar",
    "rsvp",
    "settle_need",
    "suggested_hours",
    "tell_all",
    "tell_summary",
    "undo_check_in",
    "walk_in",
]
