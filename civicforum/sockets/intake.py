"""What comes in over a WebSocket: no more at once than can be answered, and nothing that is no packet.

The library would keep a message of any size, and messages without number, before it looks at the first;
and a packet that it cannot read ends in a traceback.
"""

import re
from collections.abc import Callable
from typing import Any

import gevent
import simple_websocket

MOST_WAITING = 16
CHECK_AGAIN_SECONDS = 0.01
# Engine.IO 4, as clients send it: a farewell, a probe, the answer to a ping, the end of an upgrade, nothing;
# and Socket.IO's packets. Binary ones are not taken here, in whatever dress.
_PACKET = re.compile(r"[1356]|[23]probe|4[0-6].*", re.DOTALL)


def is_packet(message: Any) -> bool:
    """Whether an honest client might have sent this."""
    return isinstance(message, str) and _PACKET.fullmatch(message) is not None


def next_packet(receive: Callable[[], Any]) -> str | None:
    """The next message from ``receive`` that is a packet; what is none is dropped. None at the end."""
    message = receive()
    while message is not None and not is_packet(message):
        message = receive()
    return message


class PatientIntake(simple_websocket.Server):
    """A WebSocket that reads on only while what it has read is being answered."""

    def _handle_events(self) -> bool:
        is_greeting = not self.connected
        goes_on = super()._handle_events()
        if is_greeting or not goes_on:  # at its end nobody else may run before it is marked as ended
            return bool(goes_on)
        gevent.sleep(0)  # whoever never stops sending holds up nobody else
        while self.connected and len(self.input_buffer) > MOST_WAITING:
            gevent.sleep(CHECK_AGAIN_SECONDS)
        return bool(self.connected)
