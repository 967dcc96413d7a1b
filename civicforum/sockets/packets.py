"""A Socket.IO packet that refuses what no honest client sends: reserved event names and attachments."""

import logging
from typing import Any

from socketio.packet import BINARY_ACK, BINARY_EVENT, EVENT, Packet

log = logging.getLogger(__name__)

# python-socketio runs the application's own connect and disconnect handlers for these names.
RESERVED = {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}


class CarefulPacket(Packet):
    """The library's packet; decoding raises ValueError for what is refused, and the library drops it."""

    def decode(self, encoded_packet: str) -> Any:
        attachments = super().decode(encoded_packet)
        if self.packet_type in (BINARY_EVENT, BINARY_ACK):
            raise ValueError("Attachments are not taken here.")
        if self.packet_type == EVENT and not _is_plain_event(self.data):
            raise ValueError("This is no event of ours.")
        return attachments


def drop_nonsense(server: Any) -> None:
    """Let python-socketio's ``server`` drop what it cannot read, without a traceback each time in the log."""
    handle = server.eio.handlers["message"]

    def handle_quietly(eio_sid: str, message: Any) -> Any:
        try:
            return handle(eio_sid, message)
        except (ValueError, RecursionError) as error:
            log.debug("Dropped a packet: %s", error)
            return None

    server.eio.on("message", handle_quietly)


def _is_plain_event(data: Any) -> bool:
    return isinstance(data, list) and bool(data) and isinstance(data[0], str) and data[0] not in RESERVED
