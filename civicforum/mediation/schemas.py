"""What a page needs to know to stay true by itself. Nothing of a room is told by the API."""

from civicforum.live.changes import channel_revision, current_stream
from civicforum.mediation.models import Mediation


def watch_room(mediation: Mediation) -> dict[str, str | int]:
    """The room's channel as it is now; read before what is drawn, so that nothing in between is missed."""
    return {
        "channel": mediation.channel,
        "stream": current_stream(),
        "revision": channel_revision(mediation.channel),
    }
