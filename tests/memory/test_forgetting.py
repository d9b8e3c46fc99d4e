"""Forgetting means gone: what was forgotten is nowhere any more, and nothing else is."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum, auto
import json
from pathlib import Path
from uuid import UUID, uuid7

from hypothesis import HealthCheck, Phase, given, settings, strategies as st
import pytest

from custom_components.ai_memory.errors import DatabaseUnreachable, InvalidInput
from custom_components.ai_memory.memory import forgetting
from custom_components.ai_memory.memory.forgetting import OldKind
from custom_components.ai_memory.memory.journal import Journal
from custom_components.ai_memory.memory.just_forgotten import says
from custom_components.ai_memory.memory.service import MemoryService
from custom_components.ai_memory.models import (
    AnsweredBy,
    Change,
    ContextReference,
    MemoryStatus,
    Message,
    ReferenceVerdict,
    Scope,
    Subject,
    ToolExecution,
    Turn,
    Verb,
)
from custom_components.ai_memory.postgres.forgetting import Reach
from custom_components.ai_memory.postgres.settings import ConnectionSettings
from custom_components.ai_memory.postgres.wording import Wording
from demo.ollama_server import OllamaServer
from demo.postgres import HOST, free_port
from tests.databases import FreshDatabase
from tests.engine import (
    ANNA,
    BEN,
    HOUSEHOLD,
    answered,
    look_up,
    make_service,
    ollama,
    running,
    settled,
    turn,
)
from tests.traces import files_with, queries_with, tables_with

TEXT = "The marzipan lives behind the blue teapot."
WORD = "marzipan"
OTHER = "The zither stands in the hall"


class Where(StrEnum):
    """Where the text occurs beside the memory."""

    TEXT = auto()
    RESOLVED = auto()
    REPLY = auto()
    MESSAGE = auto()
    THINKING = auto()
    TOOL_CALLS = auto()
    ARGUMENTS = auto()
    RESULT = auto()
    SNIPPET = auto()
    STATEMENT = auto()
    MEMORY = auto()
    PREFERENCE = auto()
    FEEDBACK = auto()
    TAG = auto()
    CACHE = auto()
    REJECTED = auto()
    REJECTED_CUT = auto()


ON_PURPOSE = {Where.MEMORY, Where.PREFERENCE}
SPELLINGS = [
    TEXT,
    TEXT.upper(),
    "the marzipan lives behind  the blue teapot",
    "The marzipan\nlives behind the “blue” teapot!",
]
AROUND = ["{}", 'He said: "{}" Is that so?', "\\new \U0001f511 {} ☃"]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The text somewhere, as somebody said it."""

    where: Where
    owner: Scope
    spelling: str
    around: str

    @property
    def text(self) -> str:
        """Return what was said; on purpose nothing more than the text."""
        if self.where in ON_PURPOSE:
            return self.spelling
        return self.around.format(self.spelling)


