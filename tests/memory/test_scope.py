"""What one person said in private never reaches another."""

from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import Scope
from custom_components.ai_memory.postgres.settings import ConnectionSettings
from demo.ollama_server import OllamaServer
from tests.databases import FreshDatabase
from tests.engine import answered, look_up, ollama, running, settled, turn

KEY = "colour.wall"
QUESTION = "Where is the number of the locker?"
# Also people whose ids look like something else.
PEOPLE = ["anna", "ann", "ANNA", "household", "maintenance", "%", "person:anna", "b'n"]
SCOPES = [Scope.household(), *map(Scope.person, PEOPLE)]


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody does with a secret of theirs."""

    scope: Scope
    in_passing: bool


@dataclass(frozen=True, slots=True)
class Case:
    """Secrets, preferences, and who forgets everything in the end."""

    told: list[Told]
    colours: list[Scope]
    forgetful: Scope


scopes = st.sampled_from(SCOPES)
cases = st.builds(
    Case,
    told=st.lists(st.builds(Told, scopes, st.booleans()), min_size=2, max_size=8),
    colours=st.lists(scopes, unique=True, max_size=4),
    forgetful=scopes,
)


def secret_of(scope: Scope) -> str:
    """Return a word that stands in everything of one owner."""
    return f"zq{SCOPES.index(scope)}x"


def assert_no_secret(text: str, scope: Scope) -> None:
    for other in SCOPES:
        if other.owner not in scope.owners:
            assert secret_of(other) not in text


async def tell(service: MemoryService, case: Case) -> dict[int, Scope]:
    """Say it all; return the owners of the memories."""
    memories = {}
    for number, told in enumerate(case.told):
        secret = f"{secret_of(told.scope)} {number}"
        if told.in_passing:
            text = f"I have put the number {secret} into my locker"
            # One conversation for all: its id alone gives no right to read it.
            await service.record(turn(text, told.scope))
        else:
            memory, _ = await service.memories.remember(
                told.scope, f"The number of the locker is {secret}"
            )
            memories[memory.id] = told.scope
    for scope in case.colours:
        await service.preferences.set(scope, KEY, secret_of(scope))
    await settled(service)
    return memories


async def check_speaker(
    service: MemoryService, database: FreshDatabase, scope: Scope, case: Case
) -> None:
    passages = await service.memories.recall(scope, "number of the locker", limit=50)
    assert {passage.owner for passage in passages} == {
        told.scope.owner for told in case.told if told.scope.owner in scope.owners
    }
    for passage in passages:
        assert_no_secret(passage.text, scope)

    found = await look_up(service, QUESTION, scope, budget=5000)
    assert found.answer is None
    assert_no_secret(f"{found.context} {found.references}", scope)
    asked = await answered(
        service, QUESTION, f"It is {secret_of(scope)}.", scope, found=found
    )
    owners = database.execute(
        "SELECT DISTINCT p.owner FROM ai_memory.context_references r"
        f" JOIN ai_memory.passages p ON p.id = r.passage_id WHERE r.turn_id = '{asked.id}'"
    )
    assert set(owners.split("\n")) - {""} <= set(scope.owners)

    preference = await service.preferences.get(scope, KEY)
    expected = [one for one in scope.owners if Scope(one) in case.colours][:1]
    assert [preference.owner] == expected if preference else not expected


async def check_cache(service: MemoryService, speakers: list[Scope]) -> None:
    """Everybody's question was answered: each hits their own answer."""
    for scope in speakers:
        found = await look_up(service, QUESTION, scope)
        assert found.answer
        assert found.answer.answer == f"It is {secret_of(scope)}."


async def check_forgetting(
    service: MemoryService,
    database: FreshDatabase,
    memories: dict[int, Scope],
    case: Case,
) -> None:
    """Whoever names all ids deletes what they may see."""
    seen = {
        number
        for number, scope in memories.items()
        if scope.owner in case.forgetful.owners
    }
    assert set(await service.forgetting.memories(case.forgetful, [*memories])) == seen
    left = database.execute("SELECT id FROM ai_memory.memories").split()
    assert set(map(int, left)) == memories.keys() - seen
    assert await service.preferences.delete(case.forgetful, KEY) == (
        case.forgetful in case.colours
    )
    left = database.execute("SELECT owner FROM ai_memory.preferences").splitlines()
    assert {Scope(owner) for owner in left} == {*case.colours} - {case.forgetful}


# A superuser has no row-level security: then the statements alone keep the scope.
@pytest.mark.parametrize("superuser", [False, True])
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(case=cases)
async def test_nothing_private_crosses(
    case: Case, superuser: bool, database: FreshDatabase, ollama_server: OllamaServer
) -> None:
    every = database.execute(
        "SELECT string_agg('ai_memory.' || relname, ', ') FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace = 'ai_memory'::regnamespace AND relname <> 'schema_migrations'"
    )
    database.execute(f"TRUNCATE {every} CASCADE")
    dsn = database.server.dsn(database.name, superuser=superuser)
    connection = ConnectionSettings(dsn=dsn)
    async with running(connection, ollama(ollama_server)) as service:
        info = service.store.database.info
        assert info
        assert info.bypasses_row_security is superuser
        memories = await tell(service, case)
        speakers = [told.scope for told in case.told]
        speakers = list(dict.fromkeys([*speakers, case.forgetful]))
        for scope in speakers:
            await check_speaker(service, database, scope, case)
        await check_cache(service, speakers)
        await check_forgetting(service, database, memories, case)
