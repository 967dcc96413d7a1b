"""The pages of town halls."""

from civicforum.townhalls.views import answers, calendars, door, meetings, minutes, organizing
from civicforum.townhalls.views.blueprint import bp

__all__ = ["answers", "bp", "calendars", "door", "meetings", "minutes", "organizing"]