people = st.sampled_from([HOUSEHOLD, ANNA, ANNA, BEN])
# Everywhere at once, each place of somebody and in some spelling.
everywhere = st.tuples(
    *(
        st.builds(
            Occurrence,
            st.just(where),
            people,
            st.sampled_from(SPELLINGS),
            st.sampled_from(AROUND),
        )
        for where in Where
    )
)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Give the path of the journal, alone in its folder."""
    (tmp_path / "journal").mkdir()
    return tmp_path / "journal" / "turns.journal"


def said(occurrence: Occurrence) -> Turn:
    """Return a turn that holds the text at one place."""
    text = occurrence.text
    one = turn("What is it?", occurrence.owner, reply="I do not know.")
    match occurrence.where:
        case Where.TEXT | Where.REJECTED | Where.REJECTED_CUT:
            return replace(one, text=text)
        case Where.STATEMENT:
            return replace(one, text=text, statement=text)
        case Where.RESOLVED:
            return replace(one, resolved_text=text)
        case Where.REPLY:
            return replace(one, reply=text)
        case Where.MESSAGE:
            return replace(one, messages=[Message("assistant", text)])
        case Where.THINKING:
            return replace(one, messages=[Message("assistant", None, text)])
        case Where.TOOL_CALLS:
            calls = [{"args": {text: [1]}}]
            return replace(one, messages=[Message("assistant", None, tool_calls=calls)])
        case Where.ARGUMENTS:
            tool = ToolExecution("x", {"a": [{"b": text}]}, None, succeeded=True)
            return replace(one, tools=[tool])
        case Where.RESULT:
            tool = ToolExecution("x", {}, {"b": [text]}, succeeded=False)
            return replace(one, tools=[tool])
    raise AssertionError(occurrence.where)


async def put(
    service: MemoryService,
    database: FreshDatabase,
    journal: Path,
    occurrence: Occurrence,
    number: int,
) -> None:
    """Let the text occur."""
    owner, text = occurrence.owner, occurrence.text
    quoted = text.replace("'", "''")
    match occurrence.where:
        case Where.MEMORY:
            await service.memories.remember(owner, text, collection=f"c{number}")
        case Where.PREFERENCE:
            await service.preferences.set(owner, f"notes.n{number}", {"a": [text]})
        case Where.CACHE:
            database.execute(
                "INSERT INTO ai_memory.response_cache (owner, key, question, answer,"
                f" knowledge_version, expires_at) VALUES ('{owner.owner}',"
                f" sha256('{number}'), 'What?', '{quoted}', 1, now() + interval '1 hour')"
            )
        case Where.REJECTED:
            await Journal(journal).set_aside(said(occurrence))
        case Where.REJECTED_CUT:
            await Journal(journal).set_aside(said(occurrence))
            rejected = journal.with_suffix(".rejected")
            content = rejected.read_bytes().removesuffix(b"\n")
            rejected.write_bytes(content[:-20] + b"\n")
        case Where.FEEDBACK | Where.TAG | Where.SNIPPET:
            one = turn("What is it?", owner, conversation_id=f"{number}")
            await service.record(one)
            await settled(service)
            of_turn = f"FROM ai_memory.turns WHERE id = '{one.id}'"
            if occurrence.where is Where.FEEDBACK:
                database.execute(
                    "INSERT INTO ai_memory.feedback (turn_id, owner, rating, correction, source)"
                    f" SELECT id, owner, 1, '{quoted}', 'person' {of_turn}"
                )
            elif occurrence.where is Where.TAG:
                database.execute(
                    "INSERT INTO ai_memory.tags (conversation_id, owner, tag)"
                    f" SELECT conversation_id, owner, '{quoted}' {of_turn}"
                )
            else:
                other, _ = await service.memories.remember(owner, f"{OTHER} {number}")
                database.execute(
                    "INSERT INTO ai_memory.context_references (turn_id, owner, passage_id,"
                    " position, snippet, score, lexical, verdict)"
                    f" SELECT '{one.id}', '{owner.owner}', id, 9, '{quoted}', 1, 1, 'below_gate'"
                    f" FROM ai_memory.passages WHERE memory_id = {other.id}"
                )
        case _:
            one = replace(said(occurrence), conversation_id=f"c{number % 3}")
            await service.store.turns.record([one])


@settings(
    max_examples=5,
    deadline=None,
    # All that could be smaller is who and how.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    forgetful=st.sampled_from([HOUSEHOLD, ANNA]),
    reach=st.sampled_from([Reach.SCOPE, Reach.EVERYBODY]),
    places=everywhere,
)
async def test_no_trace_is_left(
    forgetful: Scope,
    reach: Reach,
    places: tuple[Occurrence, ...],
    database: FreshDatabase,
    journal: Path,
) -> None:
    """Everywhere within reach; what others keep on purpose, and what does not hold it, stays."""
    every = database.execute(
        "SELECT string_agg('ai_memory.' || relname, ', ') FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace = 'ai_memory'::regnamespace AND relname <> 'schema_migrations'"
    )
    database.execute(f"TRUNCATE {every} CASCADE")
    journal.with_suffix(".rejected").unlink(missing_ok=True)
    async with running(database.settings, journal=journal) as service:
        memory, _ = await service.memories.remember(forgetful, TEXT)
        kept, _ = await service.memories.remember(forgetful, OTHER)
        for number, occurrence in enumerate(places):
            await put(service, database, journal, occurrence, number)
        stay = turn("What is a zither?", forgetful, conversation_id="c0")
        await service.record(stay)
        await settled(service)
        await service.store.maintenance.refresh_statistics(force=True)
        reached = [*map(Scope, forgetful.owners)]
        if forgetful == HOUSEHOLD and reach is Reach.EVERYBODY:
            reached = [HOUSEHOLD, ANNA, BEN]
        others = {
            owner: tables_with(database, WORD, owner.owner)
            for owner in (HOUSEHOLD, ANNA, BEN)
            if owner not in reached
        }
        turns = int(database.execute("SELECT count(*) FROM ai_memory.turns"))
        assert tables_with(database, WORD, forgetful.owner)

        forgotten = await service.forgetting.content(
            forgetful, [memory.id], reach=reach
        )

        assert memory.id in forgotten.memories
        assert kept.id not in forgotten.memories
        assert (forgotten.remaining_memories, forgotten.remaining_preferences) == (
            [],
            [],
        )
        on_purpose = {"memories", "passages", "passage_lexemes", "preferences"}
        for owner in reached:
            left = tables_with(database, WORD, owner.owner)
            # What others keep on purpose is theirs.
            assert owner != forgetful or not left
            assert left.keys() <= on_purpose
        for owner, before in others.items():
            after = tables_with(database, WORD, owner.owner)
            # Anybody's answer may rest on what the household knew.
            for tables in (before, after):
                tables.pop("response_cache", None)
            assert after == before
        if not tables_with(database, WORD):
            assert not tables_with(database, "teapot")
        assert bool(files_with(journal, WORD)) == any(
            one.owner not in reached
            for one in places
            if one.where in {Where.REJECTED, Where.REJECTED_CUT}
        )
        assert turns - count(database, "turns") == forgotten.turns
        assert (
            database.execute(
                f"SELECT count(*) FROM ai_memory.turns WHERE id = '{stay.id}'"
            )
            == "1"
        )
        assert (
            database.execute(
                "SELECT count(*) FROM ai_memory.conversations c WHERE NOT EXISTS"
                " (SELECT FROM ai_memory.turns t WHERE t.conversation_id = c.id)"
            )
            == "0"
        )


@pytest.fixture
async def service(
    database: FreshDatabase, journal: Path
) -> AsyncGenerator[MemoryService]:
    """Give a running service."""
    async with running(database.settings, journal=journal) as service:
        yield service


def count(database: FreshDatabase, table: str) -> int:
    return int(database.execute(f"SELECT count(*) FROM ai_memory.{table}"))


# --- what rests on it


async def test_answer_that_alone_says_it(
    service: MemoryService, database: FreshDatabase, journal: Path
) -> None:
    memory, _ = await service.memories.remember(ANNA, TEXT)
    kept = Occurrence(Where.CACHE, HOUSEHOLD, TEXT, "{}")
    await put(service, database, journal, kept, 1)
    await service.forgetting.content(ANNA, [memory.id], reach=Reach.SCOPE)
    assert not tables_with(database, WORD)


async def test_vectors_questions_and_replies_that_rest_on_it(
    database: FreshDatabase, ollama_server: OllamaServer
) -> None:
    async with running(database.settings, ollama(ollama_server)) as service:
        told = await answered(service, "Remember where the sweets are", "I do.")
        # Longer than the snippet that is kept of what was recalled.
        text = f"{TEXT} {'It is sweet and made of almonds. ' * 10}"
        memory, _ = await service.memories.remember(HOUSEHOLD, text, turn_id=told.id)
        await service.memories.remember(HOUSEHOLD, OTHER)
        await settled(service)
        question = "Where does the marzipan live?"
        found = await look_up(service, question, ANNA)
        assert found.references[0].verdict is ReferenceVerdict.USED
        # In other words than the memory's.
        await answered(service, question, "Look past the pot.", ANNA, found=found)
        unrelated = turn("How are you?", ANNA)
        await service.record(unrelated)
        await settled(service)
        assert queries_with(service, WORD)
        assert count(database, "embeddings") == 2
        assert count(database, "response_cache") == 1

        forgotten = await service.forgetting.content(ANNA, [memory.id])

        assert forgotten.turns == 2
        assert database.execute("SELECT id FROM ai_memory.turns") == str(unrelated.id)
        assert count(database, "embeddings") == 1
        assert count(database, "response_cache") == 0
        assert not queries_with(service, WORD)
        assert not tables_with(database, WORD)


async def test_statistics_are_counted_down(
    service: MemoryService, database: FreshDatabase
) -> None:
    def documents() -> dict[str, str]:
        lines = database.execute(
            "SELECT lexeme, documents FROM ai_memory.lexeme_statistics"
        )
        return dict(line.split("|") for line in lines.splitlines())

    memory, _ = await service.memories.remember(HOUSEHOLD, "blue marzipan")
    await service.memories.remember(HOUSEHOLD, "blue zither")
    await settled(service)
    await service.store.maintenance.refresh_statistics(force=True)
    assert documents() == {"": "2", "blue": "2", "marzipan": "1", "zither": "1"}
    await service.forgetting.memories(HOUSEHOLD, [memory.id])
    assert documents() == {"": "1", "blue": "1", "zither": "1"}


async def test_turns_that_begin_before_do_not_bring_it_back(
    service: MemoryService, database: FreshDatabase, journal: Path
) -> None:
    """The turn that asks to forget, and one whose reply was under way; told again it is known again."""
    memory, _ = await service.memories.remember(ANNA, TEXT)
    await settled(service)
    asking = turn(f"Forget that {TEXT}", ANNA)
    used = turn("Where is it?", ANNA, reply="Near the pot.")
    found = await look_up(service, "Where does the marzipan live?", ANNA)
    assert found.references
    of_ben = turn(f"I think {TEXT}", BEN)
    await service.forgetting.memories(ANNA, [memory.id])
    await service.record(asking)
    await service.record(used, found=found)
    await service.record(of_ben)
    await settled(service)
    assert database.execute("SELECT owner FROM ai_memory.turns") == BEN.owner
    assert not tables_with(database, WORD, ANNA.owner)
    assert not service.recent.of(
        ANNA.owner, window=timedelta(hours=1), limit=9, now=datetime.now(UTC)
    )
    again = turn(f"You know, {TEXT}", ANNA)
    await service.record(again)
    await settled(service)
    assert tables_with(database, WORD, ANNA.owner)


async def test_titles_and_summaries(
    service: MemoryService, database: FreshDatabase
) -> None:
    """A title is cut: the beginning of a long text is a trace of it."""
    long = f"Note this: {'very ' * 20}{TEXT}"
    memory, _ = await service.memories.remember(HOUSEHOLD, long)
    for text, conversation in (
        (long, "both"),
        ("And what else?", "both"),
        (long, "gone"),
    ):
        await service.record(turn(text, BEN, conversation_id=conversation))
    await service.record(turn("Hello", BEN, conversation_id="other"))
    await settled(service)
    database.execute("UPDATE ai_memory.conversations SET summary = 'About sweets'")
    changes: list[Change] = []
    service.changes.subscribe(changes.append)
    forgotten = await service.forgetting.content(
        HOUSEHOLD, [memory.id], reach=Reach.EVERYBODY
    )
    assert not tables_with(database, "Note this")
    assert database.execute(
        "SELECT session_id, title, summary FROM ai_memory.conversations ORDER BY id"
    ).splitlines() == ["both|And what else?|", "other|Hello|About sweets"]
    assert (len(forgotten.conversations), forgotten.turns) == (1, 2)
    gone = [str(number) for number in forgotten.conversations]
    assert (
        Change(Subject.MEMORY, Verb.REMOVED, "household", (str(memory.id),)) in changes
    )
    assert Change(Subject.CONVERSATION, Verb.REMOVED, BEN.owner, tuple(gone)) in changes
    assert Change(Subject.CONVERSATION, Verb.CHANGED, BEN.owner, ("1",)) in changes


async def test_what_says_more_stays_and_is_named(
    service: MemoryService, database: FreshDatabase
) -> None:
    memory, _ = await service.memories.remember(HOUSEHOLD, "The bins go out on Monday")
    more, _ = await service.memories.remember(
        HOUSEHOLD, "The bins go out on Monday and Friday"
    )
    less, _ = await service.memories.remember(HOUSEHOLD, "The bins go out")
    await service.preferences.set(
        HOUSEHOLD, "notes.bins", "the bins go out on monday, says Ben"
    )
    forgotten = await service.forgetting.content(HOUSEHOLD, [memory.id])
    assert forgotten.memories == [memory.id]
    assert forgotten.remaining_memories == [more.id]
    assert forgotten.remaining_preferences == ["notes.bins"]
    left = await service.memories.list(HOUSEHOLD)
    assert {one.id for one in left} == {more.id, less.id}


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("鍵は鉢の下にある", "覚えて、鍵は鉢の下にあるから。"),
        ("Ключ лежит под горшком", "запомни: КЛЮЧ ЛЕЖИТ ПОД ГОРШКОМ"),
        ("Der Schlüssel hängt überm Öfchen", "DER SCHLÜSSEL HÄNGT ÜBERM ÖFCHEN!"),
        ("🔑🪴", "look: 🔑🪴"),
        ("C:\\new\\table", 'the folder is "C:\\new\\table"'),
    ],
)
async def test_every_script(
    service: MemoryService, database: FreshDatabase, text: str, heard: str
) -> None:
    memory, _ = await service.memories.remember(HOUSEHOLD, text)
    tool = ToolExecution("x", {"note": heard}, None, succeeded=True)
    await service.record(turn(heard))
    await service.record(turn("What?", tools=[tool]))
    await service.record(turn("The keyboard stands in the hall"))
    await settled(service)
    assert (await service.forgetting.content(HOUSEHOLD, [memory.id])).turns == 2
    assert count(database, "turns") == 1


async def test_words_not_parts_of_words(service: MemoryService) -> None:
    memory, _ = await service.memories.remember(HOUSEHOLD, "tea")
    await service.record(turn("Please teach me to tear it"))
    await settled(service)
    assert (await service.forgetting.content(HOUSEHOLD, [memory.id])).turns == 0


# --- what others said

INSULIN = "How much insulin do I take tonight?"


async def test_nobody_erases_what_others_said_by_its_words(
    service: MemoryService, database: FreshDatabase, journal: Path
) -> None:
    """Nor finds out that it was said; only who may name anybody reaches it."""
    await service.record(turn(INSULIN, BEN, conversation_id="ben"))
    await service.record(turn(INSULIN, ANNA, conversation_id="anna"))
    await service.record(turn(INSULIN, HOUSEHOLD, conversation_id="all"))
    await Journal(journal).set_aside(turn(INSULIN, BEN))
    await settled(service)
    under_way = turn(INSULIN, BEN, conversation_id="ben")
    memory, _ = await service.memories.remember(HOUSEHOLD, "insulin")
    done = await service.forgetting.content(ANNA, [memory.id])
    assert (done.turns, len(done.conversations)) == (2, 2)
    assert database.execute("SELECT owner FROM ai_memory.turns") == BEN.owner
    assert files_with(journal, "insulin")
    await service.record(under_way)
    await settled(service)
    assert count(database, "turns") == 2

    memory, _ = await service.memories.remember(HOUSEHOLD, "insulin")
    done = await service.forgetting.content(
        HOUSEHOLD, [memory.id], reach=Reach.EVERYBODY
    )
    assert (done.turns, len(done.conversations)) == (2, 1)
    assert not tables_with(database, "insulin")
    assert not files_with(journal, "insulin")


async def test_what_drew_on_it_goes_uncounted(
    service: MemoryService, database: FreshDatabase
) -> None:
    """A reply to somebody else that rests on it; that there was one is theirs to know."""
    memory, _ = await service.memories.remember(HOUSEHOLD, TEXT)
    await settled(service)
    question = "Where does the marzipan live?"
    found = await look_up(service, question, BEN)
    assert found.references[0].verdict is ReferenceVerdict.USED
    await answered(service, question, "Look past the pot.", BEN, found=found)
    kept = await look_up(service, question, BEN)
    assert kept.answer
    hit = AnsweredBy.CACHE
    await answered(
        service, question, kept.answer.answer, BEN, found=kept, answered_by=hit
    )
    assert count(database, "turns") == 2
    await service.record(turn("I like marzipan", BEN, conversation_id="other"))
    await settled(service)
    done = await service.forgetting.content(ANNA, [memory.id])
    assert (done.turns, done.conversations) == (0, [])
    assert database.execute("SELECT text FROM ai_memory.turns") == "I like marzipan"


async def test_rejected_proposal_takes_the_turn_it_came_from(
    service: MemoryService, database: FreshDatabase
) -> None:
    """That of the scope, and no other that says the same."""
    for scope in (ANNA, BEN):
        told = turn("I said jazz is nice to listen to", scope)
        await service.record(told)
        await service.record(turn("Play jazz", scope))
        await settled(service)
        memory, _ = await service.memories.remember(
            HOUSEHOLD, "jazz", turn_id=told.id, status=MemoryStatus.PROPOSED
        )
        await service.review.decide(ANNA, f"memory:{memory.id}", accept=False)
    assert count(database, "memories") == 0
    assert sorted(
        database.execute("SELECT owner, text FROM ai_memory.turns").splitlines()
    ) == [
        f"{ANNA.owner}|Play jazz",
        f"{BEN.owner}|I said jazz is nice to listen to",
        f"{BEN.owner}|Play jazz",
    ]


# --- turns


async def test_statement_behind_loses_the_words_before_it(
    service: MemoryService, database: FreshDatabase
) -> None:
    """It was indexed with them; it is found by its own, and by what now stands before it."""
    texts = (
        "Where did I hide the zither?",
        "Where did I hide the marzipan?",
        "I always put it behind the sofa in the evening",
    )
    said_before = []
    for text in texts:
        said_before.append(one := turn(text, ANNA, conversation_id="c"))
        await service.record(one)
        await settled(service)
    await service.store.maintenance.refresh_statistics(force=True)
    lexemes = "SELECT lexemes FROM ai_memory.passage_lexemes"
    assert WORD in database.execute(lexemes)
    await service.forgetting.content(ANNA, [], [said_before[1].id])
    assert not tables_with(database, WORD)
    assert "zither" in database.execute(lexemes)
    statistics = "SELECT documents FROM ai_memory.lexeme_statistics WHERE lexeme = "
    assert database.execute(f"{statistics}'sofa'") == "1"
    assert database.execute(f"{statistics}''") == "1"
    [conversation] = await service.conversations.list(ANNA)
    await service.forgetting.older_than(BEN, 0)
    assert "zither" in database.execute(lexemes)
    await service.forgetting.content(ANNA, [], [said_before[0].id])
    assert "zither" not in database.execute(lexemes)
    assert await service.memories.recall(ANNA, "sofa in the evening")
    await service.forgetting.conversation(ANNA, conversation.id)
    assert database.execute(lexemes) == ""


async def test_what_quotes_a_question_is_named(
    service: MemoryService, database: FreshDatabase
) -> None:
    """A question or a command is often said again in the same words: that stays, and can be forgotten by itself."""
    diary = "Is my diary under the mattress safe?"
    one = turn(diary, ANNA, conversation_id="c", reply="Nobody looks there.")
    quotes = [
        turn("What did I ask?", ANNA, reply=f'You asked: "{diary}"'),
        turn("And you said?", ANNA, reply="I said nobody looks there"),
        turn("Anything else?", HOUSEHOLD, reply=diary),
    ]
    for said_so in (one, *quotes, turn("Hello", ANNA), turn(diary, BEN)):
        await service.record(said_so)
    await settled(service)
    done = await service.forgetting.content(ANNA, [], [one.id])
    assert done.turns == 1
    assert set(done.remaining_turns) == {quote.id for quote in quotes}
    done = await service.forgetting.content(ANNA, [], done.remaining_turns)
    assert (done.turns, done.remaining_turns) == (3, [])
    assert not tables_with(database, "mattress", ANNA.owner)
    assert count(database, "turns") == 2


# --- trouble


async def test_without_database_nothing_changes(
    tmp_path: Path, socket_enabled: None
) -> None:
    nowhere = ConnectionSettings(
        host=HOST, port=free_port(), database="x", user="x", password="x"
    )
    journal = tmp_path / "turns.journal"
    one = turn(TEXT)
    await Journal(journal).set_aside(one)
    async with running(nowhere, journal=journal) as service:
        await service.record(one)
        for call in (
            service.forgetting.memories(HOUSEHOLD, [1]),
            service.forgetting.conversation(HOUSEHOLD, 1),
            service.forgetting.older_than(HOUSEHOLD, 0),
            service.forgetting.preview(HOUSEHOLD, "x"),
            service.owners.erase(HOUSEHOLD),
            service.owners.reassign(HOUSEHOLD, ANNA),
        ):
            with pytest.raises(DatabaseUnreachable):
                await call
    assert sorted(files_with(journal, WORD)) == ["turns.journal", "turns.rejected"]


async def test_turns_that_cannot_be_written_are_not_passed_over(
    service: MemoryService,
    database: FreshDatabase,
    journal: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A turn in the journal holds the text: nothing is forgotten before it is written; and a held back turn is not lost."""
    memory, _ = await service.memories.remember(HOUSEHOLD, TEXT)
    await settled(service)
    record = service.store.turns.record

    async def down(turns: list[Turn]) -> list[Turn]:
        raise DatabaseUnreachable

    monkeypatch.setattr(service.store.turns, "record", down)
    monkeypatch.setattr(forgetting, "_DRAIN_TIMEOUT", 0.3)
    await service.record(turn(f"I say {TEXT}"))
    trying = asyncio.create_task(service.forgetting.memories(HOUSEHOLD, [memory.id]))
    while not service.forgetting._just_forgotten._letting_go:
        await asyncio.sleep(0)
    await service.record(turn(f"Again {TEXT}"))
    with pytest.raises(DatabaseUnreachable):
        await trying
    assert count(database, "memories") == 1
    monkeypatch.setattr(service.store.turns, "record", record)
    await settled(service)
    assert count(database, "turns") == 2
    assert (await service.forgetting.content(HOUSEHOLD, [memory.id])).turns == 2
    assert not tables_with(database, WORD)
    assert not files_with(journal, WORD)


