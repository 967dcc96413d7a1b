"""Which live channels belong to a project. The rooms above fill this in; partnerships rings them.

When a project closes its doors or loses a member, everybody who watches one of its threads or town halls
has to be asked again. Partnerships lies below those rooms and cannot name their channels itself.
"""

from collections.abc import Callable, Iterable

ChannelsOf = Callable[[int], Iterable[str]]

_sources: list[ChannelsOf] = []


def register(channels_of: ChannelsOf) -> None:
    """``channels_of(project_id)`` gives the names of every channel of that project that a room has."""
    if channels_of not in _sources:
        _sources.append(channels_of)


def channels_of(project_id: int) -> list[str]:
    """Every channel of the project, of all rooms."""
    return sorted({name for source in _sources for name in source(project_id)})
