"""Shelves: what stands on them, what they tell of themselves, and what is chosen by it."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from hashlib import blake2b, sha256

import pytest

from custom_components.ai_memory.errors import (
    EmbedderError,
    EmbedderUnreachable,
    InvalidInput,
)
from custom_components.ai_memory.memory import collections
from custom_components.ai_memory.memory.changes import Changes
from custom_components.ai_memory.memory.collections import Collections
from custom_components.ai_memory.memory.health import Health
from custom_components.ai_memory.memory.searching import QueryVector, Searching
from custom_components.ai_memory.memory.secret_gate import SecretGate
from custom_components.ai_memory.memory.summaries import (
    LONGEST_SUMMARY,
    extract_summary,
)
from custom_components.ai_memory.models import (
    Change,
    Collection,
    PassageKind,
    Scope,
    Subject,
    SummaryBy,
    Verb,
)
from custom_components.ai_memory.postgres.chunks import (
    ReadChunk,
    Reading,
    words_of_chunk,
)
from custom_components.ai_memory.postgres.documents import Upload
from custom_components.ai_memory.postgres.folder_files import FolderFile
from custom_components.ai_memory.postgres.passages import ELSEWHERE
from custom_components.ai_memory.postgres.store import Store
from tests.databases import FreshDatabase
from tests.engine import ANNA, BEN, HOUSEHOLD, turn
from tests.fake_embedder import FakeEmbedder

pytestmark = pytest.mark.newest_only


class Shelves:
    """Shelves that are quiet at once, and what came of them."""

    def __init__(self, store: Store) -> None:
        """Begin without an embedder."""
        self.store = store
        self.searching = Searching(store, None, Health(lambda part, error: None))
        self.embedder = FakeEmbedder("first")
        self.changes: list[Change] = []
        self.shown: list[str] = []
        self.written: str | None = "Written by a model"
        self.nudges = 0
        changes = Changes()
        changes.subscribe(self.changes.append)
        self.all = Collections(
            store,
            self.searching,
            SecretGate(store),
            changes,
            language="en",
            nudge=self.nudge,
            summarise=self.summarise,
        )

    def nudge(self) -> None:
        """Count."""
        self.nudges += 1

    async def summarise(self, text: str) -> str | None:
        """Be a language model."""
        self.shown.append(text)
        return self.written

    async def embed(self) -> None:
        """Have a model from now on."""
        model = await self.store.models.activate(await self.embedder.model())
        self.searching.serve(model, self.embedder)

    async def refresh(self) -> None:
        """Do what the upkeep does, and wait for the summaries."""
        await self.all.refresh()
        if self.all._telling:
            await self.all._telling

    async def one(self, name: str, scope: Scope = HOUSEHOLD) -> Collection:
        """Return a shelf of an owner."""
        [found] = [
            one
            for one in await self.all.list(scope)
            if (one.name, one.owner) == (name, scope.owner)
        ]
        return found

    async def add(
        self, title: str, *texts: str, shelf: str = "manuals", scope: Scope = HOUSEHOLD
    ) -> None:
        """Put a document on a shelf, a chunk for each text, the first on page 1."""
        documents = self.store.documents
        digest = sha256("".join((title, *texts)).encode()).digest()
        upload = Upload(f"{title}.md", title, "en", "md", digest, 100, f"{title}.md")
        added = await documents.add(scope, shelf, upload)
        heading = f"{title} › Use"
        chunks = [
            ReadChunk(
                position=position,
                page=position + 1,
                heading=heading,
                text=text,
                hash=blake2b(text.encode(), digest_size=16).digest(),
                words=words_of_chunk(heading, text),
            )
            for position, text in enumerate(texts)
        ]
        written = await documents.write(
            added.document_id,
            scope,
            Reading(title, "en", digest, 100, None, 10, 0, chunks),
        )
        assert written is not None

    async def delete(self, title: str) -> None:
        """Put a document into the bin."""
        [document] = await self.store.documents.list(HOUSEHOLD, limit=10, text=title)
        await self.store.documents.delete(HOUSEHOLD, document.id)


@pytest.fixture
async def shelves(
    database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Shelves]:
    monkeypatch.setattr(collections, "_QUIET", 0.0)
    store = Store(database.settings)
    await store.database.open()
    yield Shelves(store)
    await store.database.close()


async def remember(shelves: Shelves, text: str) -> None:
    await shelves.store.memories.add(
        HOUSEHOLD, text, collection="memories", language="en"
    )


async def test_what_stands_on_them(shelves: Shelves) -> None:
    """Chat history is a shelf as well; nobody sees what is another person's."""
    await shelves.add("Boiler", "Open the gas tap.", "Wait.")
    await shelves.add("Letter", "Dear Anna", shelf="letters", scope=ANNA)
    await remember(shelves, "The key is under the pot")
    told = turn("The cat is ill", statement="The cat is ill")
    await shelves.store.turns.record([told])

    def counts(found: list[Collection]) -> dict[str, tuple[int, int, int]]:
        return {
            one.name: (one.documents, one.memories, one.statements) for one in found
        }

    household = {
        "conversations": (0, 0, 1),
        "manuals": (1, 0, 0),
        "memories": (0, 1, 0),
    }
    assert counts(await shelves.all.list(BEN)) == household
    assert counts(await shelves.all.list(ANNA)) == {
        **household,
        "letters": (1, 0, 0),
    }
    await shelves.delete("Boiler")
    assert (await shelves.one("manuals")).documents == 0


