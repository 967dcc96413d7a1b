"""Names, handles, addresses and passwords: what people may call themselves and sign in with.

Everything here is pure: it looks at the words alone. Whether a name is taken is asked elsewhere,
with ``skeleton`` as the key, so that two names that look alike cannot both be had.
"""

import re
import unicodedata
from functools import cache

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _

from civicforum.accounts.stars import STARS
from civicforum.text import HANDLE, slugify

MAX_NAME_CHARACTERS = 60
MIN_PASSWORD_CHARACTERS = 10
MAX_PASSWORD_CHARACTERS = 1024

# Words by which people know those who act for the forum, in any name ('Ana, moderator'). Titles
# such as Mayor or Councillor are real and stay free to write: what proves an office is the hat
# that the forum shows beside the name, and that cannot be typed.
RESERVED_WORDS = frozenset(
    {"admin", "admins", "administrator", "administrators", "civicforum", "mod", "moderation"}
    | {"administrador", "administrateur", "moderador", "moderateur", "moderatorin"}
    | {"moderator", "moderators", "mods", "official", "staff", "sysadmin", "verified", "webmaster"}
)

# Names that the forum itself speaks under; they are refused only as the whole name.
RESERVED_NAMES = frozenset(
    {"anonymous", "civic forum", "deleted user", "everybody", "everyone", "former participant"}
    | {"guest", "help desk", "helpdesk", "support", "support team", "system", "the forum"}
    | {"the moderation", "the system", "the team", "unknown"}
)

# Handles stand in addresses and mentions, so the names of our own places are taken too.
RESERVED_HANDLES = RESERVED_WORDS | frozenset(
    {"about", "abuse", "account", "accounts", "agreement", "all", "anonymous", "api", "billing"}
    | {"calendar", "channel", "contact", "deleted", "edit", "everybody", "everyone", "feeds"}
    | {"former", "former-participant", "forum", "guest", "heard", "help", "here", "hostmaster"}
    | {"inbox", "info", "listening", "login", "logout", "mail", "me", "metrics", "new", "noreply"}
    | {"no-reply", "nobody", "null", "organizations", "people", "postmaster", "privacy", "projects"}
    | {"receipts", "root", "search", "security", "settings", "sign-in", "sign-up", "static"}
    | {"support", "support-team", "system", "team", "threads", "town-halls", "undefined", "unknown"}
)

# Letters of other scripts, and digits, that a reader takes for a Latin letter. Lower case only:
# a skeleton is case-folded first, which is also why i, l and 1 are one (Iana, lana).
LOOK_ALIKES = str.maketrans(
    {
        # Digits and Latin letters.
        "0": "o", "1": "l", "i": "l", "\u0131": "l", "|": "l",
        "\u00f8": "o", "\u0142": "l", "\u0111": "d", "\u0127": "h", "\u0251": "a", "\u0261": "g",
        "\u0269": "l", "\u026a": "l", "\u028f": "y", "\u0185": "b", "\u01c0": "l",
        # Cyrillic.
        "\u0430": "a", "\u0432": "b", "\u0433": "r", "\u0435": "e", "\u043a": "k", "\u043c": "m",
        "\u043d": "h", "\u043e": "o", "\u043f": "n", "\u0440": "p", "\u0441": "c", "\u0442": "t",
        "\u0443": "y", "\u0445": "x", "\u044c": "b", "\u0455": "s", "\u0456": "l", "\u0458": "j",
        "\u04af": "y", "\u04bb": "h", "\u04cf": "l", "\u0501": "d", "\u051b": "q", "\u051d": "w",
        # Greek.
        "\u03b1": "a", "\u03b2": "b", "\u03b3": "y", "\u03b5": "e", "\u03b7": "n", "\u03b9": "l",
        "\u03ba": "k", "\u03bc": "u", "\u03bd": "v", "\u03bf": "o", "\u03c1": "p", "\u03c3": "o",
        "\u03c2": "c", "\u03c4": "t", "\u03c5": "u", "\u03c7": "x", "\u03c9": "w", "\u03f2": "c",
        "\u03f3": "j",
        # Armenian.
        "\u0578": "n", "\u057d": "u", "\u0581": "g", "\u0585": "o", "\u0570": "h",
    }
)  # fmt: skip

# One Japanese, Korean or Chinese name mixes these; Unicode's names of characters begin with them.
_EAST_ASIAN = {"BOPOMOFO", "CJK", "HANGUL", "HIRAGANA", "IDEOGRAPHIC", "KATAKANA"}
_SHARED = {"COMBINING", "MODIFIER"}
_ARABIC = {"ARABIC", "EXTENDED"}

