"""What somebody added in a mail, as the common mail programs write one; whatever comes, nothing raises."""

import time
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicforum.discussions.letters.reading import MAX_BYTES, read_letter
from civicforum.discussions.letters.words import words_of_html, words_of_text

TOKEN = "abcdefghijklmnopqrstuv23"
OURS = "reply@forum.example"
SAID = "Yes, please widen it.\n\nAnd move the bins."
QUOTE = "> Maria answered you:\n>\n> > I walked there\n"

PLAIN = {
    "gmail": "\n\nOn Thu, Nov 26, 2026 at 10:00 AM T <reply+x@forum.example>\nwrote:\n\n" + QUOTE,
    "gmail, es": "\n\nEl jue, 26 nov 2026 a las 10:00, T (<c@x.example>) escribió:\n\n" + QUOTE,
    "apple": "\n\nSent from my iPhone\n\n> On Nov 26, T <c@x.example> wrote:\n> \n" + QUOTE,
    "apple, es": "\n\nEnviado desde mi iPhone\n\n> El 26 nov, a la(s) 10:00, T <c@x.example> escribió:\n> \n",
    "outlook": "\n\n" + "_" * 32 + "\nFrom: T <c@x.org>\nSent: Thursday\nTo: D\nSubject: S\n\nMaria",
    "outlook, es": "\n\nDe: T <c@x.org>\nEnviado: jueves\nPara: D\nAsunto: S\n\nMaria",
    "old outlook": "\n\n-----Original Message-----\nFrom: T\nSent: Thursday\nTo: D\nSubject: S\n\nMaria",
    "old outlook, es": "\n\n-----Mensaje original-----\nDe: T\nEnviado el: jueves\nPara: D\nAsunto: S",
    "thunderbird": "\n\nOn 11/26/26 10:00, Tarrow Bend wrote:\n" + QUOTE,
    "a signature": "\n\n-- \nDenise Walker\nNorthgate",
    "only a quote": "\n\n" + QUOTE,
    "nothing": "\n\n",
}  # fmt: skip


@pytest.mark.parametrize("program", PLAIN)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_what_is_answered_and_signed_is_left_out(program, line_end):
    assert words_of_text((SAID + PLAIN[program]).replace("\n", line_end)) == SAID


def test_what_stands_under_what_it_answers_is_found():
    below = "On Thu, Nov 26, 2026, Tarrow Bend wrote:\n> Maria answered you:\n> I walked\n\n" + SAID
    assert words_of_text(below) == SAID
    between = "> Wider?\nYes.\n\n> And the bins?\nMove them."
    assert words_of_text(between) == between


@pytest.mark.parametrize(
    "words",
    [
        "Thanks, that helps.\n\nBest, we do it at once. Regards to all.",
        "Thank you,\nand now to the bins: on Friday we wrote:\n- a letter\n- a list",
        "From the school to the bridge it is far.\n\n--- so far.",
        "Gracias,\n\nSaludos a todos. El viernes escribió:",
    ],
)  # fmt: skip
def test_no_words_of_ones_own_are_lost(words):
    assert words_of_text(words) == words


def test_lines_that_a_mail_program_broke_are_whole_again():
    words = "I walked the whole way from the school to the bus stop this morning, and counted\nthe places."
    assert words_of_text(words) == words.replace("\n", " ")
    assert words_of_text("One \nline.\n\n-- \nD", is_flowed=True) == "One line."
    assert words_of_text("On \ne", is_flowed=True, drops_space=True) == "One"
    assert words_of_text("- one\n- two") == "- one\n- two"


def test_html_alone_is_read():
    gmail = (
        '<style>p{}</style><div dir="ltr">Yes, please <b>widen</b> it.<br><br>And move the bins.</div><br>'
        '<div class="gmail_quote"><div>On Thu, Nov 26, 2026 T &lt;c@x.example&gt; wrote:<br></div>'
        "<blockquote>Maria answered you</blockquote></div>"
    )
    assert words_of_html(gmail) == SAID
    head = "<b>De:</b> T<br><b>Enviado:</b> j<br><b>Para:</b> D<br><b>Asunto:</b> S"
    outlook = f"<p>Sí &amp; más</p><hr><div>{head}</div>"
    assert words_of_html(outlook) == "Sí & más"
    assert (
        words_of_html("&lt;script&gt;alert(1)&lt;/script&gt;<script>x</script>")
        == "<script>alert(1)</script>"
    )


