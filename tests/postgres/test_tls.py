"""TLS modes, against servers with and without TLS.

The PostgreSQL of the tests is built without TLS, so PgBouncer takes its part where TLS is spoken.
"""

import asyncio
from collections.abc import Iterator
import contextlib
from dataclasses import dataclass
from pathlib import Path
import subprocess

import pytest

from custom_components.ai_memory.errors import (
    DatabaseError,
    DatabaseUnreachable,
    InsecureConnection,
)
from custom_components.ai_memory.postgres.database import Database
from custom_components.ai_memory.postgres.settings import ConnectionSettings
from demo.postgres import HOST, ROLE, PostgresError, free_port
from tests.databases import FreshDatabase
from tests.pgbouncer import needs_pgbouncer, pgbouncer


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority, made as PostgreSQL's manual says (section 19.9.5)."""

    folder: Path

    @property
    def certificate(self) -> Path:
        """Return its own certificate."""
        return self.folder / "root.crt"

    def make(self) -> None:
        """Make the authority."""
        self._openssl("req", "-new", *self._key("root"), "-subj", "/CN=root")
        extensions = self.folder / "v3_ca"
        extensions.write_text(
            "subjectKeyIdentifier=hash\n"
            "authorityKeyIdentifier=keyid:always,issuer\n"
            "basicConstraints=critical,CA:true\n"
        )
        self._sign("root", extensions, "-signkey", "root.key")

    def issue(self, name: str, alternative: str) -> tuple[Path, Path]:
        """Return certificate and key of a server."""
        self._openssl("req", "-new", *self._key(name), "-subj", f"/CN={name}")
        extensions = self.folder / f"{name}.extensions"
        extensions.write_text(f"subjectAltName={alternative}\n")
        self._sign(
            name, extensions, "-CA", "root.crt", "-CAkey", "root.key", "-CAcreateserial"
        )
        return self.folder / f"{name}.crt", self.folder / f"{name}.key"

    def _key(self, name: str) -> list[str]:
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        return [*curve, "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr"]

    def _sign(self, name: str, extensions: Path, *by: str) -> None:
        files = ["-in", f"{name}.csr", "-out", f"{name}.crt"]
        files += ["-extfile", str(extensions)]
        self._openssl("x509", "-req", "-days", "2", *files, *by)

    def _openssl(self, *arguments: str | Path) -> None:
        subprocess.run(
            ["openssl", *arguments], cwd=self.folder, check=True, capture_output=True
        )


def make_authority(folder: Path) -> Authority:
    folder.mkdir()
    authority = Authority(folder)
    authority.make()
    return authority


@pytest.fixture
def database(emptied_database: FreshDatabase) -> FreshDatabase:
    return emptied_database


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("tls") / "authority")


@pytest.fixture(params=[f"IP:{HOST}"])
def tls_dsn(
    request: pytest.FixtureRequest, database: FreshDatabase, authority: Authority
) -> Iterator[str]:
    """Give the DSN of a server that speaks TLS, with a certificate for the name in `param`."""
    certificate, key = authority.issue("server", request.param)
    settings = {
        "client_tls_sslmode": "allow",
        "client_tls_cert_file": certificate.name,
        "client_tls_key_file": key.name,
    }
    with pgbouncer(database.server, settings, certificate, key) as port:
        yield database.dsn.replace(str(database.server.port), str(port))


async def is_encrypted(dsn: str) -> bool:
    """Open a pool; return whether its connections are encrypted."""
    database = Database(ConnectionSettings(dsn=dsn))
    await database.open()
    try:
        async with database.session(5) as connection:
            transport = connection._con._transport  # type: ignore[attr-defined]  # not in the stubs
            return transport.get_extra_info("ssl_object") is not None
    finally:
        await database.close()


async def failure(dsn: str) -> type[DatabaseError]:
    with pytest.raises(DatabaseError) as caught:
        await Database(ConnectionSettings(dsn=dsn)).open()
    return type(caught.value)


