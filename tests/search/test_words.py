"""Words as they are compared."""

import pytest

from civicforum.search.marking import marked
from civicforum.search.ranking import score
from civicforum.search.words import MOST_TERMS, Term, folded_words, parse_terms


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Bus, the BUS!", "the bus the bus"),
        ("¿Dónde está la niñez?", "donde esta la ninez"),
        ("Straße ﬁne №5", "strasse fine 5"),
        ("e\u0301tude", "etude"),
        ("it's 100% snake_case", "it s 100 snake case"),
        ("½ ١٢", "12 ١٢"),
        ("Ümlaut\u200bjoined", "umlaut joined"),
        ("東京 カフェ", "東京 カフェ"),
        ("", ""),
        ("<script>§t7 & '", "script t7"),
        ("\u0301\u0301", ""),
        ("x" * 100, "x" * 40),
    ],
)
def test_words_are_folded_to_letters_and_digits(text, words):
    assert folded_words(text) == words


@pytest.mark.parametrize(
    "query", ["", " ", "a", "é", '"', "*", "NEAR(", "\x00", "a b", "%", "()", "-", "§", "\ud800"]
)
def test_hostile_and_empty_lines_ask_for_words_or_nothing(query):
    assert all(term.word.isalnum() for term in parse_terms(query))
    assert bool(parse_terms(query)) == (query == "NEAR(")


def test_a_line_asks_for_each_word_once_and_not_for_too_many():
    assert parse_terms("bus Bus stop") == (Term("bus", True), Term("stop", True))
    assert len(parse_terms(" ".join(f"w{n}" for n in range(30)))) == MOST_TERMS
    assert parse_terms("word " * 5000) == (Term("word", True),)


def test_short_words_are_whole_until_they_are_being_typed():
    assert parse_terms("go bu") == (Term("go", False), Term("bu", False))
    assert parse_terms("go bu", is_typing=True) == (Term("go", False), Term("bu", True))
    assert parse_terms("go bu ", is_typing=True) == (Term("go", False), Term("bu", False))


def test_the_same_words_in_the_title_whole_and_side_by_side_come_first():
    terms = parse_terms("bus stop")
    texts = [
        ("bus stop", ""),
        ("busy stops", ""),
        ("stop the bus", ""),
        ("", "the bus stop"),
        ("", "a bus and a stop"),
        ("", "busy people stopped"),
    ]
    scores = [score(title, body, terms) for title, body in texts]
    assert scores == sorted(set(scores), reverse=True)


def line(pieces):
    return "".join(f"[{piece.text}]" if piece.is_hit else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("The Café is open.", "cafe", "The [Café] is open."),
        ("Bus stops, bus.", "bus stop", "[Bus] [stops], [bus]."),
        ("Nothing of it.", "bus", "Nothing of it."),
        ("", "bus", ""),
        ("<b>bus</b>", "bus", "<b>[bus]</b>"),
        ("one\n\n two", "two", "one [two]"),
    ],
)
def test_what_was_asked_for_is_marked(text, query, shown):
    assert line(marked(text, parse_terms(query))) == shown


def test_a_long_text_is_cut_between_words_around_the_first_hit():
    text = "before " * 100 + "needle " + "after " * 100
    shown = line(marked(text, parse_terms("needle"), 60))
    assert shown.startswith("… before before")
    assert shown.endswith("after …")
    assert "[needle]" in shown
    assert len(shown) < 80


def test_one_endless_word_is_cut_as_well():
    assert len(line(marked("x" * 5000, parse_terms("needle")))) < 240
    assert len(line(marked("x" * 5000, parse_terms("xxx")))) < 240