# Typographic marks that keyboards put in place of the plain ones.
_PLAIN_MARKS = str.maketrans("\u2018\u2019\u02bc\u2010\u2011\u2013\u3000\u00a0\u202f", "'''---   ")
NAME_MARKS = " '-.,()"

# Letters and marks without ink: Hangul fillers, joiners and selectors.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_MAX_STACKED_MARKS = 4
# Digits in a skeleton, where 0 is o, and 1 is l.
_LIKE_DIGITS = re.compile("[ol2-9]{3}")
_WEB_ADDRESS = re.compile(r"[\w-]{2,}\.\w{2,}")

_COMMON_PASSWORDS = frozenset(
    """
    1029384756 1234512345 1234567890 12345678910 123456789a 123456789q 1234567899 123123123123
    1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 1qazxsw23edc 0987654321 9876543210 987654321a 0123456789
    a123456789 aa12345678 aa123456789 abc1234567 abc123456789 abcd123456 abcd12345678 abcdefghij
    administrator alexander1 alexandra1 american123 asd123456789 asdf123456 asdfasdfasdf asdfghjkl1
    asdfghjkl; azertyuiop azerty12345 barcelona1 basketball basketball1 beautiful1 blink182blink
    butterfly1 california changeme123 changemenow charlie123 chocolate1 christian1 christopher
    cinderella computer123 correcthorsebatterystaple defaultpassword dragon12345 elizabeth1
    facebook123 football123 football1234 forgetmenot freedom123 godisgreat godisgood1 hellohello
    helloworld helloworld1 hello12345 hello123456 iloveyou12 iloveyou123 iloveyou1234 iloveyou22
    iloveyousomuch internet123 jesuschrist jesuslovesme jordan2323 justinbieber letmein123
    letmein1234 letmeinnow liverpool1 liverpoolfc loveyou123 lovelovelove manchester manchester1
    master12345 michael123 michelle123 minecraft1 minecraft123 monkey12345 motherlode mypassword
    mypassword1 newpassword newyork123 nicole1234 opensesame p@ssw0rd123 pa55word123 passw0rd123
    password00 password01 password10 password11 password12 password123 password1234 password12345
    password123456 password21 password69 passwordpassword pokemon123 portugal123 princess12
    princess123 q1w2e3r4t5 q1w2e3r4t5y6 qazwsx12345 qazwsxedcrfv qqww1122qqww qwe123qwe123
    qwer1234qwer qwerasdfzxcv qwerty1234 qwerty12345 qwerty123456 qwertyqwerty qwertyuiop
    qwertyuiop1 qwertyuiop123 samsung123 secret1234 september1 spiderman1 starwars123 summer2023
    summer2024 summer2025 summer2026 sunflower1 sunshine12 sunshine123 superman123 temp123456
    testing123 testtest123 thisisapassword trustno1trustno1 unbelievable universal1 verysecret
    volleyball welcome123 welcome1234 welcome12345 welcome2024 welcome2025 welcome2026 whatever123
    winter2024 winter2025 winter2026 zaq12wsx34 zaq1zaq1zaq1 zxcvbnm123 zxcvbnmasdfghjkl
    """.split()  # noqa: SIM905  # As a list it would have a line for each.
)

# What remains of 'P@ssw0rd2026!!' when numbers, marks and the usual disguises are taken away.
_COMMON_CORES = frozenset(
    """
    abc abcd access admin administrator asdf asdfgh asdfghjkl azerty baseball changeme default
    dragon football freedom guest hello iloveyou letmein login love master monkey mypassword
    newpassword pass passphrase password princess qazwsx qwer qwert qwerty qwertyuiop root secret
    shadow summer sunshine superman test trustno user welcome winter zxcvbnm
    """.split()  # noqa: SIM905  # As a list it would have a line for each.
)
_DISGUISES = str.maketrans("@4310$5!7", "aaeiossit")
_RUNS = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn",
)  # fmt: skip


def clean_name(value: str) -> str:
    """Give a display name in the form in which it is kept, or say in a sentence what is wrong.

    Letters of one script (Latin may stand beside Japanese, Korean or Chinese in words of their
    own), digits, spaces and ``' - . , ( )``; 1 to 60 characters. Raises ValueError.
    """
    # Before NFKC, which makes letters of symbols (TM of a trade mark), and after it.
    _refuse_other_characters(value.translate(_PLAIN_MARKS))
    name = " ".join(unicodedata.normalize("NFKC", value.translate(_PLAIN_MARKS)).split())
    _refuse_other_characters(name)
    if not 1 <= len(name) <= MAX_NAME_CHARACTERS:
        raise ValueError(_("A name has 1 to %(most)s characters.", most=MAX_NAME_CHARACTERS))
    if not any(character.isalpha() for character in name):
        raise ValueError(_("A name needs at least one letter."))
    _refuse_web_address(name)
    _refuse_mixed_scripts(name)
    _refuse_reserved_name(name)
    _refuse_pseudonym(name)
    return name


