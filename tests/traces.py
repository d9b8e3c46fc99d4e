"""Whether a text is anywhere still: in every table, the journal, what was set aside, the vectors of questions."""

from pathlib import Path

from custom_components.ai_memory.embedding.query_cache import CachingEmbedder
from custom_components.ai_memory.memory.service import MemoryService
from tests.databases import FreshDatabase


def tables_with(
    database: FreshDatabase, text: str, owner: str | None = None
) -> dict[str, int]:
    """Return in how many rows of which tables a text stands, of everybody or of an owner."""
    names = database.execute(
        "SELECT relname, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND attname = 'owner')"
        " FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'ai_memory'::regnamespace"
    )
    selects = []
    for line in names.splitlines():
        name, _, has_owner = line.partition("|")
        mine = ""
        if owner is not None:
            if has_owner != "t":
                continue
            mine = f" AND owner = '{owner}'"
        quoted = text.replace("'", "''")
        selects.append(
            f"SELECT '{name}' AS name, count(*) AS number FROM ai_memory.{name} AS r"
            f" WHERE position(lower('{quoted}') IN lower(r::text)) > 0{mine}"
        )
    assert len(selects) > 15
    found = database.execute(
        f"SELECT * FROM ({' UNION ALL '.join(selects)}) AS found WHERE number > 0"
    )
    return {
        name: int(number)
        for name, _, number in (line.partition("|") for line in found.splitlines())
    }


def files_with(journal: Path, text: str) -> list[str]:
    """Return the files beside a journal and below, and it, that hold a text."""
    return [
        path.name
        for path in journal.parent.rglob("*")
        if path.is_file() and text.lower() in path.read_text(errors="replace").lower()
    ]


def queries_with(service: MemoryService, text: str) -> list[str]:
    """Return the questions whose vectors are in memory and that hold a text."""
    embedder = service._searching.embedder
    if not isinstance(embedder, CachingEmbedder):
        return []
    return [query for query in embedder._vectors if text.lower() in query.lower()]
