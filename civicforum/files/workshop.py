"""Reads what somebody sent, and writes it anew: a program of its own, started for each file and then gone.

Decoders of pictures and papers are where the faults are, so they run apart: with little memory, little time,
no file to write and none of our secrets. It imports nothing of ours. The file comes by stdin; stdout gives a
line of JSON, then the bytes of each part it names. What is refused is ``{"refused": reason}``; whatever else
happens (a fault, a limit) is no answer, and the house then says that the file cannot be read.
"""

import io
import json
import resource
import sys
import warnings
from typing import Any

MEMORY_BYTES = 900 * 1024 * 1024
CPU_SECONDS = 20
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 20_000
FULL_SIDE, SMALL_SIDE = 2000, 640
QUALITY = 82
# What is tried, and nothing else that Pillow knows (it knows dozens, some of them by other programs).
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF")


class Refused(Exception):
    """The file will not do; the word says why."""


def main() -> None:
    _confine()
    data = sys.stdin.buffer.read()
    try:
        told, parts = _work(data)
    except Refused as refused:
        told, parts = {"refused": str(refused)}, []
    out = sys.stdout.buffer
    out.write(json.dumps({**told, "parts": [[name, len(part)] for name, part in parts]}).encode() + b"\n")
    for _name, part in parts:
        out.write(part)
    out.flush()


def _confine() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _work(data: bytes) -> tuple[dict[str, Any], list[tuple[str, bytes]]]:
    if data.startswith(b"%PDF-"):
        return {"kind": "pdf"}, [("file", _paper(data))]
    return _picture(data)


# --- pictures ---


def _picture(data: bytes) -> tuple[dict[str, Any], list[tuple[str, bytes]]]:
    from PIL import Image, ImageOps

    picture = _opened(data)
    if picture.format == "JPEG":
        picture.draft("RGB", (FULL_SIDE, FULL_SIDE))  # decodes no more of it than is wanted
    try:
        picture.load()
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise Refused("damaged") from error
    has_depth = "transparency" in picture.info or picture.mode in ("RGBA", "LA", "PA", "La", "RGBa")
    picture.thumbnail((FULL_SIDE * 2, FULL_SIDE * 2), Image.Resampling.BOX)
    picture = ImageOps.exif_transpose(picture).convert("RGBA" if has_depth else "RGB")
    picture.thumbnail((FULL_SIDE, FULL_SIDE), Image.Resampling.LANCZOS)
    picture = _in_common_colours(picture)
    small = picture.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
    width, height = picture.size
    parts = [("full", _drawn(picture)), ("small", _drawn(small))]
    return {"kind": "picture", "width": width, "height": height}, parts


def _opened(data: bytes) -> Any:
    """The picture, its header read and nothing more; what it is, its own bytes say, never its name."""
    from PIL import Image, UnidentifiedImageError

    if data[4:8] == b"ftyp":
        _learn_heif()
    Image.MAX_IMAGE_PIXELS = None  # ours is stricter, and looks before anything is decoded
    warnings.simplefilter("ignore")
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise Refused("unknown") from error
    width, height = picture.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise Refused("pixels")
    return picture


def _learn_heif() -> None:
    from pi_heif import register_heif_opener

    register_heif_opener(thumbnails=False)


def _in_common_colours(picture: Any) -> Any:
    """Without its own table of colours, which does not come along."""
    from PIL import ImageCms

    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA"):
        return picture
    try:
        theirs, common = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, theirs, common)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture


def _drawn(picture: Any) -> bytes:
    """As WebP, from the pixels alone: no place, no camera, no comment, no second picture comes along."""
    from PIL import Image

    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    out = io.BytesIO()
    bare.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


# --- papers ---


def _paper(data: bytes) -> bytes:
    """The PDF without what acts by itself, what is packed into it, and who made it."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data)) as paper:
            if not len(paper.pages):
                raise Refused("damaged")
            for found in paper.objects:
                _disarm(found)
            _forget_maker(paper)
            out = io.BytesIO()
            paper.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    except pikepdf.PasswordError as error:
        raise Refused("locked") from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError) as error:
        raise Refused("damaged") from error
    return out.getvalue()


# What starts by itself or by a touch, and leads out of the page.
ACTING = (
    "/JS",
    "/JavaScript",
    "/AA",
    "/OpenAction",
    "/EmbeddedFiles",
    "/EF",
    "/AF",
    "/XFA",
    "/RichMediaContent",
)
ACTIONS = ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie")


# Of one object; what has more is no paper that somebody wrote.
MOST_PARTS = 100_000


def _disarm(found: Any) -> None:
    import pikepdf

    waiting, seen = [found], 0
    kinds = (pikepdf.Array, pikepdf.Dictionary)
    while waiting:
        part, seen = waiting.pop(), seen + 1
        if seen > MOST_PARTS:
            raise Refused("damaged")
        if isinstance(part, pikepdf.Array):
            waiting += [i for i in part if isinstance(i, kinds) and not getattr(i, "is_indirect", False)]
        elif isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            for key in ACTING:
                if key in part:
                    del part[key]
            if "/S" in part and str(part.get("/S")) in ACTIONS:
                part["/S"] = pikepdf.Name("/Nothing")
            waiting += [v for v in _values(part) if not getattr(v, "is_indirect", False)]


def _values(part: Any) -> list[Any]:
    import pikepdf

    kinds = (pikepdf.Array, pikepdf.Dictionary)
    return [value for value in (part.get(key) for key in part.keys()) if isinstance(value, kinds)]  # noqa: SIM118


def _forget_maker(paper: Any) -> None:
    import pikepdf

    if "/Info" in paper.trailer:
        del paper.trailer["/Info"]
    for found in paper.objects:
        if isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
            for key in ("/Metadata", "/PieceInfo"):
                if key in found:
                    del found[key]


if __name__ == "__main__":
    main()
