"""Mail: text and HTML of one template, one line a header, a stable name, refusals that are final."""

import re
import smtplib
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from jinja2 import DictLoader

from civicforum import mail
from civicforum.jobs import GiveUp


@pytest.fixture
def context(app):
    """As a task has it: inside a request, with a template of our own."""
    templates = app.extensions["mail"]["templates"]
    before = templates.loader
    templates.loader = DictLoader(
        {"t.md": "About {{ title }}\n\nHello {{ title }},\n\n[Look here]({{ url }})\n\n*Yours*"}
    )
    with app.test_request_context(base_url=app.config["BASE_URL"]):
        yield
    templates.loader = before


def send(to="Ana <ana@example.org>", title="buses", because="You asked for it.", stop_url=None):
    why = mail.Because(because, stop_url)
    mail.send(to, "t.md", locale="en", key="test:1", because=why, title=title, url="http://127.0.0.1/x")


def delivered(app):
    folder = app.config["DATA_DIR"] / "mail"
    return [message_from_bytes(f.read_bytes(), policy=policy.default) for f in folder.glob("*.eml")]


def test_a_mail_is_good_as_text_and_as_html(app, context):
    send()
    (message,) = delivered(app)
    assert (message["Subject"], message["To"]) == ("About buses", "Ana <ana@example.org>")
    text = message.get_body(("plain",)).get_content()
    assert "Look here: http://127.0.0.1/x" in text
    page = message.get_body(("html",)).get_content()
    assert 'href="http://127.0.0.1/x"' in page
    # The rules are in the elements; only those for dark screens are left as a sheet.
    sheet = page.partition("<style>")[2].partition("</style>")[0]
    assert sheet.strip().startswith("@media (prefers-color-scheme: dark)")
    assert 'style="' in page


def test_the_same_mail_has_the_same_name(app, context):
    send()
    send()
    assert len(delivered(app)) == 1


def test_a_value_brings_no_header_and_no_markup(app, context):
    send(title="x\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script>")
    (message,) = delivered(app)
    assert message["Bcc"] is None
    assert "\n" not in message["Subject"]
    assert "<script" not in message.get_body(("html",)).get_content()


def test_one_click_unsubscribe_is_in_the_headers(app, context):
    send(stop_url="http://127.0.0.1/u")
    (message,) = delivered(app)
    assert message["List-Unsubscribe"] == "<http://127.0.0.1/u>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Stop these mails: http://127.0.0.1/u" in message.get_body(("plain",)).get_content()
    assert 'href="http://127.0.0.1/u"' in message.get_body(("html",)).get_content()


def test_every_mail_says_why_it_comes(app, context):
    send(because="You get this because of <b>you</b>.")
    (message,) = delivered(app)
    assert message.get_body(("plain",)).get_content().endswith("* * *\nYou get this because of <b>you</b>.\n")
    assert "because of &lt;b&gt;you&lt;/b&gt;." in message.get_body(("html",)).get_content()
    assert message["List-Unsubscribe"] is None


def test_what_somebody_typed_stays_as_they_typed_it(app, context):
    nasty = "*loud* [here](http://evil.example/a_b) <b>x</b> &amp; a_b_c `code` \\* **x** @rita #1 https://x.org/a_b*c"
    app.extensions["mail"]["templates"].loader = DictLoader({"t.md": "S\n\n> {{ title|typed }}\n"})
    send(title=nasty)
    (message,) = delivered(app)
    assert f"> {nasty}" in message.get_body(("plain",)).get_content()
    page = message.get_body(("html",)).get_content()
    assert "[here](<a " in page
    assert 'href="https://x.org/a_b*c"' in page
    assert not re.search(r"<(strong|em|code|b)[ >]|/people/", page)


WRITTEN_BY_PEOPLE = re.compile(
    r"\b(?:person\.name|name=name|post\.(?:name|answered)|town_hall\.(?:title|location|phone|cancel_reason)"
    r"|project\.title|thread\.title|thread=thread|reason=reason|rule=rule|(?<=\{ )reason|line)"
    r"(?=[ ,)|])(?!\|typed)"
)


def test_what_people_wrote_is_typed_in_every_mail():
    for path in Path("templates").glob("*/mail/*.md"):
        _subject, _gap, words = path.read_text().partition("\n")
        shown = " ".join(re.findall(r"\{\{.*?\}\}", words))
        assert not re.findall(WRITTEN_BY_PEOPLE, shown), path


def buttons(app, words, title):
    """The addresses of the buttons in a mail of these words."""
    app.extensions["mail"]["templates"].loader = DictLoader({"t.md": f"S\n\n{words}"})
    send(title=title)
    (message,) = delivered(app)
    page = message.get_body(("html",)).get_content()
    links = re.findall(r"<a [^>]*>", page)
    return [re.search('href="([^"]*)"', link)[1] for link in links if 'class="button"' in link], page


def test_a_link_that_a_template_writes_to_a_page_of_ours_is_a_button(app, context):
    base = app.config["BASE_URL"]
    found, page = buttons(app, f"Hello,\n\n[Look]({base}/x)\n\n[Here]({base}/y)", "")
    assert found == [f"{base}/x", f"{base}/y"]
    assert "[" not in page.partition("<body")[2]


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("Hello,\n\n{{ title|typed }}\n\nBye", "BASE/sign-in"),
        ("Hello,\n\n{{ title|typed }}", "[Sign in](BASE/x)"),
        ("> {{ title|typed }}\n\nBye", "https://evil.example/x"),
        ("Hello,\n\n[Look](https://evil.example/{{ title }})\n\nBye", "x"),
        ("Hello,\n\n[Look](BASE.evil.example/{{ title }})\n\nBye", "x"),
    ],
)
def test_an_address_that_somebody_wrote_is_never_a_button(app, context, words, title):
    base = app.config["BASE_URL"]
    found, page = buttons(app, words.replace("BASE", base), title.replace("BASE", base))
    assert found == []
    assert "<a " in page


def test_smtp_delivers(smtp, context):
    send()
    (message,) = smtp.mails()
    assert message["Subject"] == "About buses"


def test_a_refusal_for_good_gives_up(smtp, context):
    with pytest.raises(GiveUp):
        send(to="gone@example.org")


def test_a_refusal_for_now_is_tried_again(smtp, context):
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(to="full@example.org")