async def test_file_that_cannot_be_written(
    service: MemoryService, database: FreshDatabase, journal: Path
) -> None:
    memory, _ = await service.memories.remember(HOUSEHOLD, TEXT)
    await Journal(journal).set_aside(turn(TEXT))
    await Journal(journal).set_aside(turn("Something else"))
    journal.with_suffix(".new").mkdir()
    with pytest.raises(InvalidInput) as error:
        await service.forgetting.memories(HOUSEHOLD, [memory.id])
    assert error.value.key == "journal_not_writable"
    assert count(database, "memories") == 1
    journal.with_suffix(".new").rmdir()
    await service.forgetting.memories(HOUSEHOLD, [memory.id])
    [line] = journal.with_suffix(".rejected").read_text().splitlines()
    assert json.loads(line)["text"] == "Something else"
    assert journal.with_suffix(".rejected").stat().st_mode & 0o777 == 0o600


# --- preview and confirm


async def test_preview_and_confirm(
    service: MemoryService, database: FreshDatabase
) -> None:
    memory, _ = await service.memories.remember(HOUSEHOLD, TEXT, place="area:kitchen")
    await service.record(turn("I have eaten all of the marzipan", ANNA))
    await service.memories.remember(BEN, "Ben hides marzipan, too")
    await settled(service)
    preview = await service.forgetting.preview(ANNA, "marzipan")
    assert {one.text for one in preview.candidates} == {
        TEXT,
        "I have eaten all of the marzipan",
    }
    assert count(database, "memories") == 2
    for scope, token in ((BEN, preview.token), (ANNA, "x")):
        with pytest.raises(InvalidInput) as error:
            await service.forgetting.confirm(scope, token)
        assert error.value.key == "forget_token_unknown"
    with pytest.raises(InvalidInput) as error:
        await service.forgetting.confirm(ANNA, preview.token, memory_ids=[999])
    assert error.value.key == "forget_not_in_preview"
    with pytest.raises(InvalidInput):
        await service.forgetting.confirm(ANNA, preview.token, turn_ids=[uuid7()])

    [said_by_anna] = [one for one in preview.candidates if one.owner == ANNA.owner]
    some = await service.forgetting.preview(ANNA, "marzipan")
    done = await service.forgetting.confirm(
        ANNA, some.token, turn_ids=[UUID(said_by_anna.source_id)]
    )
    assert (done.turns, done.memories) == (1, [])
    done = await service.forgetting.confirm(ANNA, preview.token)
    assert done.memories == [memory.id]
    with pytest.raises(InvalidInput):
        await service.forgetting.confirm(ANNA, preview.token)
    assert tables_with(database, WORD, BEN.owner)
    for owner in (ANNA, HOUSEHOLD):
        assert not tables_with(database, WORD, owner.owner)


