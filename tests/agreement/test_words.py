import pytest

from civicforum.agreement.words import find_words, fold, mask


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("You IDIOT!", ["idiot"], ["idiot"]),
        ("idiots", ["idiot"], []),
        ("an idiotic plan", ["idiot"], []),
        ("ESTÚPIDO", ["estupido"], ["estupido"]),
        ("estupido", ["Estúpido"], ["estupido"]),
        ("go   to\nhell", ["go to hell"], ["go to hell"]),
        ("i\u200bdiot", ["idiot"], ["idiot"]),
        ("ｉｄｉｏｔ", ["idiot"], ["idiot"]),
        ("a+b", ["a+b"], ["a+b"]),
        ("anything", [], []),
        ("anything", [""], []),
        ("trash and trash and scum", ["scum", "trash"], ["trash", "scum"]),
    ],
)
def test_listed_words_are_found_whole_and_in_any_dress(text, words, found):
    assert find_words(text, words) == found


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("You idiot, you IDIÓT!", "You •••••, you •••••!"),
        ("go  to hell now", "••  •• •••• now"),
        ("idiots", "idiots"),
        ("weiß idiot", "weiß •••••"),
        ("e\u0301 idiot\u0301 x", "e\u0301 •••••• x"),
    ],
)
def test_masking_leaves_everything_else_as_it_is(text, masked):
    assert mask(text, ["idiot", "go to hell"]) == masked


def test_folding_is_for_comparing():
    assert fold("Ärger\u200b") == "arger"


def test_a_long_text_is_searched_quickly():
    import time

    begun = time.perf_counter()
    find_words("a " * 16_000, [f"word{n}" for n in range(200)])
    assert time.perf_counter() - begun < 1
