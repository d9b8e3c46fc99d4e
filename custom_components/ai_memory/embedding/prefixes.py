"""What to put in front of a text for the embedding models that were trained with prefixes.

Where each model's own card says so (Hugging Face, under the names below):

- nomic-ai/nomic-embed-text-v1.5 and -v2-moe: `search_query: `, `search_document: `
- mixedbread-ai/mxbai-embed-large-v1, BAAI/bge-*-en-v1.5, Snowflake/snowflake-arctic-embed-* up to v1.5: a sentence
  before the query, nothing before the document; BAAI/bge-*-zh-v1.5: the same in Chinese
- BAAI/bge-m3: none
- Snowflake/snowflake-arctic-embed-*-v2.0: `query: `, nothing before the document
- intfloat/e5-* and multilingual-e5-*: `query: `, `passage: `
- intfloat/multilingual-e5-large-instruct and Qwen/Qwen3-Embedding-*: the task, then the query (one card has a space
  between, the other has not); nothing before the document
- google/embeddinggemma-300m: `task: search result | query: `, `title: none | text: `

Models that are not named here, all-MiniLM and OpenAI's among them, get the bare text.
"""

from dataclasses import dataclass
import re
from typing import Final

from .embedder import TextKind

_PASSAGES: Final = "Represent this sentence for searching relevant passages: "
_PASSAGES_ZH: Final = "为这个句子生成表示以用于检索相关文章："
_TASK: Final = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"


@dataclass(frozen=True, slots=True)
class Prefixes:
    """What stands before a text of each kind."""

    query: str = ""
    document: str = ""

    def add(self, text: str, kind: TextKind) -> str:
        """Return the text as the model wants it."""
        return (self.query if kind is TextKind.QUERY else self.document) + text


# The first pattern found in the lower-cased name decides: exceptions stand before their family.
_BY_NAME: Final = tuple(
    (re.compile(pattern), prefixes)
    for pattern, prefixes in (
        (r"nomic-embed-text", Prefixes("search_query: ", "search_document: ")),
        (r"mxbai-embed", Prefixes(_PASSAGES)),
        (r"snowflake-arctic-embed(2|.*v2)", Prefixes("query: ")),
        (r"snowflake-arctic-embed", Prefixes(_PASSAGES)),
        (r"\bbge-(small|base|large)-zh", Prefixes(_PASSAGES_ZH)),
        (r"\bbge-(small|base|large)", Prefixes(_PASSAGES)),
        (r"\be5-.*instruct", Prefixes(f"{_TASK} ")),
        (r"\be5-", Prefixes("query: ", "passage: ")),
        (r"qwen3-embedding", Prefixes(_TASK)),
        (
            r"embeddinggemma|embedding-gemma",
            Prefixes("task: search result | query: ", "title: none | text: "),
        ),
    )
)


def prefixes_for(model: str) -> Prefixes:
    """Return the prefixes of a model by its name, such as `nomic-embed-text:v1.5` or `intfloat/e5-base-v2`."""
    name = model.lower()
    for pattern, prefixes in _BY_NAME:
        if pattern.search(name):
            return prefixes
    return Prefixes()
