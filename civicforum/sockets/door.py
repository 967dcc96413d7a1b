"""The Socket.IO door: watch and unwatch. Deeds go over HTTP."""

import logging
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, request, session
from flask_babel import get_locale
from flask_socketio import ConnectionRefusedError, SocketIO

from civicforum.accounts import queries
from civicforum.accounts.models import Guest
from civicforum.capacity import LARGEST_MESSAGE_BYTES, SOCKETS_PER_PERSON
from civicforum.db import OUT_OF_REACH
from civicforum.errors import CivicForumError, Invalid, Unavailable
from civicforum.live import doorbell, redis_bell, registry
from civicforum.live.publisher import Identity, Outlets, Publisher
from civicforum.live.redis_presence import RedisPresence
from civicforum.notifications.queries import unread_counts
from civicforum.sockets.crowd import Crowd
from civicforum.sockets.doorkeeper import Doorkeeper
from civicforum.sockets.packets import CarefulPacket, drop_nonsense
from civicforum.sockets.readers import bound_readers
from civicforum.sockets.sweeper import Sweeper
from civicforum.sockets.tally import Tally
from civicforum.web.limits import address, check_limit
from civicforum.web.problems import do_without_database
from civicforum.web.viewer import viewer

log = logging.getLogger(__name__)

LARGEST_REVISION = 2**53


def open_sockets(app: Flask, websocket_only: bool = False) -> SocketIO:
    """Put Socket.IO in front of ``app`` and start its publisher and pulse. Once for each process.

    ``websocket_only``: several processes share the port, and polling would need to find the same one again.
    """
    settings = app.config["SETTINGS"]
    socketio = SocketIO(
        app,
        async_mode="gevent",
        serializer=CarefulPacket,
        # Not always_connect: a refused token must be a connect_error, not a welcome and a farewell.
        always_connect=False,
        ping_interval=settings.socket_ping_seconds,
        ping_timeout=max(20, settings.socket_ping_seconds),
        max_http_buffer_size=LARGEST_MESSAGE_BYTES,
        http_compression=False,
        manage_session=False,
        cors_allowed_origins=None,
        transports=["websocket"] if websocket_only else ["polling", "websocket"],
    )
    presence = RedisPresence(settings.redis_url).count if settings.redis_url else None
    tally = Tally(lambda: len(publisher.sockets))
    publisher = Publisher(app, _outlets(socketio, presence, tally))
    crowd = Crowd(None) if settings.limits == "off" else Crowd()
    app.extensions["publisher"] = publisher
    doorbell.listen(publisher.ring)
    doorbell.listen_for_people(publisher.ring_person)
    if settings.redis_url:
        redis_bell.connect(settings.redis_url, socketio.start_background_task, lambda: False)
    _register_handlers(socketio, publisher, crowd, tally)
    drop_nonsense(_server(socketio))
    bound_readers(_server(socketio).eio)
    app.wsgi_app = Doorkeeper(  # type: ignore[method-assign]  # Flask's own way to wrap an app
        app.wsgi_app, _server(socketio).eio, app.config["TRUSTED_HOSTS"]
    )
    socketio.start_background_task(publisher.pulse_forever, lambda: False)
    socketio.start_background_task(publisher.tell_viewers_forever, lambda: False)
    socketio.start_background_task(tally.tell_forever, lambda: False)
    socketio.start_background_task(Sweeper(_server(socketio)).sweep_forever, lambda: False)
    return socketio


def _server(socketio: SocketIO) -> Any:
    """python-socketio's own server inside, which the extension makes together with itself."""
    return socketio.server


def _outlets(socketio: SocketIO, presence: Any, tally: Tally) -> Outlets:
    server = _server(socketio)

    def cut(sid: str) -> None:
        tally.count("cut")
        server.disconnect(sid)

    counting = {"count_people": presence} if presence else {}
    return Outlets(
        **counting,
        emit=lambda event, payload, to: socketio.emit(event, payload, to=to),
        enter=lambda sid, room: server.enter_room(sid, room),
        leave=lambda sid, room: server.leave_room(sid, room),
        disconnect=cut,
        spawn=socketio.start_background_task,
        load_viewer=load_viewer,
        stale_identities=stale_identities,
        unread_counts=unread_counts,
    )


def load_viewer(identity: Identity) -> Any:
    """The person of now behind a socket; a Guest if they signed out or changed their password meanwhile."""
    if identity.user_id is None:
        return Guest()
    session_id = f"{identity.user_id}:{identity.session_version}"
    if identity.token_id and queries.ended_tokens([identity.token_id]):
        return Guest()
    return queries.find_by_session(session_id, identity.session_key) or Guest()


