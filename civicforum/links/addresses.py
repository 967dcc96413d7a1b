"""Which addresses of the web may be asked, and where exactly: the wall between a comment and our own network.

A name is looked up once, every address that it has must be public, and the connection goes to one of those
very addresses: a name that leads elsewhere a moment later leads nobody there.
"""

import re
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Thread
from urllib.parse import quote, urldefrag, urlsplit

from civicforum.links.models import MAX_URL_CHARACTERS, MOST_LINKS

IpAddress = IPv4Address | IPv6Address
USUAL_PORTS = {"http": 80, "https": 443}

# IPv6 that is handed out to the world, and what in it leads to IPv4, to test beds or nowhere. All else
# (mapped and translated IPv4, unique local, link local, multicast) lies outside it.
_WORLD = ip_network("2000::/3")
_NOT_OF_IT = [ip_network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]
# Of IPv4, what some versions of Python count as the world: protocol assignments, relays to IPv6.
_NOT_FOR_US = [ip_network(net) for net in ("192.0.0.0/24", "192.88.99.0/24")]

_LINK = re.compile(r'<a href="(https?://[^"]+)"')
_IN_A_PATH = "%/:=&?~+!$,;'@()*[]-._"


class NotAsked(Exception):
    """This address is not one that we ask, or nothing useful came of it."""


@dataclass(frozen=True)
class Target:
    """Where to connect (``addresses``, checked), and what to ask for there."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]


def resolve(host: str, port: int, seconds: float) -> Sequence[str]:
    """All addresses of a name; none if it has none, or if nobody answers in time."""
    found: list[str] = []

    def ask() -> None:
        with suppress(OSError, UnicodeError):
            found.extend(str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))

    thread = Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    return list(dict.fromkeys(found))


def is_public(address: IpAddress) -> bool:
    """Whether it is somebody's in the open internet: nothing of ours, of our provider's, or special."""
    if isinstance(address, IPv6Address):
        return address in _WORLD and not any(address in net for net in _NOT_OF_IT)
    is_special = address.is_multicast or address.is_reserved
    return address.is_global and not is_special and not any(address in net for net in _NOT_FOR_US)


@dataclass(frozen=True)
class Reach:
    """How far we go. No setting changes it: a program that means another one has to say so in its code."""

    is_allowed: Callable[[IpAddress], bool] = is_public
    is_port_allowed: Callable[[int], bool] = frozenset(USUAL_PORTS.values()).__contains__
    resolve: Callable[[str, int, float], Sequence[str]] = resolve


PUBLIC_WEB = Reach()


def links_in(html: str) -> list[str]:
    """The first addresses elsewhere that our own HTML of a comment links to, without their fragments."""
    found = (urldefrag(unescape(address)).url for address in _LINK.findall(html))
    return [url for url in dict.fromkeys(found) if len(url) <= MAX_URL_CHARACTERS][:MOST_LINKS]


def target_of(url: str, reach: Reach, seconds: float) -> Target:
    """Where this address is, checked; NotAsked for one that is not in the open web."""
    scheme, host, port, path = _parts(url)
    if not reach.is_port_allowed(port):
        raise NotAsked("a port that is no web server's")
    addresses = reach.resolve(host, port, seconds)
    if not addresses or not all(_is_allowed(address, reach) for address in addresses):
        raise NotAsked("a place that is not in the open web")
    return Target(scheme, host, port, path, tuple(addresses))


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = parts.port or USUAL_PORTS.get(parts.scheme, 0)
    except (ValueError, UnicodeError) as error:
        raise NotAsked("an address that is none") from error
    if parts.scheme not in USUAL_PORTS or not host or parts.username is not None:
        raise NotAsked("an address that is not of the web")
    query = f"?{quote(parts.query, safe=_IN_A_PATH)}" if parts.query else ""
    return parts.scheme, host, port, quote(parts.path or "/", safe=_IN_A_PATH) + query


def _is_allowed(address: str, reach: Reach) -> bool:
    try:
        return reach.is_allowed(ip_address(address))
    except ValueError:
        return False
