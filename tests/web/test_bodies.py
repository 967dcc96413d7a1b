"""Bodies and numbers made to break whoever reads them."""

import pytest
from factories import make_project, make_thread, make_user

from civicforum.web.numbers import whole_number


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        '{"body": "x", "reply_to": ' + "9" * 5_000 + "}",
        '{"body": "a\\u0000b"}',
        '{"body": "a\\ud800b"}',
        '{"body": "x", "\\ud800": 1}',
    ],
    ids=["brackets", "braces", "digits", "NUL", "half a pair", "half a pair as a name"],
)
def test_json_that_cannot_be_read_or_stored_is_refused(client, token_for, body):
    thread = make_thread(make_project())
    answer = client.post(
        f"/api/v1/threads/{thread.id}/posts",
        data=body,
        headers={**token_for(make_user()), "Content-Type": "application/json"},
    )
    assert answer.status_code == 422
    assert answer.json["errors"]


def test_an_address_with_a_nul_leads_nowhere(client):
    assert client.get("/projects/a%00b").status_code == 404


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("7", 7), ("2147483647", 2**31 - 1), ("2147483648", None), ("9" * 5_000, None),
     ("\u00b2", None),
     ("\u0667", None), ("-1", None), ("+1", None), ("1.0", None), (" 1", None), ("", None), (None, None)],
)  # fmt: skip
def test_a_whole_number_is_one_that_a_column_holds(text, number):
    assert whole_number(text) == number
