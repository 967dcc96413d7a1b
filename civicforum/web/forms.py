"""The base of every form: CSRF, trimmed and cleaned text, fields that say what is wrong in plain words."""

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import (
    DateTimeLocalField,
    FieldList,
    FormField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length
from wtforms.widgets import HiddenInput

from civicforum.errors import Invalid
from civicforum.text import clean_text

REQUIRED = DataRequired(message=_("Please fill this in."))


class Form(FlaskForm):
    """A form of this house. ``add_errors`` puts what an action refused back beside its fields.

    ``scope`` sets its ids apart, where a page has two forms with fields of the same name.
    """

    scope = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.scope:
            for field in self:
                field.id = field.label.field_id = f"{self.scope}-{field.id}"

    def hidden_tag(self, *_fields: Any) -> Markup:
        """The hidden fields, without ids: nobody points at them, and a page may have many forms."""
        hidden = [field for field in self if isinstance(field.widget, HiddenInput)]
        return Markup("").join(field(id=False) for field in hidden)

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = bool(super().validate(extra_validators))
        _put_into_words(self)
        return is_valid

    def add_errors(self, invalid: Invalid) -> None:
        for name, sentences in invalid.errors.items():
            if name in self:
                self[name].errors = [*self[name].errors, *map(str, sentences)]
            else:
                self.form_errors.extend(map(str, sentences))
        if not invalid.errors:
            self.form_errors.append(str(invalid))

    def submits(self, deed: Callable[[], Any]) -> Any:
        """Run ``deed`` if the form is sent and well formed; None (with errors in place) if it is not.

        What the action refuses as Invalid is shown in the form, which keeps what was typed.
        """
        if not self.validate_on_submit():
            return None
        try:
            return deed()
        except Invalid as invalid:
            self.add_errors(invalid)
            return None


def _put_into_words(fields: Iterable[Any]) -> None:
    """Make every error a text, in the reader's language: lazy ones are no strings to a template."""
    for field in fields:
        if isinstance(field, FormField):
            _put_into_words(field.form)
            continue
        if isinstance(field, FieldList):
            _put_into_words(field.entries)
        field.errors = [
            error if isinstance(error, list | tuple | dict) else str(error) for error in field.errors
        ]


def options(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """The choices of a select or of radio buttons, from (value, words)."""
    return [SelectChoice(value, words) for value, words in pairs]


def cleaned(value: str | None) -> str | None:
    return clean_text(value) if isinstance(value, str) else value


def stripped(value: str | None) -> str | None:
    return clean_text(value).strip() if isinstance(value, str) else value


class Line(StringField):
    """One line of text, trimmed; ``most`` is its longest length in characters."""

    def __init__(self, label: Any, most: int, required: bool = True, validators: Any = (), **kw: Any):
        checks = [*([REQUIRED] if required else []), limited_to(most), no_line_breaks, *validators]
        super().__init__(label, validators=checks, filters=[stripped], **kw)
        self.most = most


class Words(TextAreaField):
    """Several lines of text, kept as written; ``most`` is its longest length in characters."""

    def __init__(self, label: Any, most: int, required: bool = True, validators: Any = (), **kw: Any):
        checks = [*([REQUIRED] if required else []), limited_to(most), *validators]
        super().__init__(label, validators=checks, filters=[cleaned], **kw)
        self.most = most


class LocalTime(DateTimeLocalField):
    """A local date and time as typed; the action knows the zone."""

    def __init__(self, label: Any, **kw: Any):
        super().__init__(label, format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"], **kw)


def limited_to(most: int) -> Length:
    return Length(max=most, message=_("This is too long: at most %(max)d characters."))


def no_line_breaks(_form: Any, field: Any) -> None:
    if field.data and "\n" in field.data:
        raise ValidationError(_("This must be one line."))
