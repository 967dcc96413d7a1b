"""Words on their way into a thread: checked, masked and rendered before any lock is taken."""

from dataclasses import dataclass

from flask_babel import gettext as _

from civicforum.agreement.queries import mask_words
from civicforum.errors import Invalid
from civicforum.text import MAX_POST_CHARACTERS, clean_text, mentions, render_markdown
from civicforum.web.aside import aside

MAX_TITLE_CHARACTERS = 255
MAX_REASON_CHARACTERS = 500


@dataclass(frozen=True)
class Words:
    """What somebody wrote, ready to be kept: Markdown, its safe HTML, and the handles it calls on."""

    body: str
    html: str
    mentions: tuple[str, ...] = ()


def prepare_words(body: str | Words) -> Words:
    """``body`` ready to be kept; words that are ready pass as they are.

    Doors call it before the action (and before ``once``): rendering a long text takes longer than a lock
    may be held. Raises Invalid for what is blank or too long.
    """
    if isinstance(body, Words):
        return body
    words: Words = aside(_drawn, _checked(body))
    return words


def _drawn(text: str) -> Words:
    return Words(text, render_markdown(text), tuple(mentions(text)))


def _checked(body: str) -> str:
    text = clean_text(body).strip()
    if not text:
        raise Invalid(errors={"body": [_("Please write something first.")]})
    if len(text) > MAX_POST_CHARACTERS:
        raise Invalid(errors={"body": [_too_long(len(text))]})
    masked = mask_words(text)
    return masked if len(masked) <= MAX_POST_CHARACTERS else masked[:MAX_POST_CHARACTERS]


def _too_long(length: int) -> str:
    return _(
        "This is too long: at most %(max)s characters, and it has %(length)s.",
        max=MAX_POST_CHARACTERS,
        length=length,
    )


def prepare_title(title: str) -> str:
    """A thread's title, in one clean line. Raises Invalid for what is blank or too long."""
    line = " ".join(clean_text(title).split())
    if not line:
        raise Invalid(errors={"title": [_("Please give it a title.")]})
    if len(line) > MAX_TITLE_CHARACTERS:
        raise Invalid(
            errors={"title": [_("A title has at most %(max)s characters.", max=MAX_TITLE_CHARACTERS)]}
        )
    return mask_words(line)[:MAX_TITLE_CHARACTERS]


def prepare_conclusion(words: str | Words) -> Words:
    """What came out of a thread, ready to be kept. Raises Invalid for what is blank or too long."""
    if isinstance(words, str) and not clean_text(words).strip():
        raise Invalid(errors={"conclusion": [_("Say what came out of it; one plain sentence is enough.")]})
    return prepare_words(words)


def prepare_reason(reason: str) -> str:
    """Why something is done with a thread, for everybody to read. Invalid for what is blank or long."""
    text = clean_text(reason).strip()
    if not text:
        raise Invalid(errors={"reason": [_("Say why: everybody reads it.")]})
    if len(text) > MAX_REASON_CHARACTERS:
        most = _("Keep the reason under %(most)d characters.", most=MAX_REASON_CHARACTERS)
        raise Invalid(errors={"reason": [most]})
    return mask_words(text)[:MAX_REASON_CHARACTERS]
