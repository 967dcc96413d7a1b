"""Files over the API: one goes up first, and then with what is said."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from flask_smorest.fields import Upload
from marshmallow import EXCLUDE, Schema, fields
from marshmallow.validate import Length

from civicforum.api.door import scoped
from civicforum.files.models import MAX_ALT_CHARACTERS
from civicforum.files.schemas import AttachmentSchema, tell_file
from civicforum.files.uploads import take_file
from civicforum.web import bodies
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

blp = Blueprint("files-api", __name__, url_prefix="/api/v1", description="Pictures and PDFs to send along.")
bodies.taking_files.add("files-api.Files")


class UploadSchema(Schema):
    file = Upload(required=True, metadata={"description": "A picture (10 MB) or a PDF (15 MB)."})


class AboutUploadSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    alt = fields.String(
        load_default="",
        validate=Length(max=MAX_ALT_CHARACTERS),
        metadata={"description": "What the picture shows; it can be said later, with the post."},
    )


@blp.route("/files")
class Files(MethodView):
    @scoped("write")
    @limited("upload")
    @blp.arguments(UploadSchema, location="files")
    @blp.arguments(AboutUploadSchema, location="form")
    @blp.response(201, AttachmentSchema)
    def post(self, files: dict[str, Any], about: dict[str, Any]) -> Any:
        """Send a file. It is yours alone until a post names it, and is gone after a day if none does."""
        return tell_file(take_file(viewer(), files["file"], about["alt"]))
