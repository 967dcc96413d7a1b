"""What can be wrong with a calendar."""


class CalendarError(ValueError):
    """A calendar that cannot be read; says in a sentence which event is wrong, and how."""


class EventError(ValueError):
    """What is wrong with the event at hand, as half a sentence."""
