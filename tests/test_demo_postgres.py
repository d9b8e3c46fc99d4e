"""The PostgreSQL server of the tests and the demo house."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.postgres import PostgresError, PostgresServer

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PostgresServer]:
    """Give a started server with durability on."""
    with PostgresServer(tmp_path / "postgres") as server:
        yield server
        server.remove()


def test_cluster_is_as_promised(server: PostgresServer) -> None:
    assert server.execute(
        "SELECT current_setting('server_version_num')::int / 10000,"
        " current_setting('data_checksums'), current_setting('fsync'),"
        " pg_encoding_to_char(encoding), datcollate, datctype,"
        " pg_get_userbyid(datdba)"
        " FROM pg_database WHERE datname = current_database()",
        superuser=False,
    ) == ("16|on|on|UTF8|C|C.UTF-8|ai_memory")
    assert server.execute("SELECT '[1,2]'::vector <-> '[1,4]'", superuser=False) == "2"
    assert (
        server.execute(
            "SELECT rolsuper OR rolcreatedb OR rolbypassrls"
            " FROM pg_roles WHERE rolname = current_user",
            superuser=False,
        )
        == "f"
    )


def test_wrong_password_is_refused(server: PostgresServer) -> None:
    server.execute("ALTER ROLE ai_memory PASSWORD 'another'")
    with pytest.raises(PostgresError, match="password authentication failed"):
        server.execute("SELECT 1", superuser=False)


def test_data_outlive_kill_and_restart(server: PostgresServer) -> None:
    port = server.port
    server.execute("CREATE TABLE kept AS SELECT 1 AS n", superuser=False)
    pid = server.pid
    server.kill()
    assert not Path(f"/proc/{pid}").exists()
    with pytest.raises(PostgresError, match="refused"):
        server.execute("SELECT 1")
    server.start()
    assert server.port == port
    server.execute("INSERT INTO kept VALUES (2)", superuser=False)
    server.restart()
    assert server.port == port
    assert server.execute("SELECT sum(n) FROM kept", superuser=False) == "3"


def test_another_object_takes_the_home_over(server: PostgresServer) -> None:
    """A server that a killed run left behind is stopped, its data are kept."""
    server.execute("CREATE TABLE kept AS SELECT 7 AS n", superuser=False)
    later = PostgresServer(server.home)
    later.start()
    try:
        assert later.dsn() == server.dsn()
        assert later.execute("SELECT n FROM kept", superuser=False) == "7"
    finally:
        later.stop()


def test_databases_from_a_template(server: PostgresServer) -> None:
    server.create_database("template")
    server.execute("CREATE TABLE one AS SELECT 1 AS n", "template", superuser=False)
    assert server.create_database("copy", "template") == server.dsn("copy")
    assert server.execute("SELECT n FROM one", "copy", superuser=False) == "1"
    server.drop_database("copy")
    with pytest.raises(PostgresError, match="does not exist"):
        server.execute("SELECT 1", "copy")


def test_database_without_vector(server: PostgresServer) -> None:
    server.create_database("plain", vector=False)
    with pytest.raises(PostgresError, match="permission denied to create extension"):
        server.execute("CREATE EXTENSION vector", "plain", superuser=False)


def test_fast_server_of_another_version(tmp_path: Path) -> None:
    with PostgresServer(tmp_path / "fast", version=18, fast=True) as server:
        assert (
            server.execute(
                "SELECT current_setting('fsync'),"
                " current_setting('server_version_num')::int / 10000"
            )
            == "off|18"
        )
        server.remove()
    assert not server.home.exists()