@pytest.mark.parametrize("mode", ["", "?sslmode=disable", "?sslmode=prefer"])
async def test_server_without_tls_serves(mode: str, database: FreshDatabase) -> None:
    assert not await is_encrypted(database.dsn + mode)


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
async def test_server_without_tls_is_not_enough(
    mode: str, database: FreshDatabase
) -> None:
    assert await failure(f"{database.dsn}?sslmode={mode}") is InsecureConnection


async def test_prefer_with_a_dead_host_behind_one_without_tls(
    database: FreshDatabase,
) -> None:
    """The error of the last host does not hide that the first one has no TLS."""
    hosts = f"{HOST}:{database.server.port},{HOST}:{free_port()}"
    dsn = f"postgresql://{ROLE}:{database.server.password}@{hosts}/{database.name}"
    assert not await is_encrypted(dsn)


async def test_prefer_with_nobody_there(socket_enabled: None) -> None:
    dsn = f"postgresql://{ROLE}:x@{HOST}:{free_port()}/x"
    assert await failure(dsn) is DatabaseUnreachable


async def test_server_that_wants_tls(database: FreshDatabase) -> None:
    """Its refusal says "no encryption": that is no wrong password."""
    access = database.server.home.resolve() / "data" / "pg_hba.conf"
    rules = access.read_text()
    access.write_text(f"host {database.name} {ROLE} {HOST}/32 reject\n{rules}")
    database.execute("SELECT pg_reload_conf()")
    try:
        await asyncio.to_thread(wait_until_refused, database)
        assert await failure(f"{database.dsn}?sslmode=disable") is InsecureConnection
    finally:
        access.write_text(rules)
        database.execute("SELECT pg_reload_conf()")


def wait_until_refused(database: FreshDatabase) -> None:
    """Wait until the changed rules are in force."""
    with contextlib.suppress(PostgresError):
        while database.server.execute("SELECT 1", database.name, superuser=False):
            pass


@needs_pgbouncer
@pytest.mark.parametrize("mode", ["", "?sslmode=require"])
async def test_tls_is_used_where_it_is_to_be_had(mode: str, tls_dsn: str) -> None:
    assert await is_encrypted(tls_dsn + mode)


@needs_pgbouncer
async def test_disable_does_without(tls_dsn: str) -> None:
    assert not await is_encrypted(f"{tls_dsn}?sslmode=disable")


@needs_pgbouncer
@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
async def test_verified(
    mode: str, tls_dsn: str, authority: Authority, tmp_path: Path
) -> None:
    """The authority that was named is trusted, no other one."""
    dsn = f"{tls_dsn}?sslmode={mode}"
    assert await is_encrypted(f"{dsn}&sslrootcert={authority.certificate}")
    assert await failure(dsn) is InsecureConnection
    other = make_authority(tmp_path / "other").certificate
    assert await failure(f"{dsn}&sslrootcert={other}") is InsecureConnection
    assert await failure(f"{dsn}&sslrootcert={tmp_path}/none") is InsecureConnection


@needs_pgbouncer
@pytest.mark.parametrize("tls_dsn", ["DNS:elsewhere.home"], indirect=True)
async def test_certificate_of_another_host(tls_dsn: str, authority: Authority) -> None:
    root = f"sslrootcert={authority.certificate}"
    assert await is_encrypted(f"{tls_dsn}?sslmode=verify-ca&{root}")
    assert await failure(f"{tls_dsn}?sslmode=verify-full&{root}") is InsecureConnection


def test_only_the_named_authority_is_trusted(authority: Authority) -> None:
    """With all public authorities beside it, `verify-ca` would trust anybody's certificate."""
    dsn = f"postgresql://u:p@h/d?sslmode=verify-ca&sslrootcert={authority.certificate}"
    context = ConnectionSettings(dsn=dsn).ssl_context()
    assert context is not None
    [trusted] = context.get_ca_certs()
    assert trusted["subject"] == ((("commonName", "root"),),)