async def test_previews_end(
    service: MemoryService, monkeypatch: pytest.MonkeyPatch
) -> None:
    await service.memories.remember(HOUSEHOLD, TEXT)
    monkeypatch.setattr(forgetting, "LIFETIME", timedelta(0))
    preview = await service.forgetting.preview(HOUSEHOLD, "marzipan")
    assert preview.candidates
    with pytest.raises(InvalidInput):
        await service.forgetting.confirm(HOUSEHOLD, preview.token)
    assert not service.forgetting._offers


async def test_previews_of_others_do_not_end_mine(
    service: MemoryService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "_MOST_PREVIEWS", 2)
    mine = await service.forgetting.preview(ANNA, "marzipan")
    theirs = [await service.forgetting.preview(BEN, "marzipan") for _ in range(4)]
    await service.forgetting.confirm(ANNA, mine.token)
    with pytest.raises(InvalidInput):
        await service.forgetting.confirm(BEN, theirs[0].token)
    await service.forgetting.confirm(BEN, theirs[-1].token)


# --- by conversation and by age


async def test_conversation(
    service: MemoryService, database: FreshDatabase, journal: Path
) -> None:
    one = turn(TEXT, ANNA, conversation_id="one", statement=TEXT)
    await service.record(one)
    await service.record(turn(TEXT, BEN, conversation_id="one"))
    await service.record(turn("And so on", ANNA, conversation_id="two"))
    await Journal(journal).set_aside(one)
    await settled(service)
    memory, _ = await service.memories.remember(ANNA, "It was fun", turn_id=one.id)
    number = int(
        database.execute(
            f"SELECT id FROM ai_memory.conversations WHERE session_id = 'one' AND owner = '{ANNA.owner}'"
        )
    )
    await service.conversations.delete(ANNA, number)
    for scope, conversation in ((BEN, number), (ANNA, 10**6), (ANNA, 2**63), (ANNA, 0)):
        with pytest.raises(InvalidInput) as error:
            await service.forgetting.conversation(scope, conversation)
        assert error.value.key == "conversation_unknown"
    forgotten = await service.forgetting.conversation(ANNA, number)
    assert (forgotten.conversations, forgotten.turns) == ([number], 1)
    assert not tables_with(database, WORD, ANNA.owner)
    assert tables_with(database, WORD, BEN.owner)
    assert not files_with(journal, WORD)
    assert count(database, "conversations") == 2
    # What was remembered on purpose stays.
    assert (await service.memories.get(ANNA, memory.id)).turn_id is None
    # What was under way in it does not begin it anew.
    await service.record(replace(one, id=uuid7()))
    await settled(service)
    assert count(database, "turns") == 2


