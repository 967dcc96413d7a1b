"""Readable addresses: unique, and never the name of a page."""

from collections.abc import Callable, Iterator
from itertools import count

from civicforum.agreement.queries import mask_words
from civicforum.text import MAX_SLUG_CHARACTERS, slugify

# /projects/new and /organizations/new are forms.
RESERVED = {"new"}


def free_slug(title: str, is_taken: Callable[[str], bool]) -> str:
    """The slug of ``title`` as it is shown, with a number behind it where somebody else has it."""
    return next(slug for slug in _candidates(slugify(mask_words(title))) if not is_taken(slug))


def is_well_formed(slug: str) -> bool:
    """Lower-case letters, digits and single hyphens, as ``slugify`` would make it."""
    return slug == slugify(slug) and slug not in RESERVED


def _candidates(slug: str) -> Iterator[str]:
    if slug not in RESERVED:
        yield slug
    for number in count(2):
        ending = f"-{number}"
        yield slug[: MAX_SLUG_CHARACTERS - len(ending)] + ending