def skeleton(value: str) -> str:
    """Reduce a name to what the eye sees, so that names that look alike have equal skeletons.

    A key for comparing, never for showing. Accents count for nothing, spaces and marks do count.
    """
    folded = unicodedata.normalize("NFKC", value).casefold()
    apart = unicodedata.normalize("NFD", " ".join(folded.translate(_PLAIN_MARKS).split()))
    bare = (_full_size(character) for character in apart if not _is_accent(character))
    return "".join(bare).translate(LOOK_ALIKES).replace("rn", "m").replace("vv", "w")


def without_marks(key: str) -> str:
    """A skeleton without spaces and marks: ``Ana-Ruiz.`` and ``AnaRuiz`` are one to somebody in a hurry."""
    return key.translate(dict.fromkeys(map(ord, NAME_MARKS)))


def clean_handle(value: str) -> str:
    """Give a handle as it stands in addresses and mentions. Raises ValueError with a sentence."""
    handle = value.strip().removeprefix("@").lower()
    if not re.fullmatch(HANDLE, handle):
        raise ValueError(_("A handle has 3 to 30 characters: a to z, 0 to 9, and - or _ between them."))
    if _is_reserved_handle(handle):
        raise ValueError(_("The handle '%(handle)s' is kept for the forum.", handle=handle))
    return handle


def suggest_handle(name: str) -> str:
    """Make a handle out of a display name; it is valid, but may be taken."""
    person = slugify(f"person {name}")
    for handle in (person.removeprefix("person-"), person):
        handle = handle[:30].strip("-")
        if len(handle) >= 3 and not _is_reserved_handle(handle):
            return handle
    return "person"


