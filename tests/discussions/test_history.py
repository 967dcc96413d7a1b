"""History: what was changed, nothing lost, and not too slow to show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicforum.discussions.history import Change, word_diff

words = st.lists(st.sampled_from(["bus", "stop", "the", " ", "  ", "\n", "\n\n", "é"])).map("".join)


def parts(changes: list[Change], *kinds: str) -> str:
    return "".join(text for kind, text in changes if kind in kinds)


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("", "", []),
        ("The bus.", "The bus.", [("same", "The bus.")]),
        ("", "The bus.", [("added", "The bus.")]),
        ("The bus.", "", [("removed", "The bus.")]),
        (
            "The bus is late.",
            "The bus is never late.",
            [("same", "The bus is "), ("added", "never "), ("same", "late.")],
        ),
        (
            "Close the school now.",
            "Open the school now.",
            [("removed", "Close "), ("added", "Open "), ("same", "the school now.")],
        ),
    ],
)
def test_an_edit_is_told_word_by_word(old: str, new: str, changes: list[tuple[str, str]]) -> None:
    assert word_diff(old, new) == changes


@given(words | st.text(), words | st.text())
def test_both_texts_can_be_read_from_the_changes(old: str, new: str) -> None:
    changes = word_diff(old, new)
    assert parts(changes, "same", "removed") == old
    assert parts(changes, "same", "added") == new


PARAGRAPHS = [f"Paragraph {n} says this and that.\n\n" for n in range(1_000)]


def test_one_word_changed_in_a_long_text_is_one_word() -> None:
    old = "".join(PARAGRAPHS)
    new = old.replace("Paragraph 7 says", "Paragraph 7 denies")
    before, after = old.split("says ", 8)[:8], old.split("says ", 8)[8]
    assert word_diff(old, new) == [
        ("same", "says ".join(before)),
        ("removed", "says "),
        ("added", "denies "),
        ("same", after),
    ]


def test_much_changed_in_a_long_text_is_told_by_paragraphs() -> None:
    old = "".join(PARAGRAPHS)
    new = old.replace("Paragraph 7 says", "Item 7 says").replace("Paragraph 992 ", "Item 992 ")
    assert word_diff(old, new) == [
        ("same", "".join(PARAGRAPHS[:7])),
        ("removed", "Paragraph 7 says this and that.\n\n"),
        ("added", "Item 7 says this and that.\n\n"),
        ("same", "".join(PARAGRAPHS[8:992])),
        ("removed", "Paragraph 992 says this and that.\n\n"),
        ("added", "Item 992 says this and that.\n\n"),
        ("same", "".join(PARAGRAPHS[993:])),
    ]


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 16_000, "b a " * 8_000),
        ("a b " * 950, "b a a " * 650),
        ("a " * 220, "a b " * 220),
        ("\n\n".join("a" * 10_000), "\n\n".join("ab" * 5_000)),
        (" ".join(map(str, range(4_000))), " ".join(map(str, range(4_000, 0, -1)))),
        ("x" * 32_000, "y" * 32_000),
        ("\n" * 32_000, "\n" * 31_000),
    ],
    ids=["one word", "two words", "every other", "one paragraph", "backwards", "no spaces", "no words"],
)
def test_a_text_made_to_be_slow_is_compared_at_once(old: str, new: str) -> None:
    changes = word_diff(old, new)
    assert parts(changes, "same", "removed") == old
    assert parts(changes, "same", "added") == new
