import asyncpg, pytest
from custom_components.ai_memory.postgres import chunks, documents, folder_files
async def test_prepare(database):
    c = await asyncpg.connect(database.dsn)
    await c.execute("SET search_path = ai_memory, public")
    bad = []
    for module in (chunks, documents, folder_files):
        for name, sql in module.SQL.items():
            if name == "columns": continue
            try:
                await c.prepare(sql)
            except Exception as e:
                bad.append((module.__name__.split(".")[-1], name, repr(e)))
    await c.close()
    assert not bad, "\n".join(map(str, bad))