def normalize_email(value: str) -> str:
    """Give the one form in which an address is kept: lower case, with an ASCII domain.

    ``ana+forum@…`` stays as it is: it is her address. Nothing is looked up on the network.
    Raises ValueError with a sentence.
    """
    if re.search(r"[\x00-\x1f\x7f]", value):
        raise ValueError(_("An e-mail address is a single line."))
    try:
        address = validate_email(value.strip(), check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as reason:
        raise ValueError(
            _("This is not an e-mail address that we can write to; it looks like ana@example.org.")
        ) from reason
    return (address.ascii_email or address.normalized).lower()


def weak_password(value: str, *context: str) -> str | None:
    """Say why a password is too easy to guess, or None if it is not.

    ``context`` is what others know of the person: name, e-mail address, the forum's name. There
    are no rules of composition (NIST SP 800-63B): length, and nothing that is tried first.
    """
    if len(value) < MIN_PASSWORD_CHARACTERS:
        return str(_("Use at least %(least)s characters.", least=MIN_PASSWORD_CHARACTERS))
    if len(value) > MAX_PASSWORD_CHARACTERS:
        return str(_("Use at most %(most)s characters.", most=MAX_PASSWORD_CHARACTERS))
    if _is_common(value.casefold()):
        return str(_("This password is among the first that are tried; use a few unusual words."))
    if _contains_context(value, context):
        return str(_("Leave your name, your address and the forum's name out of the password."))
    return None


def _refuse_web_address(name: str) -> None:
    """A name stands in mails that anybody can have sent to anybody, where programs make it a link."""
    if _WEB_ADDRESS.search(name):
        raise ValueError(_("A name is no web address; leave a space after a full stop."))


def _refuse_other_characters(name: str) -> None:
    for character in name:
        if not _may_stand_in_name(character):
            raise ValueError(
                _("A name has letters, digits, spaces and ' - . , ( ) only, no symbols or emoji.")
            )
    if _has_stacked_marks(name):
        raise ValueError(_("This name stacks more accents on a letter than any language does."))


def _may_stand_in_name(character: str) -> bool:
    if character in NAME_MARKS:
        return True
    if _INVISIBLE.match(character):
        return False
    kind = unicodedata.category(character)
    return kind[0] == "L" or kind in {"Mn", "Mc", "Nd"}


def _has_stacked_marks(name: str) -> bool:
    stacked = 0
    for character in unicodedata.normalize("NFD", name):
        stacked = stacked + 1 if unicodedata.category(character) == "Mn" else 0
        if stacked > _MAX_STACKED_MARKS:
            return True
    return False


def _refuse_mixed_scripts(name: str) -> None:
    words = [_scripts(word) for word in re.split(r"[ '\-.,()]+", name)]
    scripts = set().union(*words)
    if any(len(word) > 1 for word in words) or not (len(scripts) <= 1 or scripts == {"LATIN", "EAST ASIAN"}):
        raise ValueError(_("Write the name in one script: letters of several look alike."))


def _scripts(word: str) -> set[str]:
    return {script for character in word if (script := _script(character))}


@cache
def _script(character: str) -> str | None:
    """Name the script of a letter or digit, None for what all scripts share.

    The standard library has no script property, but Unicode names a letter by its script.
    """
    is_shared_digit = character.isascii() and character.isdigit()
    if is_shared_digit or not character.isalnum():
        return None
    script = re.split("[ -]", unicodedata.name(character, "UNKNOWN"))[0]
    if script in _EAST_ASIAN:
        return "EAST ASIAN"
    return None if script in _SHARED else "ARABIC" if script in _ARABIC else script


def _refuse_reserved_name(name: str) -> None:
    words = {skeleton(word) for word in re.split(r"[ '\-.,()]+", name)}
    whole = _letters_of(name)
    if words & _skeletons(RESERVED_WORDS) or whole in _skeletons(RESERVED_WORDS | RESERVED_NAMES):
        raise ValueError(_("This name speaks for the forum itself; choose one that speaks for you."))


def _refuse_pseudonym(name: str) -> None:
    """A star and three digits, or what the eye takes for it: somebody may speak under it."""
    letters = _letters_of(name)
    has_digit = any(character.isdigit() for character in name)  # so that 'Maia Oli' is free
    if has_digit and letters[:-3] in _skeletons(frozenset(STARS)) and _LIKE_DIGITS.fullmatch(letters[-3:]):
        raise ValueError(_("Pseudonyms are called so here: a star and a number. Choose another name."))


def _is_reserved_handle(handle: str) -> bool:
    # Look-alikes are refused only for words of office: 'ali' must not collide with 'all'.
    words = {skeleton(word) for word in re.split("[-_]", handle)} | {_letters_of(handle)}
    return handle in RESERVED_HANDLES or bool(words & _skeletons(RESERVED_WORDS))


@cache
def _skeletons(names: frozenset[str]) -> frozenset[str]:
    return frozenset(_letters_of(name) for name in names)


def _letters_of(name: str) -> str:
    """Give the skeleton without what separates its letters ('a.d m-i n')."""
    return skeleton(re.sub(r"[ '\-.,()_]+", "", name))


def _is_accent(character: str) -> bool:
    # Only combining accents: the vowel signs of Indic scripts are marks, too, and make the word.
    return unicodedata.name(character, "").startswith("COMBINING")


def _full_size(character: str) -> str:
    """Give the letter of a small capital, of which Unicode has its own."""
    prefix, _space, letter = unicodedata.name(character, "").rpartition(" ")
    return letter.lower() if prefix == "LATIN LETTER SMALL CAPITAL" else character


def _is_common(password: str) -> bool:
    return (
        password in _COMMON_PASSWORDS
        or _core(password) in _COMMON_CORES
        or _is_repetition(password)
        or _is_run(password)
    )


def _core(password: str) -> str:
    """Take the numbers and marks off both ends, then the disguises off what is between."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password).translate(_DISGUISES)


def _is_repetition(password: str) -> bool:
    """Say whether it is a piece of at most a third of itself, again and again."""
    longest = max(len(password) // 3, 1)
    return any(
        password == (password[:size] * (len(password) // size + 1))[: len(password)]
        for size in range(1, min(longest, 12) + 1)
    )


def _is_run(password: str) -> bool:
    """Say whether it walks along the alphabet, the numbers or the keyboard, either way."""
    return any(password in run or password[::-1] in run for run in _RUNS)


def _contains_context(password: str, context: tuple[str, ...]) -> bool:
    bare = _folded(password)
    return any(word in bare for words in context for word in _context_words(words))


def _context_words(words: str) -> set[str]:
    """List what of a name or an address must not come back: words of four letters, and the whole.

    Of an e-mail address only what stands before the @: everybody shares the rest.
    """
    own = _folded(words.partition("@")[0])
    parts = {*re.split(r"[\W_]+", own), re.sub(r"[\W_]+", "", own)}
    return {part for part in parts if len(part) >= 4}


def _folded(value: str) -> str:
    return unicodedata.normalize("NFKC", value).casefold()
