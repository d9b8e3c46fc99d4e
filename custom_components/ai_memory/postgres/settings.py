"""How to reach the database."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
import re
import ssl
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from ..errors import InsecureConnection, InvalidInput

DEFAULT_PORT = 5432


class TlsMode(StrEnum):
    """How the connection is encrypted, in libpq's words (`sslmode`)."""

    DISABLE = "disable"
    PREFER = "prefer"
    REQUIRE = "require"
    VERIFY_CA = "verify-ca"
    VERIFY_FULL = "verify-full"


_HOST = re.compile(r"(?:\[[^\[\]]*\]|[^:\[\]]*)(?::\d{1,5})?")
_TLS_PARAMETERS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword")


def _is_dsn(text: str) -> bool:
    """Return whether a DSN can be read as it was meant.

    A password with `/`, `?`, `#` or `@` that is not percent-encoded would end up in host or database, and be shown.
    """
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    user, _, hosts = parts.netloc.rpartition("@")
    return (
        parts.scheme in {"postgres", "postgresql"}
        and not parts.fragment
        and "@" not in user + parts.path
        and ("@" not in parts.query or bool(user))
        and all(_HOST.fullmatch(host) for host in hosts.split(","))
    )


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """One DSN, or host, port, database, user and password."""

    host: str = ""
    port: int = DEFAULT_PORT
    database: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    tls: TlsMode = TlsMode.PREFER
    dsn: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Refuse what cannot be a connection. Raises InvalidInput."""
        if self.dsn:
            if not _is_dsn(self.dsn):
                raise InvalidInput("dsn_invalid")
        elif not self.host or not self.database or not self.user:
            raise InvalidInput("connection_incomplete")

    @property
    def place(self) -> str:
        """Return where the data lies, without user or password."""
        if not self.dsn:
            return f"{self.host}:{self.port}/{self.database}"
        parts = urlsplit(self.dsn)
        hosts = parts.netloc.rpartition("@")[2]
        return f"{unquote(hosts)}/{unquote(parts.path.lstrip('/'))}"

    def tls_mode(self) -> TlsMode:
        """Return the TLS mode, a DSN's own first. Raises InvalidInput."""
        if not self.dsn:
            return self.tls
        mode = dict(parse_qsl(urlsplit(self.dsn).query)).get("sslmode", "prefer")
        try:
            # libpq's `allow` tries without TLS first; we never do where TLS is to be had.
            return TlsMode("prefer" if mode == "allow" else mode)
        except ValueError:
            raise InvalidInput("dsn_invalid") from None

    def arguments(self) -> dict[str, Any]:
        """Return the arguments for asyncpg, TLS apart."""
        if not self.dsn:
            return {
                "host": self.host,
                "port": self.port,
                "database": self.database,
                "user": self.user,
                "password": self.password,
            }
        # asyncpg would read certificate files in the event loop for these.
        parts = urlsplit(self.dsn)
        query = [
            pair for pair in parse_qsl(parts.query) if pair[0] not in _TLS_PARAMETERS
        ]
        return {"dsn": urlunsplit(parts._replace(query=urlencode(query)))}

    def ssl_context(self) -> ssl.SSLContext | None:
        """Return the TLS context, None for an open connection.

        Reads files: never call it in the event loop. Raises InsecureConnection.
        """
        mode = self.tls_mode()
        if mode is TlsMode.DISABLE:
            return None
        files = dict(parse_qsl(urlsplit(self.dsn).query)) if self.dsn else {}
        try:
            # The authority that was named and no public one: `verify-ca` asks for no name.
            root = files.get("sslrootcert", "system")
            if root == "system" and mode in {TlsMode.PREFER, TlsMode.REQUIRE}:
                # Nobody's certificate is looked at, and to load those of the system stops every thread for a while.
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            else:
                context = ssl.create_default_context(
                    cafile=None if root == "system" else Path(root).expanduser()
                )
            # libpq is not as strict, and what PostgreSQL's manual makes would not pass.
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT
            if certificate := files.get("sslcert"):
                context.load_cert_chain(
                    Path(certificate).expanduser(),
                    files.get("sslkey"),
                    files.get("sslpassword"),
                )
        except (OSError, ssl.SSLError) as err:
            raise InsecureConnection from err
        if mode is not TlsMode.VERIFY_FULL:
            context.check_hostname = False
        if mode in {TlsMode.PREFER, TlsMode.REQUIRE}:
            context.verify_mode = ssl.CERT_NONE
        return context