@pytest.mark.parametrize(
    "kinds", [(OldKind.MEMORIES,), (OldKind.CONVERSATIONS,), tuple(OldKind)]
)
async def test_older_than(
    service: MemoryService,
    database: FreshDatabase,
    journal: Path,
    kinds: tuple[OldKind, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forgetting, "BATCH", 2)
    now = datetime.now(UTC)
    for owner in (ANNA, HOUSEHOLD):
        for days in (13, 12, 11, 9, 1):
            text = f"{days} days ago I was in the garden"
            await service.record(
                turn(text, owner, started_at=now - timedelta(days=days))
            )
            await service.memories.remember(owner, text)
            database.execute(
                "UPDATE ai_memory.memories SET updated_at = now()"
                f" - interval '{days} days' WHERE content = '{text}'"
            )
        old = turn("Old", owner, started_at=now - timedelta(days=11))
        await Journal(journal).set_aside(old)
    await settled(service)
    counted = await service.forgetting.count_older_than(ANNA, 10, kinds)
    assert count(database, "turns") == count(database, "memories") == 10
    done = await service.forgetting.older_than(ANNA, 10, kinds)
    assert done == counted
    memories = 3 if OldKind.MEMORIES in kinds else 0
    turns = 3 if OldKind.CONVERSATIONS in kinds else 0
    assert (done.memories, done.turns, done.preferences) == (memories, turns, 0)
    assert count(database, "memories") == 10 - memories
    assert count(database, "turns") == 10 - turns
    lines = journal.with_suffix(".rejected").read_text().splitlines()
    assert len(lines) == (1 if turns else 2)
    if turns:
        title = database.execute(
            f"SELECT title FROM ai_memory.conversations WHERE owner = '{ANNA.owner}'"
        )
        assert title == "9 days ago I was in the garden"
    for days in (-1, 10**6):
        with pytest.raises(InvalidInput):
            await service.forgetting.older_than(ANNA, days)


# --- race


async def test_answer_on_its_way_into_the_cache(
    database: FreshDatabase, journal: Path
) -> None:
    """The model thought while it was forgotten: its answer is not kept, although no passage was touched."""
    service = make_service(database.settings, journal=journal)
    await service.start()
    try:
        question = "Where does the marzipan live?"
        found = await look_up(service, question, ANNA)
        begun = turn("Hello there", ANNA, conversation_id="one")
        await service.record(begun)
        await settled(service)
        await service.forgetting.content(ANNA, [], [begun.id])
        await answered(service, question, TEXT, ANNA, found=found)
        assert count(database, "response_cache") == 0
    finally:
        await service.stop()


def test_snippet_of_a_turn_under_way_counts_as_said() -> None:
    reference = ContextReference(1, TEXT, 1, None, 1, ReferenceVerdict.BELOW_GATE)
    assert says(Wording([TEXT]), turn("Hi", references=[reference]))
    assert not says(Wording([TEXT]), turn("Hi"))
