"""Asking pages elsewhere: only in the open web, only for a moment, only a little."""

import gzip
import time
from ipaddress import ip_address
from threading import Event

import pytest
from links.elsewhere import HOST, HTML, serving, this_machine

from civicforum.links.addresses import NotAsked, Reach, is_public, links_in, resolve, target_of
from civicforum.links.fetching import MOST_BYTES, PinnedConnection, fetch

AGENT = "CivicForum link preview (+https://forum.example.org)"


@pytest.fixture(scope="module")
def server():
    with serving() as there:
        yield there


@pytest.fixture
def elsewhere(server):
    server.asked.clear()
    return server


def ask(url: str, reach: Reach | None = None, seconds: float = 3.0):
    return fetch(url, AGENT, reach or this_machine(), seconds)


# --- what is told to the other site ---


def test_a_page_is_asked_for_by_us_alone(elsewhere):
    page = ask(elsewhere.page("/a", b"Hello"))
    assert (page.body, page.charset) == (b"Hello", "utf-8")
    ((path, headers),) = elsewhere.asked
    assert path == "/a"
    assert headers == {
        "Host": f"{HOST}:{elsewhere.port}",
        "User-Agent": AGENT,
        "Accept": "text/html",
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }


# --- where it goes ---


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.8.8.8"),  # noqa: S104 - nothing binds to it
        *("169.254.169.254", "172.16.0.1", "192.0.0.8", "192.0.0.9", "192.0.2.1", "192.88.99.1"),
        *("192.168.1.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1"),
        *("64:ff9b:1::a00:1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "3fff::1"),
        *("fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1"),
    ],
)
def test_no_special_address_is_public(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "2a00:1450:4001::8a"])
def test_addresses_of_the_world_are_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/",
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://127.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1:80/",
        "http://8.8.8.8:8000/",
        "http://8.8.8.8:22/",
        "http://user:word@8.8.8.8/",
        "ftp://8.8.8.8/",
        "file:///etc/passwd",
        "gopher://8.8.8.8/",
        "//8.8.8.8/",
        "http:///x",
        "http://8.8.8.8:99999/",
        "http://[/",
        "http://" + "a" * 70 + ".example/",
        "",
    ],
)
def test_nothing_but_the_open_web_is_asked(url):
    with pytest.raises(NotAsked):
        target_of(url, Reach(), 3.0)