def stale_identities(identities: list[Identity]) -> set[Identity]:
    versions = queries.session_versions([i.user_id for i in identities if i.user_id is not None])
    ended = queries.ended_sessions({i.session_key for i in identities if i.session_key})
    dead = queries.ended_tokens({i.token_id for i in identities if i.token_id})
    return {
        i
        for i in identities
        if versions.get(i.user_id or 0) != i.session_version or i.session_key in ended or i.token_id in dead
    }


def _register_handlers(socketio: SocketIO, publisher: Publisher, crowd: Crowd, tally: Tally) -> None:
    socketio.on("connect")(_tallied(_connecting(publisher, crowd), tally))
    socketio.on("disconnect")(_disconnecting(publisher, crowd, tally))
    socketio.on("watch")(_answering(lambda payload: _watch(publisher, payload)))
    socketio.on("unwatch")(_answering(lambda payload: _unwatch(publisher, payload)))


def _connecting(publisher: Publisher, crowd: Crowd) -> Callable[..., None]:
    def connect(auth: Any = None) -> None:
        if crowd.is_full(address()):
            raise ConnectionRefusedError("too many connections")
        try:
            identity = _identify(auth)
        except OUT_OF_REACH as error:
            # Not "unauthorized": nobody knows yet. The client asks again in a while.
            raise ConnectionRefusedError("unavailable") from error
        if identity.user_id and publisher.count_sockets(identity.user_id) >= SOCKETS_PER_PERSON:
            raise ConnectionRefusedError("too many connections")
        publisher.connect(request.sid, identity)  # type: ignore[attr-defined]
        crowd.enter(request.sid, address())  # type: ignore[attr-defined]

    return connect


def _tallied(connect: Callable[..., None], tally: Tally) -> Callable[..., None]:
    def connect_and_count(auth: Any = None) -> None:
        try:
            connect(auth)
        except ConnectionRefusedError:
            tally.count("refused")
            raise
        tally.count("opened")

    return connect_and_count


def _disconnecting(publisher: Publisher, crowd: Crowd, tally: Tally) -> Callable[..., None]:
    def disconnect(_reason: Any = None) -> None:
        tally.count("closed")
        publisher.disconnect(request.sid)  # type: ignore[attr-defined]
        crowd.leave(request.sid)  # type: ignore[attr-defined]

    return disconnect


def _identify(auth: Any) -> Identity:
    """Who connects: by token if one is given (a bad one is refused), else by the session cookie.

    A token must be one for reading, and what it opened closes with it.
    """
    found = None
    token = auth.get("token") if isinstance(auth, dict) else None
    if token is None:
        person = viewer()
        user = person if person.is_authenticated else None
    else:
        found = queries.find_token(token) if isinstance(token, str) else None
        if found is None or "read" not in found.scopes.split():
            raise ConnectionRefusedError("unauthorized")
        user = found.user
    locale = (user and user.locale) or str(get_locale() or "en")
    return Identity(
        user_id=user.id if user else None,
        session_version=user.session_version if user else None,
        locale=locale,
        guest_key=secrets.token_hex(8),
        session_key=session.get("key") if user and token is None else None,
        token_id=found.id if found else None,
    )


def _answering(handler: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Answer with an ack in every case: an error is an answer, never a traceback."""

    @wraps(handler)
    def handle(*payload: Any) -> dict[str, Any]:
        try:
            check_limit("watch", f"socket:{request.sid}")  # type: ignore[attr-defined]
            check_limit("watch-address", f"address:{address()}")
            if len(payload) != 1 or not isinstance(payload[0], dict):
                raise Invalid("Send one object, such as {channel: 'thread:7'}.")
            return {"ok": True, **handler(payload[0])}
        except CivicForumError as error:
            return {"ok": False, "error": {"status": error.status, "title": str(error)}}
        except OUT_OF_REACH as error:
            log.warning("The database did not answer a watcher (%s).", type(error).__name__)
            do_without_database()
            return {"ok": False, "error": {"status": 503, "title": str(Unavailable.title)}}
        except Exception:
            log.exception("A socket event failed.")
            return {"ok": False, "error": {"status": 500, "title": str(CivicForumError.title)}}

    return handle


def _watch(publisher: Publisher, payload: dict[str, Any]) -> dict[str, Any]:
    channel, after, stream = payload.get("channel"), payload.get("after"), payload.get("stream")
    if after is not None and (type(after) is not int or not 0 <= after <= LARGEST_REVISION):
        raise Invalid("'after' is the revision you have, a whole number from 0.")
    if stream is not None and not (isinstance(stream, str) and len(stream) <= 64):
        raise Invalid("'stream' is the short text that came with the revision.")
    sid = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO's own
    registry.parse_channel(channel)
    return publisher.watch(sid, str(channel), after, stream)


def _unwatch(publisher: Publisher, payload: dict[str, Any]) -> dict[str, Any]:
    channel = payload.get("channel")
    registry.parse_channel(channel)
    publisher.unwatch(request.sid, str(channel))  # type: ignore[attr-defined]
    return {}