async def test_describe(shelves: Shelves) -> None:
    await shelves.add("Boiler", "Open the gas tap.")
    await shelves.add("Letter", "Dear Anna", scope=ANNA)
    before = await shelves.store.responses.look_up(HOUSEHOLD, b"0" * 32)
    described = await shelves.all.describe(HOUSEHOLD, " manuals ", "How things work")
    assert described.description == "How things work"
    after = await shelves.store.responses.look_up(HOUSEHOLD, b"0" * 32)
    assert after.knowledge_version != before.knowledge_version
    assert shelves.changes == [
        Change(Subject.COLLECTION, Verb.CHANGED, "household", (str(described.id),))
    ]
    assert shelves.nudges == 1
    assert (await shelves.one("manuals", ANNA)).description is None
    described = await shelves.all.describe(HOUSEHOLD, "manuals", "")
    assert described.description is None


@pytest.mark.parametrize(
    ("name", "description", "key"),
    [
        ("letters", "Of Anna", "collection_unknown"),
        ("never heard of", "x", "collection_unknown"),
        ("", "x", "text_empty"),
        ("manuals", "x" * 2001, "text_too_long"),
        ("manuals", "The alarm code is 4711", "secret_not_stored"),
    ],
)
async def test_describe_refuses(
    shelves: Shelves, name: str, description: str, key: str
) -> None:
    await shelves.add("Boiler", "Open the gas tap.")
    await shelves.add("Letter", "Dear Anna", shelf="letters", scope=ANNA)
    with pytest.raises(InvalidInput) as err:
        await shelves.all.describe(HOUSEHOLD, name, description)
    assert err.value.key == key
    if key == "collection_unknown":
        with pytest.raises(InvalidInput):
            await shelves.all.summarise(HOUSEHOLD, name)


async def test_only_documents_of_the_household_are_shown_to_a_model(
    shelves: Shelves,
) -> None:
    await shelves.add("Boiler", "Open the gas tap when the boiler is out.")
    await shelves.add("Letter", "Dear Anna, the boiler is yours.", scope=ANNA)
    await remember(shelves, "The boiler was repaired in May by Mr Pike")
    await shelves.refresh()
    [shown] = shelves.shown
    assert "Open the gas tap" in shown
    assert "Anna" not in shown
    assert "Pike" not in shown
    household = await shelves.one("manuals")
    assert household.summary == "Written by a model"
    assert household.summary_by is SummaryBy.AI_TASK
    for name, scope, text in (
        ("manuals", ANNA, "Letter. Dear Anna, the boiler is yours."),
        ("memories", HOUSEHOLD, "The boiler was repaired in May by Mr Pike"),
    ):
        own = await shelves.one(name, scope)
        assert (own.summary, own.summary_by) == (text, SummaryBy.EXTRACT)
    await shelves.all.summarise(ANNA, "manuals")
    assert len(shelves.shown) == 1


@pytest.mark.parametrize("written", [None, ""])
async def test_words_of_its_own_where_the_model_wrote_nothing(
    shelves: Shelves, written: str | None
) -> None:
    shelves.written = written
    await shelves.add("Boiler", "Open the gas tap when the boiler is out.")
    await shelves.refresh()
    shelf = await shelves.one("manuals")
    assert shelf.summary == "Boiler. Open the gas tap when the boiler is out."
    assert shelf.summary_by is SummaryBy.EXTRACT


async def test_secrets_of_a_model_are_not_kept(shelves: Shelves) -> None:
    shelves.written = "How to open it: the alarm code is 4711. " + "x" * 3000
    await shelves.add("Boiler", "Open the gas tap when the boiler is out.")
    await shelves.refresh()
    summary = (await shelves.one("manuals")).summary or ""
    assert "4711" not in summary
    assert len(summary) <= LONGEST_SUMMARY


