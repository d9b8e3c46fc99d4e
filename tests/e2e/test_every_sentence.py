"""All that can be said to memory itself, through the Assist pipeline."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

import pytest
import pytest_asyncio
import pytest_socket

from custom_components.ai_memory.spoken import SpokenIntent
from demo.client import HassClient, Json, Turn
from demo.demo_house import DemoHouse
from tests.e2e.talk import Database, chats, person_id, set_options, until
from tests.e2e.ways import DESK_LAMP, word_for

pytestmark = pytest.mark.asyncio(loop_scope="session")

KITCHEN: Final = "assist_satellite.kitchen"


@dataclass
class Talk:
    """What Cleo says; `word` is in nothing that was ever said before."""

    client: HassClient
    house: DemoHouse
    database: Database
    owner: str
    word: str
    pipeline: str
    conversation_id: str | None = None

    @property
    def fact(self) -> str:
        """A sentence to remember."""
        return f"the {self.word} hangs in the loft"

    async def say(self, text: str, *, satellite: str | None = None) -> str:
        """Go on with the conversation; return the reply."""
        return (await self.turn(text, satellite=satellite)).reply

    async def turn(self, text: str, *, satellite: str | None = None) -> Turn:
        """Go on with the conversation."""
        turn = await self.client.run_pipeline(
            text,
            satellite=satellite,
            conversation_id=self.conversation_id,
            pipeline=None if satellite else self.pipeline,
        )
        assert turn.error is None
        self.conversation_id = turn.conversation_id
        return turn

    async def remember(self) -> None:
        """Have the fact remembered, for Cleo alone."""
        assert await self.say(f"Remember for me that {self.fact}") == (
            "I'll remember that, for you alone."
        )

    async def remembered(self) -> list[Json]:
        """Return the memories with the word."""
        return await self.database.fetch(
            "SELECT content, owner FROM memories WHERE position($1 IN content) > 0",
            self.word,
        )

    async def is_saved(self, text: str) -> bool:
        """Return whether words are in the database."""
        return bool(
            await self.database.value(
                "SELECT count(*) FROM turns WHERE text = $1", text
            )
        )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def owner(house: DemoHouse, cleo: HassClient) -> AsyncGenerator[str]:
    """Give what Cleo is to the database; she may say who she is."""
    pytest_socket.enable_socket()
    cleos = await person_id(house, "Cleo")
    await set_options(house, "claims", claimants=[cleos])
    yield f"person:{cleos}"
    await set_options(house, "claims", claimants=[])


@pytest.fixture
def talk(
    request: pytest.FixtureRequest,
    house: DemoHouse,
    cleo: HassClient,
    database: Database,
    owner: str,
) -> Talk:
    """Give a new conversation of Cleo."""
    return Talk(
        client=cleo,
        house=house,
        database=database,
        owner=owner,
        word=word_for(request.node.callspec.id),
        pipeline=house.pipeline,
    )


# --- each sentence


async def _remember(talk: Talk) -> None:
    await talk.remember()
    assert await talk.remembered() == [{"content": talk.fact, "owner": talk.owner}]


async def _tell(talk: Talk) -> None:
    await talk.remember()
    reply = await talk.say(f"What do you know about the {talk.word}?")
    assert reply.startswith(f"I know this: {talk.fact}")


async def _forget(talk: Talk) -> None:
    await talk.remember()
    reply = await talk.say(f"Forget what you know about the {talk.word}")
    assert reply == f"Shall I forget this: {talk.fact}?"
    assert await talk.remembered()


async def _confirm(talk: Talk) -> None:
    await _forget(talk)
    assert await talk.say("yes, please") == "I have forgotten that."
    assert not await talk.remembered()


async def _cancel(talk: Talk) -> None:
    await _forget(talk)
    assert await talk.say("better not") == "All right, I'll leave it as it is."
    assert await talk.remembered()


async def _forget_last(talk: Talk) -> None:
    said = f"Sing about the {talk.word}!"
    await talk.database.turn(await talk.turn(said))
    reply = await talk.say("Forget what I just said")
    assert reply == "I have forgotten what you just said."
    assert not await talk.is_saved(said)


async def _set_alias(talk: Talk) -> None:
    phrase = f"my {talk.word}"
    reply = await talk.say(f"When I say {phrase} I mean the desk lamp")
    assert reply.startswith(f"All right, {phrase} means")
    assert {"phrase": phrase, "entity_id": DESK_LAMP} == await talk.database.value(
        "SELECT value FROM preferences WHERE value->>'phrase' = $1 AND owner = $2",
        phrase,
        talk.owner,
    )
    row = await talk.database.turn(await talk.turn(f"turn off {phrase}"))
    assert row["resolved_text"] == "turn off Desk lamp"


async def _asked(talk: Talk) -> None:
    await talk.database.turn(await talk.turn(f"Sing about the {talk.word}!"))
    reply = await talk.say(f"What did I ask you about the {talk.word} today?")
    assert reply == f"I found this: Sing about the {talk.word}"


async def _identify(talk: Talk) -> None:
    await talk.remember()
    talk.conversation_id = None
    question = f"What do you know about the {talk.word}?"
    before = await talk.say(question, satellite=KITCHEN)
    hello = await talk.say("This is Cleo", satellite=KITCHEN)
    after = await talk.say(question, satellite=KITCHEN)
    assert talk.fact not in before
    assert hello == "Hello Cleo."
    assert talk.fact in after
    await talk.say("start over", satellite=KITCHEN)

    async def owners() -> list[str] | None:
        rows = await talk.database.fetch(
            "SELECT owner FROM turns WHERE text = $1 ORDER BY started_at", question
        )
        return [row["owner"] for row in rows] if len(rows) > 1 else None

    assert await until(owners) == ["household", talk.owner]


async def _rate(talk: Talk, words: str, rating: int) -> None:
    row = await talk.database.turn(await talk.turn(f"Sing about the {talk.word}!"))
    assert await talk.say(words) == "Thanks, I have noted that."
    assert [{"rating": rating, "owner": talk.owner}] == await talk.database.fetch(
        "SELECT rating, owner FROM feedback WHERE turn_id = $1", row["id"]
    )


async def _wrong(talk: Talk) -> None:
    await _rate(talk, "No, that was wrong", 1)


async def _right(talk: Talk) -> None:
    await _rate(talk, "That was right", 5)


async def _start_over(talk: Talk) -> None:
    await talk.say(f"Sing about the {talk.word}!")
    await talk.say("And once more!")
    assert talk.word in chats(talk.house)[-1].raw.decode()
    assert await talk.say("Let's start over") == "All right, let's start over."
    await talk.say("And once more!")
    assert talk.word not in chats(talk.house)[-1].raw.decode()


async def _pause(talk: Talk) -> None:
    reply = await talk.say("Stop remembering")
    assert reply.startswith("All right, I won't remember anything")
    said = f"Sing about the {talk.word}!"
    await talk.say(said)
    assert await talk.say("You may remember again") == (
        "All right, I'm remembering again."
    )
    # Turns are saved in their order.
    await talk.database.turn(await talk.turn(f"Dance about the {talk.word}!"))
    assert not await talk.is_saved(said)


ENGLISH: Final[dict[SpokenIntent, Callable[[Talk], Awaitable[None]]]] = {
    SpokenIntent.REMEMBER: _remember,
    SpokenIntent.FORGET: _forget,
    SpokenIntent.FORGET_LAST: _forget_last,
    SpokenIntent.TELL: _tell,
    SpokenIntent.SET_ALIAS: _set_alias,
    SpokenIntent.ASKED: _asked,
    SpokenIntent.IDENTIFY: _identify,
    SpokenIntent.WRONG: _wrong,
    SpokenIntent.RIGHT: _right,
    SpokenIntent.START_OVER: _start_over,
    SpokenIntent.PAUSE: _pause,
    SpokenIntent.RESUME: _pause,
    SpokenIntent.CONFIRM: _confirm,
    SpokenIntent.CANCEL: _cancel,
}


@pytest.mark.parametrize("intent", ENGLISH)
async def test_said_in_english(talk: Talk, intent: SpokenIntent) -> None:
    await ENGLISH[intent](talk)


# --- other languages


class Words(NamedTuple):
    """What is said, and replied, in a language."""

    remember: str
    fact: str
    tell: str
    forget: str
    yes: str
    remembered: str
    told: str
    asked_back: str
    forgotten: str


OTHER_LANGUAGES: Final = {
    "de": Words(
        "Merk dir nur für mich, dass {}",
        "die Zither auf dem Speicher steht",
        "Was weißt du über die Zither?",
        "Vergiss alles über die Zither",
        "ja, bitte",
        "Das merke ich mir, nur für dich.",
        "Ich weiß das: {}",
        "Soll ich das vergessen: {}?",
        "Das habe ich vergessen.",
    ),
    "es": Words(
        "Recuerda solo para mí que {}",
        "la cítara está en el desván",
        "¿Qué sabes sobre la cítara?",
        "Olvida todo sobre la cítara",
        "sí, por favor",
        "Lo recordaré, solo para ti.",
        "Esto es lo que sé: {}",
        "¿Olvido esto: {}?",
        "Lo he olvidado.",
    ),
    "fr": Words(
        "Retiens rien que pour moi que {}",
        "la cithare est au grenier",
        "Que sais-tu sur la cithare ?",
        "Oublie tout à propos de la cithare",
        "oui, s'il te plaît",
        "Je m'en souviendrai, rien que pour toi.",
        "Voici ce que je sais : {}",
        "Dois-je oublier ceci : {} ?",
        "Je l'ai oublié.",
    ),
    "it": Words(
        "Ricorda solo per me che {}",
        "la cetra sta in soffitta",
        "Cosa sai della cetra?",
        "Dimentica tutto sulla cetra",
        "sì, grazie",
        "Me lo ricorderò, solo per te.",
        "Ecco quello che so: {}",
        "Devo dimenticare questo: {}?",
        "L'ho dimenticato.",
    ),
    "nl": Words(
        "Onthoud alleen voor mij dat {}",
        "de citer op zolder staat",
        "Wat weet je over de citer?",
        "Vergeet alles over de citer",
        "ja, graag",
        "Dat onthoud ik, alleen voor jou.",
        "Dit weet ik: {}",
        "Zal ik dit vergeten: {}?",
        "Dat ben ik vergeten.",
    ),
    "pl": Words(
        "Zapamiętaj tylko dla mnie, że {}",
        "ukulele leży na strychu",
        "Co pamiętasz na temat ukulele?",
        "Zapomnij wszystko na temat ukulele",
        "tak, proszę",
        "Zapamiętam to, tylko dla ciebie.",
        "Oto, co wiem: {}",
        "Czy mam o tym zapomnieć: {}?",
        "Już o tym nie pamiętam.",
    ),
    "pt": Words(
        "Anota só para mim que {}",
        "a cítara está no sótão",
        "O que sabes sobre a cítara?",
        "Esquece tudo sobre a cítara",
        "sim, por favor",
        "Vou lembrar-me disso, só para si.",
        "Sei isto: {}",
        "Devo esquecer isto: {}?",
        "Já me esqueci disso.",
    ),
}


@pytest_asyncio.fixture(loop_scope="session")
async def pipeline(house: DemoHouse, language: str) -> AsyncGenerator[str]:
    """Give a pipeline in the language."""
    made = await house.client.call(
        "assist_pipeline/pipeline/create",
        name=f"AI Memory {language}",
        conversation_engine=house.agent,
        conversation_language=language,
        language=language,
        stt_engine=None,
        stt_language=None,
        tts_engine=None,
        tts_language=None,
        tts_voice=None,
        wake_word_entity=None,
        wake_word_id=None,
        prefer_local_intents=False,
    )
    yield made["id"]
    await house.client.call("assist_pipeline/pipeline/delete", pipeline_id=made["id"])


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
async def test_said_in(talk: Talk, language: str, pipeline: str) -> None:
    talk.pipeline = pipeline
    words = OTHER_LANGUAGES[language]
    fact = words.fact

    assert await talk.say(words.remember.format(fact)) == words.remembered
    rows = "SELECT owner, language FROM memories WHERE content = $1"
    assert [{"owner": talk.owner, "language": language}] == (
        await talk.database.fetch(rows, fact)
    )
    told = await talk.say(words.tell)
    assert told.startswith(words.told.format(fact))
    assert await talk.say(words.forget) == words.asked_back.format(fact)
    assert await talk.say(words.yes) == words.forgotten
    assert not await talk.database.fetch(rows, fact)
