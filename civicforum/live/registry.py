"""Which channels there are: who may watch them, and how a changed object looks to everybody.

Each room registers its own in ``channels.py``; only ``app`` imports those.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from civicforum.errors import Invalid, NotFound

Item = dict[str, Any]
GONE: Item = {"state": "gone"}
CanWatch = Callable[[Any, int], None]
Render = Callable[[Sequence[int]], Mapping[int, Item]]


def _always(_item: Item, _channel_id: int) -> bool:
    return True


@dataclass(frozen=True)
class ChannelType:
    """``check_watch(viewer, id)`` raises NotFound for who may not watch it (or may not know of it).

    ``render`` has for each kind of object a function from ids to items, as an anonymous visitor of that
    channel would see them now; an id it leaves out becomes a bare tombstone. ``list_closed`` names the
    channels of this type that not everybody may watch. ``belongs(item, id)``: whether a rendered item is
    still of this channel; what moved to another is gone here.
    """

    name: str
    check_watch: CanWatch
    render: Mapping[str, Render]
    list_closed: Callable[[], Iterable[str]]
    belongs: Callable[[Item, int], bool] = _always


_types: dict[str, ChannelType] = {}


def register(channel_type: ChannelType) -> None:
    _types[channel_type.name] = channel_type


def registered() -> Mapping[str, ChannelType]:
    return dict(_types)


def parse_channel(name: Any) -> tuple[ChannelType, int]:
    """The type and id that ``thread:7`` names. Raises Invalid for no name, NotFound for no such kind."""
    if not isinstance(name, str) or len(name) > 40:
        raise Invalid("A channel's name is a short text such as thread:7.")
    kind, _colon, number = name.partition(":")
    if kind not in _types or not (number.isascii() and number.isdigit()) or number != str(int(number)):
        raise NotFound
    if int(number) >= 2**31:
        raise NotFound
    return _types[kind], int(number)


def check_watch(viewer: Any, name: Any) -> None:
    """Raise NotFound unless ``viewer`` may watch the channel of this name now."""
    channel_type, object_id = parse_channel(name)
    channel_type.check_watch(viewer, object_id)


def closed_channels() -> list[str]:
    """Every channel that not everybody may watch: who loses a role in the whole site may lose these."""
    return [name for channel_type in _types.values() for name in channel_type.list_closed()]


def render_items(channel: str, objects: Iterable[tuple[str, int]]) -> list[Item]:
    """The present public state of each object, in the order given."""
    channel_type, channel_id = parse_channel(channel)
    wanted = list(objects)
    rendered = {
        kind: channel_type.render[kind]([object_id for k, object_id in wanted if k == kind])
        for kind in {kind for kind, _ in wanted}
    }
    items = [(kind, object_id, rendered[kind].get(object_id, GONE)) for kind, object_id in wanted]
    return [
        {"type": kind, "id": object_id, **(item if channel_type.belongs(item, channel_id) else GONE)}
        for kind, object_id, item in items
    ]