async def test_refreshed_when_a_fifth_is_new(
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collections, "_ASK_AGAIN", 0.0)
    for number in range(5):
        await shelves.add(f"Manual {number}", f"Text {number}.", f"More {number}.")
    await shelves.refresh()
    assert len(shelves.shown) == 1
    await shelves.refresh()
    await shelves.add("Manual 5", "Text 5.")
    await shelves.refresh()
    assert len(shelves.shown) == 1, "a tenth"
    monkeypatch.setattr(collections, "_QUIET", 1000.0)
    await shelves.add("Manual 6", "Text 6.", "More 6.")
    await shelves.refresh()
    assert len(shelves.shown) == 1, "something may still come"
    monkeypatch.setattr(collections, "_QUIET", 0.0)
    await shelves.refresh()
    assert len(shelves.shown) == 2


async def test_model_that_is_chosen_later(
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It writes without waiting for the shelf to grow; where it fails, not before the next day."""
    shelves.all._summarise = None
    await shelves.add("Boiler", "Open the gas tap when the boiler is out.")
    await shelves.refresh()
    shelves.all._summarise = shelves.summarise
    shelves.written = None
    for _ in range(2):
        await shelves.refresh()
        assert len(shelves.shown) == 1
        shelf = await shelves.one("manuals")
        assert shelf.summary_by is SummaryBy.EXTRACT
        shelves.written = "Written by a model"
    monkeypatch.setattr(collections, "_ASK_AGAIN", 0.0)
    for _ in range(2):
        await shelves.refresh()
        assert len(shelves.shown) == 2
        assert (await shelves.one("manuals")).summary == "Written by a model"


async def test_model_is_asked_once_a_day(
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often documents are edited; meanwhile there is an extract. Who asks for a summary gets one."""
    await shelves.add("Boiler", "Open the gas tap when the boiler is out.")
    await shelves.refresh()
    for number in range(3):
        await shelves.add(f"Fridge {number}", "Empty the tray below the fridge.")
        await shelves.delete("Boiler" if not number else f"Fridge {number - 1}")
        await shelves.refresh()
        shelf = await shelves.one("manuals")
        assert shelf.summary == f"Fridge {number}. Empty the tray below the fridge."
    assert len(shelves.shown) == 1
    assert (await shelves.all.summarise(HOUSEHOLD, "manuals")).summary == (
        "Written by a model"
    )
    await shelves.delete("Fridge 2")
    await shelves.add("Oven", "Clean the oven with a wet cloth.")
    await shelves.refresh()
    assert len(shelves.shown) == 2
    monkeypatch.setattr(collections, "_ASK_AGAIN", 0.0)
    await shelves.refresh()
    assert len(shelves.shown) == 3
    assert (await shelves.one("manuals")).summary == "Written by a model"


async def test_what_a_model_wrote_stays_where_it_fails(
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shelves.add("Boiler", "Open the gas tap when the boiler is out.")
    await shelves.refresh()
    shelves.written = None
    for number in range(2):
        await shelves.add(f"Fridge {number}", "Empty the tray below the fridge.")
        await shelves.refresh()
        shelf = await shelves.all.summarise(HOUSEHOLD, "manuals")
        assert (shelf.summary, shelf.summary_by) == (
            "Written by a model",
            SummaryBy.AI_TASK,
        )
        monkeypatch.setattr(collections, "_ASK_AGAIN", 0.0)
    assert len(shelves.shown) == 4
    # Where none is chosen any more, nobody will write it anew.
    shelves.all._summarise = None
    await shelves.refresh()
    assert (await shelves.one("manuals")).summary_by is SummaryBy.EXTRACT


@pytest.mark.parametrize("left", [0, 1])
async def test_shelf_that_has_less_than_its_summary_tells(
    shelves: Shelves, database: FreshDatabase, left: int
) -> None:
    await shelves.add("Boiler", "Open the gas tap when the boiler is out.")
    await shelves.refresh()
    if not left:
        await shelves.delete("Boiler")
    database.execute(
        "UPDATE ai_memory.collections SET summary = 'Of two', summary_passages = 2,"
        " summary_by = 'ai_task'"
    )
    for _ in range(2):
        await shelves.refresh()
        assert (await shelves.one("manuals")).summary == (
            "Boiler. Open the gas tap when the boiler is out." if left else None
        )
    assert len(shelves.shown) == 1


async def test_what_moved_away_is_in_no_summary(shelves: Shelves) -> None:
    """The folder of a shelf became a person's."""
    shelves.written = None
    files = shelves.store.folder_files
    file = FolderFile(
        folder="manuals",
        owner=HOUSEHOLD.owner,
        collection="manuals",
        path="diary.md",
        title="Diary",
        format="md",
        bytes=100,
        modified_ns=1,
    )
    heading, text = "Diary", "Anna wrote of a marmalade pot in May."
    digest = blake2b(text.encode(), digest_size=16).digest()
    chunk = ReadChunk(0, None, heading, text, digest, words_of_chunk(heading, text))
    await files.write(
        file, Reading("Diary", "en", sha256().digest(), 100, None, 8, 0, [chunk])
    )
    await shelves.refresh()
    assert "marmalade" in ((await shelves.one("manuals")).summary or "")
    await files.move("manuals", ANNA.owner, "manuals")
    assert (await shelves.one("manuals")).summary is None
    await shelves.refresh()
    assert (await shelves.one("manuals")).summary is None
    assert (await shelves.one("manuals", ANNA)).summary


async def test_what_is_gone_is_in_no_summary(shelves: Shelves) -> None:
    """At once, whoever deletes it; the next one is made without it."""
    shelves.written = None
    await shelves.add("Boiler", "Open the gas tap when the boiler is out.")
    await shelves.add("Fridge", "Empty the tray below the fridge in summer.")
    await remember(shelves, "The spare key hangs behind the door")
    await shelves.refresh()
    assert (await shelves.one("memories")).summary
    await shelves.delete("Fridge")
    forgetting = shelves.store.forgetting
    assert await forgetting.memories_before(datetime.now(UTC), 5, HOUSEHOLD)
    for name in ("manuals", "memories"):
        shelf = await shelves.one(name)
        assert (shelf.summary, shelf.summary_by) == (None, None)
    await shelves.refresh()
    assert (await shelves.one("manuals")).summary == (
        "Boiler. Open the gas tap when the boiler is out."
    )
    assert (await shelves.one("memories")).summary is None


async def test_summary_of_what_changed_meanwhile_is_not_kept(shelves: Shelves) -> None:
    await shelves.add("Boiler", "Open the gas tap when the boiler is out.")
    await shelves.add("Fridge", "Empty the tray below the fridge in summer.")
    original = shelves.summarise

    async def while_deleted(text: str) -> str | None:
        await shelves.delete("Fridge")
        return await original(text)

    shelves.all._summarise = while_deleted
    await shelves.refresh()
    assert "Fridge" in shelves.shown[0]
    assert (await shelves.one("manuals")).summary is None


async def test_vectors_are_made_once(shelves: Shelves, database: FreshDatabase) -> None:
    shelves.written = None
    await shelves.embed()
    await shelves.add("Boiler", "Open the gas tap when the boiler is out.")
    await shelves.refresh()
    assert not shelves.embedder.batches, "nothing to choose from"
    await shelves.add("Pasta", "Boil water with salt for the pasta.", shelf="recipes")
    await shelves.refresh()
    await shelves.refresh()
    told = [text for batch in shelves.embedder.batches for text in batch]
    assert "recipes" in told
    assert told[-1] == "recipes\nPasta. Boil water with salt for the pasta."
    shelves.embedder.batches.clear()
    again = Shelves(shelves.store)
    again.written = None
    again.embedder = shelves.embedder
    await again.embed()
    await again.refresh()
    assert not shelves.embedder.batches, "kept in the database"
    await again.all.describe(HOUSEHOLD, "recipes", "To cook")
    await again.refresh()
    assert shelves.embedder.batches == [
        ["recipes\nTo cook\nPasta. Boil water with salt for the pasta."]
    ]
    assert database.execute("SELECT count(*) FROM ai_memory.collection_embeddings") == (
        "2"
    )


async def test_shelf_that_no_vector_is_made_of(shelves: Shelves) -> None:
    """Its words may be too many for the model: that is no fault of the server's, and others get theirs."""
    shelves.written = None
    await shelves.embed()
    await shelves.add("Boiler", "Open the gas tap when the boiler is out.")
    await shelves.add("Pasta", "Boil water with salt for the pasta.", shelf="recipes")
    shelves.embedder.refused["recipes"] = EmbedderError(status="400")
    await shelves.refresh()
    model = shelves.searching.model
    assert model
    assert len(await shelves.store.collections.vectors(model)) == 1
    shelves.embedder.error = EmbedderUnreachable()
    with pytest.raises(EmbedderUnreachable):
        await shelves.refresh()


async def test_vector_of_what_is_gone_goes(
    shelves: Shelves, database: FreshDatabase
) -> None:
    """It was made of words that stood there, also where no other one comes in its place."""
    shelves.written = None
    await shelves.embed()
    await shelves.add("Boiler", "Open the gas tap when the boiler is out.")
    await shelves.add("Pasta", "Boil water with salt for the pasta.", shelf="recipes")
    await shelves.refresh()
    await shelves.refresh()
    count = "SELECT count(*) FROM ai_memory.collection_embeddings"
    assert database.execute(count) == "2"
    await shelves.delete("Pasta")
    await shelves.refresh()
    assert database.execute(count) == "1"


async def test_shelf_that_goes_while_others_are_told_of(
    shelves: Shelves, database: FreshDatabase
) -> None:
    for name in ("first", "second", "third"):
        await shelves.add(name, f"The {name} thing to know about it.", shelf=name)
    original = shelves.summarise

    async def while_it_goes(text: str) -> str | None:
        if "first" in text:
            database.execute(
                "DELETE FROM ai_memory.documents WHERE title = 'second';"
                "DELETE FROM ai_memory.collections WHERE name = 'second'"
            )
            # The upkeep goes on meanwhile.
            await shelves.all.refresh()
        return await original(text)

    shelves.all._summarise = while_it_goes
    await shelves.refresh()
    assert (await shelves.one("third")).summary == shelves.written


async def test_shelves_that_fit_come_first(shelves: Shelves) -> None:
    """Chunks of others come behind, but stay; memories and chat history lose nothing."""
    await shelves.add("Boiler", "Salt for the water of the boiler.")
    await shelves.add("Pasta", "Salt for the water of the pasta.", shelf="recipes")
    await remember(shelves, "Salt is in the cupboard, water comes from the tap")
    await shelves.refresh()

    async def search(query: str) -> dict[str, float]:
        passages = await shelves.searching.search(
            HOUSEHOLD, query, language="en", limit=10
        )
        return {passage.text: passage.score for passage in passages}

    every = await search("salt water")
    assert len(every) == 3
    routed = await search("salt water recipes")
    assert routed["Salt for the water of the boiler."] == pytest.approx(
        ELSEWHERE * routed["Salt for the water of the pasta."]
    )
    kept = "Salt is in the cupboard, water comes from the tap"
    assert routed[kept] == routed["Salt for the water of the pasta."]


async def test_question_is_compared_with_shelves(shelves: Shelves) -> None:
    await shelves.embed()
    await shelves.add("Boiler", "Salt for the water of the boiler.")
    await shelves.add("Pasta", "Salt for the water of the pasta.", shelf="recipes")
    await shelves.refresh()
    await shelves.refresh()
    model = shelves.searching.model
    assert model
    kept = await shelves.store.collections.vectors(model)
    for name in ("manuals", "recipes"):
        shelf = await shelves.one(name)
        _, vector = kept[shelf.id]
        # The vectors of two texts have nothing in common.
        passages = await shelves.searching.search(
            HOUSEHOLD,
            "salt water",
            language="en",
            limit=10,
            vector=QueryVector(model, vector),
        )
        assert passages[0].collection_id == shelf.id
        assert len(passages) == 2


async def test_a_chunk_tells_where_it_stands(shelves: Shelves) -> None:
    await shelves.add("Boiler", "Open the gas tap.", "Wait for ten minutes.")
    [passage] = await shelves.store.passages.search(
        HOUSEHOLD, "ten minutes", language="en", limit=5
    )
    assert passage.kind is PassageKind.CHUNK
    assert passage.document
    assert passage.source_id == str(passage.document.document_id)
    assert (
        passage.document.title,
        passage.document.heading,
        passage.document.page,
    ) == ("Boiler", "Boiler › Use", 2)
    assert passage.collection_id == (await shelves.one("manuals")).id
    # Title and headings are words of it as well.
    found = await shelves.store.passages.search(
        HOUSEHOLD, "boiler", language="en", limit=5
    )
    assert len(found) == 2


def test_extract() -> None:
    texts = [
        "Wall-hung boiler for natural gas. Fitted in 2021.",
        "Contents. The fridge in the cellar, since May.",
        "Wall-hung boiler for natural gas.",
        "Stop.",
    ]
    assert extract_summary(["Boiler", "Fridge"], texts) == (
        "Boiler; Fridge. Wall-hung boiler for natural gas."
        " The fridge in the cellar, since May."
    )
    assert extract_summary([], []) == ""
    many = [f"This text has the number {number} of many." for number in range(200)]
    long = extract_summary(["Title " * 20] * 100, many)
    assert " …" in long
    assert "number 3" in long
    assert len(long) <= LONGEST_SUMMARY
