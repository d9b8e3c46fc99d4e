"""A database for one test."""

from dataclasses import dataclass
from typing import Any

from custom_components.ai_memory.postgres.settings import ConnectionSettings
from demo.postgres import HOST, ROLE, PostgresServer


@dataclass(frozen=True, slots=True)
class FreshDatabase:
    """A database of its own for one test, with the schema but no rows."""

    server: PostgresServer
    name: str

    @property
    def dsn(self) -> str:
        """Return the DSN of the ordinary role."""
        return self.server.dsn(self.name)

    @property
    def fields(self) -> dict[str, Any]:
        """Return the connection as a config entry stores it."""
        return {
            "host": HOST,
            "port": self.server.port,
            "database": self.name,
            "username": ROLE,
            "password": self.server.password,
            "tls": "prefer",
        }

    @property
    def settings(self) -> ConnectionSettings:
        """Return the connection as the store takes it."""
        return ConnectionSettings(
            host=HOST,
            port=self.server.port,
            database=self.name,
            user=ROLE,
            password=self.server.password,
        )

    def execute(self, sql: str) -> str:
        """Run SQL as superuser, whom no row is hidden from."""
        return self.server.execute(sql, self.name)
