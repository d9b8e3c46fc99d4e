"""Connection settings: what is a DSN, and what of it may be shown."""

import pytest

from custom_components.ai_memory.errors import InvalidInput
from custom_components.ai_memory.postgres.settings import ConnectionSettings, TlsMode


@pytest.mark.parametrize(
    ("dsn", "place"),
    [
        ("postgresql://u:p@h/db", "h/db"),
        ("postgres://u@h:5433/db", "h:5433/db"),
        ("postgresql://u:p@h1:1,h2/db?target_session_attrs=any", "h1:1,h2/db"),
        ("postgresql://u:p@[::1]:5432/db", "[::1]:5432/db"),
        ("postgresql://u:p@[::1]/db", "[::1]/db"),
        ("postgresql://u:p%40%2F%23%3F@h/d%20b", "h/d b"),
        ("postgresql:///db?host=/var/run/postgresql", "/db"),
    ],
)
def test_dsn(dsn: str, place: str) -> None:
    assert ConnectionSettings(dsn=dsn).place == place


@pytest.mark.parametrize(
    "dsn",
    [
        "mysql://u:p@h/db",
        "host=h dbname=db",
        "postgresql://u:secret@h:port/db",
        "postgresql://u:secret@h:/db",
        "postgresql://u:secret@[::1/db",
        "postgresql://u:sec[ret@h/db",
        "postgresql://u:secret#1@h/db",
        "postgresql://u:123#secret@h/db",
        "postgresql://u:123?secret@h/db",
        "postgresql://u:123/secret@h/db",
        "postgresql://u:sec@ret@h/db",
    ],
)
def test_not_a_dsn(dsn: str) -> None:
    """Above all not one whose password has characters that end it."""
    with pytest.raises(InvalidInput) as caught:
        ConnectionSettings(dsn=dsn)
    assert caught.value.key == "dsn_invalid"
    assert not caught.value.placeholders
    assert "secret" not in str(caught.value) + repr(caught.value)


def test_unknown_tls_mode() -> None:
    settings = ConnectionSettings(dsn="postgresql://u:p@h/db?sslmode=perhaps")
    with pytest.raises(InvalidInput):
        settings.tls_mode()


@pytest.mark.parametrize(
    ("query", "mode"),
    [
        ("", TlsMode.PREFER),
        ("?sslmode=allow", TlsMode.PREFER),
        ("?sslmode=verify-full", TlsMode.VERIFY_FULL),
    ],
)
def test_tls_mode_of_a_dsn(query: str, mode: TlsMode) -> None:
    assert ConnectionSettings(dsn=f"postgresql://h/db{query}").tls_mode() is mode


@pytest.mark.parametrize("missing", ["host", "database", "user"])
def test_incomplete_fields(missing: str) -> None:
    fields = {"host": "h", "database": "d", "user": "u", missing: ""}
    with pytest.raises(InvalidInput) as caught:
        ConnectionSettings(**fields)  # type: ignore[arg-type]  # all of them are text
    assert caught.value.key == "connection_incomplete"
