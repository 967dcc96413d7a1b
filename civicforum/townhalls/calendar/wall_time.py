"""The time on the wall of a place, as a moment for everybody."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _


def local_time(naive: datetime, zone: str) -> datetime:
    """Turn the time that an organizer typed into a moment in UTC.

    When clocks go back, a time comes twice: the first is meant unless ``naive.fold`` is 1.
    Raises ValueError with a sentence for an unknown zone and for a time that clocks leap over.
    """
    place = find_zone(zone)
    if place is None:
        raise ValueError(_("'%(zone)s' is not a time zone that we know.", zone=zone))
    moment = naive.replace(tzinfo=place).astimezone(UTC)
    if moment.astimezone(place).replace(tzinfo=None) != naive.replace(tzinfo=None):
        raise ValueError(
            _(
                "On %(day)s clocks in %(zone)s go forward: there is no %(time)s that day.",
                day=f"{naive:%Y-%m-%d}",
                zone=zone,
                time=f"{naive:%H:%M}",
            )
        )
    return moment


def find_zone(name: str) -> ZoneInfo | None:
    """Find a time zone by its IANA name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # A folder's name, such as 'America', is an OSError.
        return None
