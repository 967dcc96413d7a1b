"""The forms of accounts: the shape of what is typed, no database."""

from typing import Any
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    EmailField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    TelField,
    ValidationError,
)
from wtforms.validators import DataRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from civicforum.accounts.names import (
    MAX_NAME_CHARACTERS,
    MAX_PASSWORD_CHARACTERS,
    normalize_email,
    weak_password,
)
from civicforum.accounts.plain import plain_email
from civicforum.web.forms import REQUIRED, Form, Line, Words, limited_to, no_line_breaks, options, stripped

MAX_EMAIL_CHARACTERS = 254
LANGUAGES = options([("en", "English"), ("es", "Español")])
_PASSWORD_HINT = _("At least 10 characters; a few words in a row are good. You may paste it.")


class Address(EmailField):
    """An e-mail address, in the one form in which it is kept once it is valid."""

    def __init__(self, label: Any, validators: Any = (), **kw: Any) -> None:
        checks = [REQUIRED, limited_to(MAX_EMAIL_CHARACTERS), no_line_breaks, *validators]
        super().__init__(label, validators=checks, filters=[stripped], **kw)


class CheckboxesField(SelectMultipleField):
    """Several of a few choices, each a checkbox."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def an_address(_form: Any, field: Any) -> None:
    """An address that mail can go to."""
    try:
        field.data = normalize_email(field.data)
    except ValueError as error:
        raise ValidationError(str(error)) from error


def any_address(_form: Any, field: Any) -> None:
    """An address somebody may have signed up with, or been given."""
    try:
        field.data = normalize_email(field.data)
    except ValueError as error:
        clean = plain_email(field.data)
        if clean is None:
            raise ValidationError(str(error)) from error
        field.data = clean


def not_too_long(_form: Any, field: Any) -> None:
    if len(field.data or "") > MAX_PASSWORD_CHARACTERS:
        raise ValidationError(_("This is too long for a password."))


class StrongPassword:
    """Refuses a password that is too easy to guess, knowing what others know of the person."""

    def __call__(self, form: Any, field: Any) -> None:
        known = [form[name].data or "" for name in ("name", "email", "site_name") if name in form]
        reason = weak_password(field.data, *known, *getattr(form, "known", ()))
        if reason:
            raise ValidationError(reason)


def zones() -> list[tuple[str, str]]:
    """Every time zone that is a place, as choices."""
    places = sorted(zone for zone in available_timezones() if "/" in zone and zone[:3] != "Etc")
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in places)]


class SignUpForm(Form):
    email = Address(_("E-mail address"), [an_address], description=_("Nobody else will see it."))
    name = Line(
        _("Your name"),
        most=MAX_NAME_CHARACTERS,
        description=_("As neighbors know you; a nickname is fine. Everybody sees it."),
    )
    password = PasswordField(
        _("Password"),
        [Optional(), not_too_long, StrongPassword()],
        description=_("You may leave it out and sign in by a link we mail you. At least 10 characters."),
    )
    locale = SelectField(_("Language"), choices=LANGUAGES)
    accepts = BooleanField(
        _("I have read the community agreement and will keep to it."),
        [DataRequired(message=_("Please read the agreement and accept it."))],
    )


class SignInForm(Form):
    email = Address(_("E-mail address"), [any_address])
    password = PasswordField(_("Password"), [REQUIRED, not_too_long])
    stays = BooleanField(_("This is my own device: keep me signed in"))


class AddressForm(Form):
    """Just an address: to have a link mailed to it."""

    email = Address(_("E-mail address"), [any_address])


class NewPasswordForm(Form):
    password = PasswordField(
        _("New password"), [REQUIRED, not_too_long, StrongPassword()], description=_PASSWORD_HINT
    )

    def __init__(self, *args: Any, known: tuple[str, ...] = (), **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.known = known


class ConfirmForm(Form):
    """A button."""


class ProfileForm(Form):
    name = Line(_("Your name"), most=MAX_NAME_CHARACTERS)
    handle = Line(
        _("Handle"),
        most=31,
        description=_("Others mention you with it (@ana-lopez), and it is the address of your page."),
    )
    about = Words(_("About you"), most=1000, required=False, description=_("A line or two, if you like."))
    neighbourhood = Line(
        _("Neighborhood"),
        most=80,
        required=False,
        description=_("Shown beside your name, if you fill it in."),
    )
    locale = SelectField(_("Language"), choices=LANGUAGES)
    timezone = SelectField(_("Time zone"))
    has_shortcuts = BooleanField(
        _("Single-key shortcuts"),
        description=_(
            "The / key goes to the search. Turn it off if keys are pressed by accident or by voice."
        ),
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.timezone.choices = options([("", _("The town's own")), *zones()])


class NewAddressForm(Form):
    email = Address(_("New e-mail address"), [an_address])
    password = PasswordField(_("Your password, once more"), [REQUIRED, not_too_long])


class ChangePasswordForm(NewPasswordForm):
    current = PasswordField(_("Your present password"), [not_too_long])


class TokenForm(Form):
    name = Line(_("What is it for?"), most=80, description=_("So that you know later which one to revoke."))
    scopes = CheckboxesField(_("What may it do?"), [DataRequired(message=_("Choose at least one."))])
    days = SelectField(
        _("How long does it hold?"),
        coerce=int,
        choices=options([(30, _("30 days")), (365, _("A year")), (0, _("Until I revoke it"))]),
        default=365,
    )


class SetUpForm(Form):
    code = Line(_("Set-up code"), most=80, required=False)
    site_name = Line(
        _("Name of this forum"), most=80, description=_("As people will call it: Tarrow Bend Together.")
    )
    sentence = Line(
        _("What it is for, in one sentence"),
        most=300,
        required=False,
    )
    timezone = SelectField(_("Time zone of the town"))
    locale = SelectField(_("Language"), choices=LANGUAGES)
    contact_phone = TelField(
        _("A phone number that somebody answers"),
        [Optional(), limited_to(40), no_line_breaks],
        filters=[stripped],
        description=_("For people who are not on a screen much. It stands under every page."),
    )
    name = Line(_("Your name"), most=MAX_NAME_CHARACTERS)
    email = Address(
        _("Your e-mail address"),
        [any_address],
        description=_("A test mail goes there, so that you see whether mail works."),
    )
    password = PasswordField(
        _("Your password"), [REQUIRED, not_too_long, StrongPassword()], description=_PASSWORD_HINT
    )
    independent_name = Line(
        _("Somebody independent for second looks"),
        most=80,
        required=False,
        description=_(
            "When something was hidden and its author asks for a second look, this person decides:"
            " somebody who does not moderate here, such as a librarian or a retired judge."
        ),
    )
    independent_email = EmailField(
        _("Their e-mail address"),
        [Optional(), limited_to(MAX_EMAIL_CHARACTERS), no_line_breaks, any_address],
        filters=[stripped],
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.timezone.choices = options(zones())
