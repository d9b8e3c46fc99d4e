"""Documents: taken in, read, put into the bin and taken out again."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from ..models import Document, DocumentState, DocumentVersion, Scope
from ..postgres.store import Store
from .changes import Changes
from .document_reading import DocumentReading
from .health import Health

if TYPE_CHECKING:
    from ..documents.originals import Originals

DOCUMENTS = "documents"
"""The collection of documents for which none is named."""


class Documents:
    """The documents of everybody; each is its owner's, and the household's are everybody's."""

    def __init__(
        self,
        store: Store,
        reading: DocumentReading,
        originals: Originals,
        health: Health,
        changes: Changes,
        *,
        language: str,
        nudge: Callable[[], None],
        look_again: Callable[[Sequence[str]], None],
    ) -> None:
        """Call `nudge` when there is something new to make vectors of, `look_again` when files of folders are to be read again."""
        raise NotImplementedError

    async def add(
        self,
        scope: Scope,
        source: Path | bytes,
        name: str,
        *,
        collection: str = DOCUMENTS,
        title: str | None = None,
        language: str | None = None,
        wait: bool = False,
    ) -> tuple[Document, bool]:
        """Take a file in; return the document, and whether it is new. It is read in the background, or at once by `wait`.

        The same content on the same shelf is the same document with one more name; from the bin it comes back.

        Raises InvalidInput (`document_unsupported`, `document_too_large`, `document_empty`, `document_unreadable`),
        DatabaseError.
        """
        raise NotImplementedError

    async def add_text(
        self,
        scope: Scope,
        text: str,
        name: str,
        *,
        collection: str = DOCUMENTS,
        title: str | None = None,
        language: str | None = None,
        wait: bool = False,
    ) -> tuple[Document, bool]:
        """Take a text in as a Markdown file. Raises as `add`."""
        raise NotImplementedError

    async def list(
        self,
        scope: Scope,
        *,
        limit: int = 50,
        before: UUID | None = None,
        text: str | None = None,
        collection: str | None = None,
        state: DocumentState | None = None,
        deleted: bool = False,
        folder: str | None = None,
    ) -> list[Document]:
        """Return documents, the newest first, or those in the bin; `before` is the last one of the page before.

        `text` is looked for in titles and names. Raises InvalidInput, DatabaseError.
        """
        raise NotImplementedError

    async def get(self, scope: Scope, document_id: UUID) -> Document:
        """Return a document, also one in the bin. Raises InvalidInput `document_unknown`, DatabaseError."""
        raise NotImplementedError

    async def versions(self, scope: Scope, document_id: UUID) -> list[DocumentVersion]:
        """Return what its content was, the newest first. Raises InvalidInput `document_unknown`, DatabaseError."""
        raise NotImplementedError

    async def delete(self, scope: Scope, document_id: UUID) -> Document:
        """Put a document into the bin: nothing of it is found any more. Raises InvalidInput `document_unknown`, DatabaseError."""
        raise NotImplementedError

    async def restore(self, scope: Scope, document_id: UUID) -> Document:
        """Take a document out of the bin. Raises InvalidInput `document_unknown`, DatabaseError."""
        raise NotImplementedError

    async def erase(self, scope: Scope, document_id: UUID) -> None:
        """Let a document in the bin go for ever. Raises InvalidInput (`document_unknown`, `document_not_deleted`), DatabaseError."""
        raise NotImplementedError

    async def read_again(self, scope: Scope, document_id: UUID) -> Document:
        """Read a document once more in the background. Raises InvalidInput `document_unknown`, DatabaseError."""
        raise NotImplementedError

    async def expire(self, before: datetime) -> int:
        """Erase everybody's documents that went into the bin before; return how many. Raises DatabaseError."""
        raise NotImplementedError
