"""Files that people send, made here: what is well, and what is made to do harm."""

import io
import struct
import zipfile
import zlib

import pikepdf
from PIL import Image

PLACE = "zqplace"


def picture(fmt: str = "JPEG", size: tuple[int, int] = (80, 60), mode: str = "RGB", **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, {"RGB": (200, 90, 40), "RGBA": (200, 90, 40, 120)}.get(mode, 1)).save(
        out, fmt, **options
    )
    return out.getvalue()


def picture_with_a_place() -> bytes:
    """A photograph that knows where, when and with what it was taken, and lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned
    exif[0x010E] = exif[0x013B] = PLACE
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (47.0, 36.0, 0.0)
    return picture(exif=exif, comment=PLACE.encode())


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def huge_png(width: int = 50_000, height: int = 50_000) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 200_000)) + chunk(b"IEND", b"")


def many_frames(frames: int = 10_000) -> bytes:
    """A GIF that says its one dot over and over."""
    head = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"
    frame = b"!\xf9\x04\x00\x01\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00"
    return head + frame * frames + b";"


def paper(acting: bool = False) -> bytes:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        if acting:
            _make_it_act(pdf)
        out = io.BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def _make_it_act(pdf: pikepdf.Pdf) -> None:
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('zqscript')")
    pdf.Root.OpenAction = pdf.make_indirect(script)
    pdf.pages[0].obj.AA = pikepdf.Dictionary(O=script)
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="zqlaunch")
    pdf.pages[0].obj.Annots = pikepdf.Array(
        [pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=launch)]
    )
    pdf.attachments["zqpacked.exe"] = b"MZ"
    pdf.docinfo["/Author"] = "zqauthor"


def locked_paper() -> bytes:
    with pikepdf.open(io.BytesIO(paper())) as pdf:
        out = io.BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("../../evil", b"x")
    return out.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
REFUSED = {
    "nothing": b"",
    "a picture with a program": SVG,
    "a page": b"<!doctype html><script>alert(1)</script>",
    "an archive by another name": archive(),
    "a picture cut short": picture(size=(600, 400))[:500],
    "a picture of a billion dots": huge_png(),
    "a very long picture": huge_png(30_000, 1),
    "a picture that says more than it has": huge_png(3000, 3000),
    "a script that looks like a picture": b"GIF89a/*<script>alert(1)</script>*/=1;",
    "a program": b"\x7fELF\2\1\1" + b"\0" * 2_000,
    "a paper of nothing": b"%PDF-1.7\n",
    "a paper of noise": b"%PDF-1.7\n" + bytes(range(256)) * 50,
    "a locked paper": locked_paper(),
    "a half phone picture": b"\0\0\0\x18ftypheic" + b"\0" * 300,
}
