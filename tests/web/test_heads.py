"""Heads of requests that two servers could read in two ways, and everything else that is no request."""

import os
import re

import pytest
from raw_line import say

pytestmark = pytest.mark.usefixtures("unharmed")

FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


def head(server, *lines: bytes, first: bytes = b"POST /sign-in HTTP/1.1") -> bytes:
    return b"\r\n".join([first, b"Host: 127.0.0.1:%d" % server.port, *lines]) + b"\r\n\r\n"


def statuses(told: bytes) -> list[int]:
    return [int(code) for code in re.findall(rb"HTTP/1\.1 (\d{3}) ", told)]


def smuggled(server) -> bytes:
    """A second request, which must not be answered."""
    return head(server, b"Connection: close", first=b"GET /healthz HTTP/1.1")


@pytest.mark.parametrize(
    "lines",
    [
        [b"Content-Length: abc"],
        [b"Content-Length: -1"],
        [b"Content-Length: +5"],
        [b"Content-Length: 5_0"],
        [b"Content-Length: 0x5"],
        [b"Content-Length: 1e1"],
        [b"Content-Length:"],
        [b"Content-Length: 5, 5"],
        [b"Content-Length: \xb2"],
        [b"Content-Length: 5", b"Content-Length: 6"],
        [b"Content-Length: 5", b"Transfer-Encoding: chunked"],
        [b"Transfer-Encoding: xchunked"],
        [b"Transfer-Encoding: chunked, identity"],
        [b"Transfer-Encoding : chunked"],
        [b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"],
        [b"X: a", b" Transfer-Encoding: chunked"],
        [b"X: a\rTransfer-Encoding: chunked"],
        [b"X: a\0b"],
        [b"no header at all"],
        [b"X-\xff: a"],
        [b"Host: evil.example"],
    ],
    ids=lambda lines: b" | ".join(lines).decode("latin-1").encode("unicode_escape").decode(),
)
def test_a_head_with_two_meanings_is_one_refusal(server, lines):
    told = say(server, head(server, FORM[:-2], *lines) + b"0\r\n\r\n" + smuggled(server))
    assert statuses(told) == [400]
    assert b'"status"' not in told


@pytest.mark.parametrize(
    ("first", "wanted"),
    [
        (b"GET / HTTP/9.9", [400]),
        (b"GET /" + b"a" * 200_000 + b" HTTP/1.1", [414]),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", [400]),
        (b"PRI * HTTP/2.0", [400]),
        (b"CONNECT evil.example:443 HTTP/1.1", [404]),
        (b"TRACE / HTTP/1.1", [405]),
        (b"GET http://evil.example/ HTTP/1.1", [404]),
        (b"GET /static/../../../../etc/passwd HTTP/1.1", [404]),
        (b"GET /%zz%ff%00%c0%ae HTTP/1.1", [404]),
        (b"GET /\xff\xfe HTTP/1.1", [404]),
        (b"POST / HTTP/1.1", [400]),
    ],
    ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else "",
)
def test_a_first_line_of_nonsense_is_one_refusal(server, first, wanted):
    assert statuses(say(server, head(server, b"Connection: close", first=first), is_all=True)) == wanted


def test_headers_without_end_are_refused_and_not_kept(server):
    first = b"GET /healthz HTTP/1.1"
    assert statuses(say(server, head(server, b"X: " + b"a" * 200_000, first=first))) == [400]
    assert statuses(say(server, head(server, *[b"X%d: a" % n for n in range(5_000)], first=first))) == [400]
    assert statuses(say(server, first + b"\r\nHost: x\r\n" + b"X: a\r\n" * 500_000)) == [400]


def test_rubbish_behind_a_request_is_answered_as_rubbish(server):
    sound = head(server, first=b"GET /healthz HTTP/1.1")
    assert statuses(say(server, sound + sound + smuggled(server))) == [200, 200, 200]
    assert statuses(say(server, sound + b"\0\xff rubbish\r\n\r\n")) == [200, 400]
    for _ in range(10):
        assert statuses(say(server, os.urandom(3_000).replace(b"\n", b"") + b"\r\n\r\n")) == [400]


@pytest.mark.parametrize(
    "body",
    [b"zz\r\nhello\r\n0\r\n\r\n", b"-5\r\nhello\r\n0\r\n\r\n", b"5\r\nhe", b"f" * 40 + b"\r\nhello\r\n", b""],
    ids=["no number", "less than nothing", "cut off", "larger than anything", "nothing"],
)
@pytest.mark.parametrize("path", [b"/sign-in", b"/api/v1/projects"])
def test_chunks_that_make_no_sense_are_refused_or_hung_up_on(server, path, body):
    """One of another request never gets out: whatever is answered is a refusal."""
    request = head(server, FORM[:-2], b"Transfer-Encoding: chunked", first=b"POST " + path + b" HTTP/1.1")
    assert set(statuses(say(server, request + body, is_all=True))) <= {400, 401}


@pytest.mark.parametrize("kind", [b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=x"])
def test_a_body_shorter_than_it_says_is_no_deed(server, kind):
    request = head(server, b"Content-Type: " + kind, b"Content-Length: 500")
    assert statuses(say(server, request + b"--x\r\nhe", is_all=True)) in ([400], [])


@pytest.mark.parametrize(
    "lines",
    [
        [b"Cookie: civicforum_session=" + b"." * 3_000],
        [b"Cookie: \xff;=;;civicforum_session=eyJ1IjoxfQ.x.y"],
        [b"Accept-Language: " + b"en;q=0.1," * 5_000],
        [b"Accept-Language: xx-\xff_@!;q=nan"],
        [b"Accept: ;;;q=\xff,*/*;q=1e999"],
        [b'If-None-Match: "\xff', b"If-Modified-Since: never"],
        [b"Range: bytes=0-,0-,-1,x"],
        [b"Authorization: Bearer " + b"x" * 5_000],
        [b"X-Forwarded-For: " + b"1.2.3.4, " * 3_000],
        [b"Referer: \xff://\\", b"User-Agent: \xff%n%s"],
    ],
    ids=lambda lines: lines[0][:30].decode("latin-1").encode("unicode_escape").decode(),
)
def test_odd_values_of_headers_break_no_page(server, lines):
    for path in (b"/", b"/search?q=x", b"/calendar.ics"):
        request = head(server, *lines, b"Connection: close", first=b"GET " + path + b" HTTP/1.1")
        assert statuses(say(server, request)) in ([200], [404])