def test_a_name_that_leads_to_us_is_not_asked(elsewhere):
    is_anything = {"is_port_allowed": lambda _port: True}
    for found in (["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["no address"], []):
        reach = Reach(resolve=lambda *_question, found=found: found, **is_anything)
        with pytest.raises(NotAsked):
            ask(elsewhere.page("/a", b""), reach)
    assert elsewhere.asked == []


def test_a_name_is_looked_up_once_and_that_very_place_is_asked(elsewhere):
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    reach = this_machine(resolve=lambda *_question: answers.pop(0))
    assert ask(elsewhere.page("/a", b"There"), reach).body == b"There"
    assert answers == [["10.0.0.1"]]


def test_names_are_really_looked_up():
    assert "127.0.0.1" in resolve("localhost", 80, 3.0)
    assert resolve("nowhere.invalid", 80, 0.0) == []


def test_a_redirect_is_followed_and_checked_like_the_first_address(elsewhere):
    there = elsewhere.page("/there", b"There")
    assert ask(elsewhere.redirect("/near", "/there")).body == b"There"
    assert ask(elsewhere.redirect("/far", there)).body == b"There"
    for private in (
        "http://10.0.0.1/",
        "http://[::1]/",
        "file:///etc/passwd",
        f"http://127.0.0.2:{elsewhere.port}/",
    ):
        with pytest.raises(NotAsked):
            ask(elsewhere.redirect("/inside", private))


def test_a_redirect_by_a_name_that_leads_to_us_is_not_followed(elsewhere):
    reach = this_machine(resolve=lambda host, *_more: ["127.0.0.1"] if host == HOST else ["127.0.0.2"])
    with pytest.raises(NotAsked, match="not in the open web"):
        ask(elsewhere.redirect("/a", elsewhere.url("/b", "inside.example")), reach)


def test_three_redirects_are_followed_and_a_round_is_not(elsewhere):
    elsewhere.page("/0", b"At last")
    for step in (1, 2, 3, 4):
        elsewhere.redirect(f"/{step}", f"/{step - 1}")
    assert ask(elsewhere.url("/3")).body == b"At last"
    with pytest.raises(NotAsked, match="one place to the next"):
        ask(elsewhere.url("/4"))
    with pytest.raises(NotAsked, match="one place to the next"):
        ask(elsewhere.redirect("/round", "/round"))


# --- how long, how much ---


def drip(handler, piece: bytes) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + piece)
    handler.wfile.flush()
    while not Event().wait(0.02):
        handler.wfile.write(b"x")
        handler.wfile.flush()


@pytest.mark.parametrize("piece", [b"X-Slow: ", b"\r\n", b"Content-Length: 9000\r\n\r\n"])
def test_a_page_that_drips_is_left(elsewhere, piece):
    elsewhere.answers["/drip"] = lambda handler: drip(handler, piece)
    began_at = time.monotonic()
    with pytest.raises(NotAsked):
        ask(elsewhere.url("/drip"), seconds=0.3)
    assert time.monotonic() - began_at < 2


def test_a_page_that_says_nothing_is_left(elsewhere):
    done = Event()
    elsewhere.answers["/mute"] = lambda _handler: done.wait(5)
    with pytest.raises(NotAsked):
        ask(elsewhere.url("/mute"), seconds=0.2)
    done.set()


def test_of_an_endless_page_the_beginning_is_read(elsewhere):
    def flood(handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            handler.wfile.write(b"x" * 65536)

    elsewhere.answers["/flood"] = flood
    assert len(ask(elsewhere.url("/flood")).body) == MOST_BYTES


def test_what_is_packed_is_unpacked_up_to_the_same_size(elsewhere):
    packed = {**HTML, "Content-Encoding": "gzip"}
    assert ask(elsewhere.page("/a", gzip.compress(b"Hello"), packed)).body == b"Hello"
    bomb = gzip.compress(bytes(50_000_000), 9)
    assert len(bomb) < 60_000
    assert len(ask(elsewhere.page("/bomb", bomb, packed)).body) == MOST_BYTES


@pytest.mark.parametrize(
    ("headers", "status", "body"),
    [
        ({"Content-Type": "image/png"}, 200, b""),
        ({"Content-Type": "application/pdf"}, 200, b""),
        ({}, 200, b""),
        (HTML, 404, b"Not here"),
        (HTML, 500, b"Broken"),
        (HTML, 204, b""),
        ({**HTML, "Content-Encoding": "br"}, 200, b"x"),
        ({**HTML, "Content-Encoding": "gzip"}, 200, b"not packed"),
        ({"Location": ""}, 302, b""),
        ({**HTML, "Transfer-Encoding": "chunked"}, 200, b"zz\r\n"),
    ],
)
def test_what_is_no_page_is_left(elsewhere, headers, status, body):
    with pytest.raises(NotAsked):
        ask(elsewhere.page("/a", body, headers, status))


def test_a_sender_of_endless_headers_is_left(elsewhere):
    def flood(handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            handler.wfile.write(b"X-More: more\r\n" * 100)

    elsewhere.answers["/headers"] = flood
    with pytest.raises(NotAsked):
        ask(elsewhere.url("/headers"))


def test_nobody_there_is_no_answer(elsewhere):
    with pytest.raises(NotAsked, match="no answer of use"):
        ask("http://page.example:1/")


def test_without_tls_there_is_no_https(elsewhere):
    with pytest.raises(NotAsked, match="SSLError"):
        ask(elsewhere.page("/a", b"x").replace("http:", "https:"))


def test_the_usual_port_is_not_said():
    target = target_of("https://page.example/ü?q=ß", this_machine(), 3.0)
    assert (target.host, target.port, target.path) == (HOST, 443, "/%C3%BC?q=%C3%9F")
    connection = PinnedConnection(target, 1.0)
    assert connection.default_port == 443
    connection.sever()


# --- which links ---


def test_the_first_two_links_elsewhere_count_each_once():
    html = (
        '<p><a href="/people/rosa">@rosa</a> <a href="mailto:a@b.example" rel="x">m</a>'
        '<a href="https://a.example/?x=1&amp;y=2#part" rel="x">a</a>'
        '<a href="https://a.example/?x=1&amp;y=2">again</a>'
        f'<a href="https://{"l" * 2000}.example/">long</a>'
        '<a href="http://b.example/" rel="x">b</a><a href="http://c.example/">c</a></p>'
    )
    assert links_in(html) == ["https://a.example/?x=1&y=2", "http://b.example/"]
