"""The door of a file: it asks what the page asks."""

from io import BytesIO

from flask import Blueprint, Flask, Response, send_file

from civicforum.errors import NotFound
from civicforum.files import queries
from civicforum.files.models import PARTS, TYPES
from civicforum.files.stores import make_store, store
from civicforum.web.viewer import viewer

bp = Blueprint("files", __name__)


def init_app(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    app.extensions["files"] = make_store(settings.files_url, settings.data_dir)


@bp.get("/files/<key>/<part>/<name>")
def show_file(key: str, part: str, name: str) -> Response:
    """A picture in one of its sizes, or a PDF to keep; ``name`` is for people alone.

    It may be kept, and is asked for again each time: what is hidden now is shown from no cache.
    """
    row = queries.get_attachment(viewer(), key)
    content = store().read(f"{row.key}.{part}") if part in PARTS[row.kind] else None
    if content is None:
        raise NotFound
    answer = send_file(
        BytesIO(content),
        TYPES[row.kind],
        as_attachment=not row.is_picture,
        download_name=row.name,
        etag=f"{row.sha256[:32]}-{part}",
    )
    answer.cache_control.private = True
    answer.cache_control.no_cache = True
    answer.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
