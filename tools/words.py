"""Collect every word that people read into the Spanish catalogue, for `make words`.

python tools/words.py           new messages are added, gone ones leave, translations stay
python tools/words.py --missing prints what has no Spanish yet, and exits 1 if there is any
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "civicforum" / "translations" / "es" / "LC_MESSAGES" / "messages.po"
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.md", "jinja2"), ("**.txt", "jinja2")]
OPTIONS = {"**.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}


def collect() -> Catalog:
    """Every message in code and templates, with the files it stands in."""
    found = Catalog(project="CivicForum", copyright_holder="CivicForum developers")
    for folder in (ROOT / "civicforum", ROOT / "templates"):
        for file, _line, message, comments, context in extract_from_dir(
            str(folder), METHODS, OPTIONS, keywords=KEYWORDS
        ):
            if message and message != ("",):
                name = f"{folder.name}/{file}"
                found.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return found


def read_catalogue() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale="es", project="CivicForum")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="es")


def write_catalogue(catalogue: Catalog) -> None:
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, width=110, sort_output=True, ignore_obsolete=True, include_lineno=False)


def untranslated(catalogue: Catalog) -> list[str]:
    """The ids of messages without a whole, checked translation."""
    missing = []
    for message in catalogue:
        strings = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        if message.id and (message.fuzzy or not all(strings)):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


def main() -> int:
    catalogue = read_catalogue()
    catalogue.update(collect(), no_fuzzy_matching=True)
    missing = untranslated(catalogue)
    if "--missing" in sys.argv:
        print("\n".join(missing) or "Nothing is missing.")
        return 1 if missing else 0
    write_catalogue(catalogue)
    print(f"{len(catalogue)} messages; {len(missing)} have no Spanish yet.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
