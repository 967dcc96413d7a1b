"""Settings: what is not said has a sound default; what is wrong stops the start and is named."""

import pytest

from civicforum.config import load_settings
from civicforum.errors import SettingsError


def settings(tmp_path, **values):
    names = {f"CIVICFORUM_{name.upper()}": value for name, value in values.items()}
    return load_settings({"CIVICFORUM_DATA_DIR": str(tmp_path), **names})


def test_nothing_needs_to_be_set(tmp_path):
    found = settings(tmp_path)
    assert found.database_url == f"sqlite:///{tmp_path}/civicforum.sqlite3"
    assert (found.base_url, found.mail_url, found.redis_url) == ("http://127.0.0.1:8000", None, None)
    assert (found.limits, found.timezone, found.trusted_proxies) == ("normal", "UTC", 0)


def test_the_secret_is_made_once_and_kept(tmp_path):
    first, second = settings(tmp_path).secret_key, settings(tmp_path).secret_key
    assert first == second
    assert len(first) >= 32
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_the_address_served_is_the_base_unless_one_is_set(tmp_path):
    environ = {"CIVICFORUM_DATA_DIR": str(tmp_path)}
    assert load_settings(environ, "http://127.0.0.1:9001").base_url == "http://127.0.0.1:9001"
    chosen = {**environ, "CIVICFORUM_BASE_URL": "http://localhost:5000/"}
    assert load_settings(chosen, "http://127.0.0.1:9001").base_url == "http://localhost:5000"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_goes_through_psycopg(tmp_path, scheme):
    found = settings(tmp_path, database_url=f"{scheme}://me@host/town")
    assert found.database_url == "postgresql+psycopg://me@host/town"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://host/town"),
        ("REDIS_URL", "http://host"),
        ("BASE_URL", "forum.example.org"),
        ("BASE_URL", "https://example.org/forum"),
        ("SECRET_KEY", "short"),
        ("MAIL_URL", "host:25"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "one"),
        ("TIMEZONE", "Roanoke"),
        ("LIMITS", "none"),
        ("SOCKET_PING_SECONDS", "0.5"),
        ("HIDE_AT_SCORE", "1"),
        ("HIDE_AT_SCORE", "1e2"),
        ("HIDE_AT_SCORE", "101"),
    ],
)
def test_a_wrong_value_is_named(tmp_path, name, value):
    with pytest.raises(SettingsError) as refused:
        settings(tmp_path, **{name: value})
    assert str(refused.value).startswith(f"CIVICFORUM_{name} ")


@pytest.mark.parametrize(("value", "score"), [("", 8.33), ("12.5", 12.5), ("2", 2), ("never", None)])
def test_a_town_sets_what_flags_must_weigh(tmp_path, value, score):
    assert settings(tmp_path, hide_at_score=value).hide_at_score == score


def test_a_public_address_needs_a_secret_of_its_own(tmp_path):
    with pytest.raises(SettingsError, match="CIVICFORUM_SECRET_KEY is not set"):
        settings(tmp_path, base_url="https://forum.example.org")


def test_limits_are_never_off_in_public(tmp_path):
    with pytest.raises(SettingsError, match="CIVICFORUM_LIMITS"):
        settings(tmp_path, base_url="https://forum.example.org", secret_key="x" * 40, limits="off")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="CIVICFORUM_DATA_DIR"):
        load_settings({"CIVICFORUM_DATA_DIR": str(tmp_path / "file" / "inside")})
