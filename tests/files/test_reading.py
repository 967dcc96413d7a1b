"""What somebody sent is read apart and written anew; what will not do is refused in a sentence."""

import io

import pikepdf
import pytest
from files_to_send import (
    PLACE,
    REFUSED,
    many_frames,
    paper,
    picture,
    picture_with_a_place,
)
from PIL import Image

from civicforum import capacity
from civicforum.errors import Invalid
from civicforum.files.reading import prepare_file, tidy_name


def seen(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_becomes_webp_in_two_sizes(app, fmt):
    prepared = prepare_file(picture(fmt, (900, 300), "P" if fmt == "GIF" else "RGB"), f"bench.{fmt}")
    full, small = seen(prepared.parts["full"]), seen(prepared.parts["small"])
    assert (full.format, full.size, small.size) == ("WEBP", (900, 300), (640, 213))
    assert (prepared.kind, prepared.width, prepared.height) == ("picture", 900, 300)
    assert prepared.name == "bench.webp"


def test_a_large_picture_is_made_smaller(app):
    prepared = prepare_file(picture("JPEG", (4000, 1000)), "x.jpg")
    assert seen(prepared.parts["full"]).size == (2000, 500)


def test_a_picture_stands_upright_and_forgets_where_it_was_taken(app):
    sent = picture_with_a_place()
    assert PLACE.encode() in sent
    prepared = prepare_file(sent, "x.jpg")
    for part in prepared.parts.values():
        assert PLACE.encode() not in part
        assert dict(seen(part).getexif()) == {}
    assert (prepared.width, prepared.height) == (60, 80)


def test_what_is_seen_through_stays_so(app):
    prepared = prepare_file(picture("PNG", (40, 40), "RGBA"), "x.png")
    assert seen(prepared.parts["full"]).mode == "RGBA"


def test_of_many_frames_the_first_is_kept(app):
    prepared = prepare_file(many_frames(), "x.gif")
    assert getattr(seen(prepared.parts["full"]), "n_frames", 1) == 1
    assert (prepared.width, prepared.height) == (1, 1)


def test_what_hides_behind_a_picture_does_not_come_along(app):
    prepared = prepare_file(picture() + b"<script>zqbehind</script>PK\x03\x04", "x.jpg")
    assert b"zqbehind" not in b"".join(prepared.parts.values())


def test_a_paper_stays_a_paper_and_does_nothing_by_itself(app):
    sent = paper(acting=True)
    assert b"zqscript" in sent
    prepared = prepare_file(sent, "../plan.PDF")
    with pikepdf.open(io.BytesIO(prepared.parts["file"])) as pdf:
        assert len(pdf.pages) == 1
        told = b"".join(found.unparse() for found in pdf.objects if not isinstance(found, pikepdf.Stream))
    for word in (b"zqscript", b"zqpacked", b"zqauthor", b"OpenAction", b"/Launch", b"/JavaScript"):
        assert word not in told
    assert prepared.name == "plan.pdf"


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_what_is_no_picture_and_no_paper_is_refused_in_a_sentence(app, content):
    with pytest.raises(Invalid) as refused:
        prepare_file(content, "holiday.jpg")
    (sentence,) = refused.value.errors["file"]
    assert str(sentence).endswith(".")


def test_a_file_beyond_its_size_is_not_read_at_all(app):
    for head, most in ((b"x", capacity.LARGEST_PICTURE_BYTES), (b"%PDF-", capacity.LARGEST_PAPER_BYTES)):
        with pytest.raises(Invalid, match="too large"):
            prepare_file(head + b"\0" * most, "x.jpg")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd.webp"),
        ("C:\\Users\\ana\\bench.png", "bench.webp"),
        ("two\nlines\r\nX-Header: 1.jpg", "two lines X-Header: 1.webp"),
        ("photo\u202egpj.exe", "photogpj.webp"),
        ("", "picture.webp"),
        (".....", "picture.webp"),
        ("x" * 500 + ".jpg", "x" * 100 + ".webp"),
        ("a\0b.jpg", "ab.webp"),
        ("Fuente de agua ñ.jpg", "Fuente de agua ñ.webp"),
    ],
)
def test_a_name_is_one_plain_line_without_folders(name, shown):
    assert tidy_name(name, "picture") == shown
