"""``civicforum user`` and ``civicforum token``: run as an operator runs them."""

import subprocess

import pytest
from commands import run_command

from civicforum.accounts.passwords import verify_password
from civicforum.accounts.queries import find_by_email, find_token
from civicforum.agreement.queries import current_agreement, is_newcomer
from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.db import db


@pytest.fixture
def town(tmp_path, session_app):
    """A town of its own; ``town('user', 'create', …)`` runs the command there."""
    template = session_app.config["DATA_DIR"] / "template.sqlite3"
    (tmp_path / "civicforum.sqlite3").write_bytes(template.read_bytes())

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run_command({"CIVICFORUM_DATA_DIR": str(tmp_path), "PATH": ""}, *arguments)

    with create_app(load_settings({"CIVICFORUM_DATA_DIR": str(tmp_path)})).app_context():
        yield run
        db.session.remove()
        db.engine.dispose()


def words(result: subprocess.CompletedProcess[str]) -> tuple[int, int]:
    """The exit code, and how many lines stand on stderr."""
    return result.returncode, len(result.stderr.splitlines())


def test_an_account_is_confirmed_vouched_for_and_has_its_role(town):
    made = town(
        "user", "create", "--email", "ada@example.org", "--name", "Admin", "--role", "administrator",
        "--password", "three quiet otters",
    )  # fmt: skip
    assert words(made) == (0, 0)
    ada = find_by_email("ada@example.org")
    assert (ada.name, ada.is_confirmed, ada.is_administrator, is_newcomer(ada)) == (
        "Admin",
        True,
        True,
        False,
    )
    assert verify_password(ada.password_hash, "three quiet otters")
    assert current_agreement().number == 1


def test_a_second_account_of_an_address_is_refused_in_one_line(town):
    for code in (0, 1):
        made = town("user", "create", "--email", "ada@example.org", "--name", "Ada")
        assert words(made) == (code, code)
    assert "has an account already" in made.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("user", "create", "--email", "ada@example.org"),
        ("user", "create", "--email", "ada@example.org", "--name", "Ada", "--role", "emperor"),
        ("token", "create"),
    ],
)
def test_wrong_usage_exits_with_two(town, arguments):
    assert town(*arguments).returncode == 2


def test_a_role_is_given_and_taken(town):
    town("user", "create", "--email", "bo@example.org", "--name", "Bo")
    assert town("user", "role", "--email", "bo@example.org", "--role", "moderator").returncode == 0
    assert find_by_email("bo@example.org").has_role("moderator")
    assert (
        town("user", "role", "--email", "bo@example.org", "--role", "moderator", "--remove").returncode == 0
    )
    db.session.rollback()
    assert not find_by_email("bo@example.org").has_role("moderator")


def test_a_token_is_printed_alone(town):
    town("user", "create", "--email", "bo@example.org", "--name", "Bo")
    made = town("token", "create", "--email", "Bo@example.org", "--name", "load test")
    token = find_token(made.stdout.strip())
    assert (token.user.email, token.name) == ("bo@example.org", "load test")
    assert token.scopes == "read write moderate admin"


def test_a_token_for_nobody_is_refused_in_one_line(town):
    assert words(town("token", "create", "--email", "nobody@example.org")) == (1, 1)


@pytest.mark.parametrize("heading", ["email,name,role\n", ""])
def test_a_file_of_people_is_imported_with_tokens(town, tmp_path, heading):
    file = tmp_path / "people.csv"
    file.write_text(
        f"{heading}ana@example.org,Ana,resident\nbo@example.org,Bo,moderator\n\ncy@example.org,Cy,\n"
    )
    lines = [line.split() for line in town("user", "import", str(file), "--tokens").stdout.splitlines()]
    assert [email for email, _token in lines] == ["ana@example.org", "bo@example.org", "cy@example.org"]
    assert [find_token(token).user.email for _email, token in lines] == [email for email, _token in lines]
    assert find_by_email("bo@example.org").has_role("moderator")


@pytest.mark.parametrize(
    "row",
    ["no address,Bo,resident", "bo@example.org,,resident", "bo@example.org,Bo,emperor", "ana@example.org,A,"],
)
def test_one_bad_row_and_nobody_is_imported(town, tmp_path, row):
    file = tmp_path / "people.csv"
    file.write_text(f"email,name,role\nana@example.org,Ana,resident\n{row}\n")
    result = town("user", "import", str(file))
    assert words(result) == (1, 1)
    assert result.stderr.startswith("Line 3: ")
    assert find_by_email("ana@example.org") is None


def test_thousands_are_imported_in_a_moment(town, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(
        "email,name,role\n" + "".join(f"p{n}@example.org,Person {n},resident\n" for n in range(1000))
    )
    result = town("user", "import", str(file), "--tokens")
    assert len(result.stdout.splitlines()) == 1000
