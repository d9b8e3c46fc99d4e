"""A frozen source, odd names."""
import asyncio
import pytest
from dataclasses import replace
from custom_components.ai_memory.postgres import foreign
from custom_components.ai_memory.memory.importing import writing as import_writing
from tests.memory.test_imports import DatabaseSource, ImportOptions, turns, HOUSEHOLD
from tests.memory.test_imports import service, say, fill, create, grant, bring, content_of, plan, shared_plan

class Proxy:
    def __init__(self, port): self.port=port; self.frozen=asyncio.Event(); self.frozen.set(); self.n=0; self.limit=None
    async def start(self):
        self.server=await asyncio.start_server(self.h,"127.0.0.1",0); self.tasks=[]
        return self.server.sockets[0].getsockname()[1]
    async def h(self,r,w):
        rr,ww=await asyncio.open_connection("127.0.0.1",self.port)
        async def pump(a,b,count):
            try:
                while data:=await a.read(65536):
                    if count:
                        self.n+=len(data)
                        if self.limit and self.n>self.limit: self.frozen.clear()
                    await self.frozen.wait()
                    b.write(data); await b.drain()
            except Exception: pass
            b.close()
        self.tasks += [asyncio.ensure_future(pump(r,ww,False)), asyncio.ensure_future(pump(rr,w,True))]

async def test_frozen(service, database, plan, tmp_path, monkeypatch):
    monkeypatch.setattr(foreign, "_PATIENCE", 1.0)
    fill(plan, 3000)
    proxy=Proxy(plan.settings.port); port=await proxy.start()
    proxy.limit=150_000
    settings=replace(plan.settings, port=port, host="127.0.0.1")
    began=asyncio.get_running_loop().time()
    service.imports.start(DatabaseSource(settings), ImportOptions(tmp_path, HOUSEHOLD))
    try:
        async with asyncio.timeout(40):
            await service.imports.finished()
    except Exception as e: print("RESULT", repr(e), getattr(e,'key',None), asyncio.get_running_loop().time()-began)
    print("PROG", service.imports.progress)
    for t in proxy.tasks: t.cancel()
    proxy.server.close()

async def test_names(service, database, tmp_path):
    plan = create(database, "altered2")
    name = '"; DROP TABLE x; --\'%I $1'
    q = '"'+name.replace('"','""')+'"'
    plan.execute(f"CREATE SCHEMA {q}; CREATE TABLE {q}.knowledge (content text, \"\"\"; drop\" text, tags text); INSERT INTO {q}.knowledge VALUES ('Something in there','a','b')")
    grant(plan, q)
    report = await bring(service, plan, tmp_path, schema=name)
    print(report.summary()["tables"])
    assert report.tables["knowledge"].added==1

async def test_lying(service, database, tmp_path, monkeypatch):
    plan = create(database, "altered3")
    plan.execute("DROP TABLE knowledge; CREATE VIEW knowledge AS SELECT n AS id, CASE WHEN n=700 THEN (1/(n-700))::text ELSE 'Fact '||n END AS content FROM generate_series(1,1000) n")
    grant(plan)
    try: await bring(service, plan, tmp_path)
    except Exception as e: print("RESULT", repr(e), e.placeholders, e.key)
    print(service.imports.progress)

async def test_same_ids(service, database, tmp_path, plan):
    plan.execute("ALTER TABLE knowledge DROP CONSTRAINT knowledge_pkey")
    try:
        plan.execute("INSERT INTO knowledge (id, content) VALUES (1,'one fact here'),(1,'two fact here')")
        r=await bring(service, plan, tmp_path)
        print(r.summary())
    finally:
        plan.execute("TRUNCATE knowledge; ALTER TABLE knowledge ADD PRIMARY KEY (id)")

async def test_same_ids_messages(service, database, tmp_path, plan):
    plan.execute("ALTER TABLE conversations DROP CONSTRAINT conversations_pkey")
    try:
        plan.execute("INSERT INTO conversations (id, session_id, role, content) VALUES (1,'a','user','one fact here'),(1,'a','user','two fact here'),(2,'b','user','same'),(2,'b','assistant','reply')")
        r=await bring(service, plan, tmp_path)
        print(r.summary(), await turns(database))
        before=content_of(database)
        r=await bring(service, plan, tmp_path)
        print(r.summary())
        assert before==content_of(database)
    finally:
        plan.execute("TRUNCATE conversations; ALTER TABLE conversations ADD PRIMARY KEY (id)")

async def test_forget_meanwhile(service, database, tmp_path, plan):
    fill(plan, 2000)
    service.imports.start(DatabaseSource(plan.settings), ImportOptions(tmp_path, HOUSEHOLD))
    async def forget():
        n=0
        while not service.imports._task.done():
            try:
                await service.forgetting.matching if False else None
                conv = await service.conversations.list(HOUSEHOLD, limit=3) if False else None
                ids=[m.id for m in await service.memories.list(HOUSEHOLD, limit=5)]
                await service.forgetting.memories(HOUSEHOLD, ids); n+=len(ids)
            except Exception as e: print("FORGET", repr(e))
            await asyncio.sleep(0.01)
        print("forgotten", n)
    t=asyncio.create_task(forget())
    r=await service.imports.finished()
    await t
    print(r.summary()["checks"], r.summary()["verified"], r.summary()["reasons"])