@pytest.mark.parametrize(
    "wall",
    ["\n", "_", "<", "> ", "On a\n", "El ", "Best, ", "mail ", "De: a\n\n", "a\n\n", " \n", "-", "<p>"],
)
def test_no_wall_takes_long(wall):
    started = time.perf_counter()
    words_of_text(wall * (200_000 // len(wall)))
    words_of_html(wall * (200_000 // len(wall)))
    assert time.perf_counter() - started < 5


def letter(words=SAID, **headers):
    message = EmailMessage()
    named = {"From": "Ana <ana@example.org>", "To": f"Forum <reply+{TOKEN.upper()}@FORUM.example>", **headers}
    for name, value in named.items():
        message[name.replace("_", "-")] = value
    message.set_content(words)
    return message


def read(content, recipient=""):
    return read_letter(content if isinstance(content, bytes) else content.as_bytes(), OURS, recipient)


def test_a_letter_is_read_whatever_its_coding():
    for charset, cte in (("utf-8", "base64"), ("utf-8", "quoted-printable"), ("iso-8859-1", "8bit")):
        message = letter()
        message.set_content("Sí, más bancos: ¿cuándo?", charset=charset, cte=cte)
        assert read(message).words == "Sí, más bancos: ¿cuándo?"
    unknown = letter().as_bytes().replace(b'charset="utf-8"', b'charset="no-such"')
    assert read(unknown).words == SAID


def test_a_letter_is_read_from_text_before_html_and_files_are_noticed():
    message = letter()
    message.add_alternative("<p>Other</p>", subtype="html")
    assert (read(message).words, read(message).has_attachments) == (SAID, False)
    message.add_attachment(b"x", maintype="image", subtype="png", filename="a.png")
    assert (read(message).words, read(message).has_attachments) == (SAID, True)
    empty = letter("\n")
    empty.add_alternative("<p>Only here</p>", subtype="html")
    assert read(empty).words == "Only here"


def test_the_token_is_found_wherever_it_was_delivered_to():
    assert read(letter()).token == TOKEN
    assert read(letter(To="x@y.example", Cc=f"reply+{TOKEN}@forum.example")).token == TOKEN
    assert read(letter(To="x@y.example"), f"reply+{TOKEN}@forum.example").token == TOKEN
    for address in (
        f"reply+{TOKEN}@forum.example.evil",
        f"xreply+{TOKEN}@forum.example",
        f"reply+{TOKEN}x@forum.example",
    ):
        assert read(letter(To=address)).token is None


@pytest.mark.parametrize(
    "header",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
        {"List_Id": "<l.example>"},
        {"X_Autoreply": "yes"},
        {"From": "MAILER-DAEMON@x.example"},
        {"Content_Type": "multipart/report"},
    ],
)  # fmt: skip
def test_what_a_machine_writes_is_known(header):
    message = (
        letter()
        if "Content_Type" not in header
        else letter().as_bytes().replace(b"text/plain", b"multipart/report")
    )
    if not isinstance(message, bytes):
        for name, value in header.items():
            del message[name.replace("_", "-")]
            message[name.replace("_", "-")] = value
    assert read(message).is_automatic
    assert not read(letter(Auto_Submitted="no")).is_automatic


def test_a_letter_has_one_sender_and_one_name():
    assert read(letter()).sender == "ana@example.org"
    two = letter().as_bytes().replace(b"From: ", b"From: eve@example.org\nFrom: ", 1)
    assert read(two).sender == ""
    assert read(letter(Message_ID="<1@x>")).name == read(letter("Other", Message_ID="<1@x>")).name
    assert read(letter("One")).name != read(letter("Two")).name


def test_of_a_letter_that_is_too_large_only_the_head_is_read():
    found = read(letter().as_bytes() + b"x" * MAX_BYTES)
    assert (found.is_too_large, found.token, found.words) == (True, TOKEN, "")


@given(st.binary(max_size=300), st.binary(max_size=100))
def test_nothing_raises(head, body):
    read(head)
    read(b"From: " + head + b"\nTo: " + head + b"\nContent-Type: " + body + b"\n\n" + body)
    read(b"Content-Transfer-Encoding: base64\nMessage-ID: " + head + b"\n\n" + body)
