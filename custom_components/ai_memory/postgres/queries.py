"""SQL lives in `sql/*.sql`, each statement under a `-- name: ...` line."""

from pathlib import Path

SQL_DIRECTORY = Path(__file__).parent / "sql"
_MARK = "-- name: "


def load(aggregate: str) -> dict[str, str]:
    """Return the named statements of one aggregate."""
    statements: dict[str, str] = {}
    for block in (SQL_DIRECTORY / f"{aggregate}.sql").read_text().split(_MARK)[1:]:
        name, _, statement = block.partition("\n")
        statements[name.strip()] = statement.strip()
    return statements
