"""Town halls in other people's calendars (iCalendar, RFC 5545), and theirs in ours.

Times are kept as moments in UTC beside the name of the place's time zone; what is written for a
calendar, or typed by an organizer, is the time on the wall there.
"""

from civicforum.townhalls.calendar.faults import CalendarError
from civicforum.townhalls.calendar.reading import ImportedEvent, read_calendar
from civicforum.townhalls.calendar.wall_time import find_zone, local_time
from civicforum.townhalls.calendar.writing import CalendarEntry, calendar_text

__all__ = [
    "CalendarEntry",
    "CalendarError",
    "ImportedEvent",
    "calendar_text",
    "find_zone",
    "local_time",
    "read_calendar",
]
