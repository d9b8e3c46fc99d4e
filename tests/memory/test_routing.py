"""Which shelves fit a question."""

from custom_components.ai_memory.memory.near_duplicates import words_of
from custom_components.ai_memory.memory.routing import Routing, Shelf
from custom_components.ai_memory.models import Scope
from custom_components.ai_memory.postgres.passages import StoredModel
from tests.engine import ANNA, BEN, HOUSEHOLD

MODEL = StoredModel(1, 4)
MANUALS, RECIPES, CONTRACTS, LETTERS = range(1, 5)


def shelf(
    shelf_id: int, words: str, vector: list[float] | None, scope: Scope = HOUSEHOLD
) -> Shelf:
    return Shelf(shelf_id, scope.owner, frozenset(words_of(words)), vector)


SHELVES = [
    shelf(MANUALS, "manuals of appliances", [1.0, 0.0, 0.0, 0.0]),
    shelf(RECIPES, "recipes of grandma", [0.0, 1.0, 0.0, 0.0]),
    shelf(CONTRACTS, "contracts of everybody", [0.0, 0.0, 1.0, 0.0]),
    shelf(LETTERS, "letters of anna", [0.0, 0.0, 0.0, 1.0], ANNA),
]


def fitting(
    text: str,
    vector: list[float] | None = None,
    *,
    scope: Scope = HOUSEHOLD,
    model: StoredModel | None = MODEL,
    shelves: list[Shelf] = SHELVES,
) -> list[int] | None:
    routing = Routing()
    routing.learn(shelves, MODEL)
    return routing.fitting(scope, text, model, vector)


def test_by_vector() -> None:
    assert fitting("?", [0.9, 0.1, 0.1, 0.0]) == [MANUALS]
    assert fitting("?", [0.7, 0.65, 0.1, 0.0]) == [MANUALS, RECIPES]


def test_by_name() -> None:
    assert fitting("What do the contracts say?") == [CONTRACTS]
    assert fitting("the CONTRACTS", [0.9, 0.1, 0.1, 0.0]) == [MANUALS, CONTRACTS]
    assert fitting("recipes or manuals") == [MANUALS, RECIPES]


def test_all_where_nothing_tells_them_apart() -> None:
    assert fitting("What is F28?") is None
    assert fitting("What is of interest?") is None, "a word of every shelf"
    assert fitting("?", [0.6, 0.55, 0.58, 0.0]) is None, "all are as near"
    assert fitting("manuals, recipes and contracts") is None
    assert Routing().fitting(HOUSEHOLD, "manuals", MODEL, [1.0, 0.0, 0.0, 0.0]) is None
    assert fitting("manuals", shelves=SHELVES[:1]) is None, "only one"


def test_vector_of_another_model_says_nothing() -> None:
    other = StoredModel(2, 4)
    assert fitting("?", [0.9, 0.1, 0.1, 0.0], model=other) is None
    assert fitting("recipes", [0.9, 0.1, 0.1, 0.0], model=other) == [RECIPES]
    assert fitting("?", [0.9, 0.1, 0.1, 0.0], model=None) is None


def test_shelves_without_a_vector_are_found_by_name() -> None:
    shelves = [*SHELVES[:2], shelf(CONTRACTS, "contracts", None)]
    found = fitting("contracts", [0.9, 0.1, 0.1, 0.0], shelves=shelves)
    assert found == [MANUALS, CONTRACTS]


def test_private_shelves_are_their_owner_s() -> None:
    near_letters = [0.1, 0.1, 0.1, 0.9]
    assert fitting("letters", near_letters, scope=ANNA) == [LETTERS]
    for scope in (BEN, HOUSEHOLD):
        assert LETTERS not in (fitting("letters", near_letters, scope=scope) or [])
    # Nor do their words or number play a part for others.
    shelves = [*SHELVES[:1], shelf(LETTERS, "manuals", None, ANNA)]
    assert fitting("manuals", shelves=shelves) is None
    assert fitting("manuals", shelves=shelves, scope=ANNA) is None
