"""Documents: taken in, read, put into the bin and taken out again."""

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from hashlib import file_digest
import logging
from pathlib import Path
from typing import Final
from uuid import UUID

from ..documents.formats.content import Problem, ReadError
from ..documents.originals import Originals
from ..documents.reader import ReaderUnavailable
from ..errors import DatabaseError, InvalidInput
from ..models import Document, DocumentState, DocumentVersion, Scope, Subject, Verb
from ..postgres.documents import Upload, Waiting
from ..postgres.store import Store
from ..text_forms import clean
from .changes import Changes
from .document_reading import (
    LONGEST_TITLE,
    DocumentReading,
    format_of,
    title_of,
    usable_title,
)
from .health import Health, Part
from .memories import LONGEST_QUERY, MOST_ROWS
from .secret_filter import mask

_LOGGER = logging.getLogger(__name__)

DOCUMENTS: Final = "documents"
"""The collection of documents for which none is named."""
_RETRY: Final = 5.0  # seconds, while the database does not answer
_BATCH: Final = 100
_LOOSE: Final = timedelta(hours=1)
"""After which no document comes any more of a file that was to be one."""
_LONGEST_NAME: Final = 255  # characters of a file's name
_LONGEST_COLLECTION: Final = 100
_LONGEST_LANGUAGE: Final = 35
_REFUSED: Final = {
    Problem.TOO_LARGE: "document_too_large",
    Problem.UNREADABLE: "document_unreadable",
}


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
        look_again: Callable[[Collection[str]], None],
        check_no_import: Callable[[], None],
    ) -> None:
        """Call `nudge` when there is something new to make vectors of, `look_again` with folders of which files are to be read again.

        While `check_no_import` raises nobody erases: what was read already elsewhere would come back.
        """
        self._store = store
        self._reading = reading
        self._originals = originals
        self._health = health
        self._changes = changes
        self._language = language
        self._nudge = nudge
        self._look_again = look_again
        self._check_no_import = check_no_import
        self._asked = asyncio.Event()
        self._idle = asyncio.Event()
        self._owes = False
        """Whether something is known to wait."""
        self._in_hand: set[UUID] = set()

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

        Raises InvalidInput (`document_unsupported`, `document_too_large`, `document_empty`, `document_unreadable`,
        `document_not_kept` where there is no room for it), DatabaseError.
        """
        name = clean(name, limit=_LONGEST_NAME)
        form = format_of(name)
        if form is None:
            raise InvalidInput("document_unsupported")
        # Not the extension: a file is read by it.
        stem, _, extension = name.rpartition(".")
        stem, _ = mask(stem, language or self._language)
        name = f"{stem}.{extension}"
        collection = clean(collection, limit=_LONGEST_COLLECTION)
        if language:
            language = clean(language, limit=_LONGEST_LANGUAGE)
        if title:
            title = usable_title(clean(title, limit=LONGEST_TITLE), language)
        original = self._originals.new(name)
        await self._store.documents.note_original(scope, original)
        try:
            digest, size = await self._keep(original, source)
            added = await self._store.documents.add(
                scope,
                collection,
                Upload(
                    name,
                    title or title_of(name, language),
                    language,
                    form,
                    digest,
                    size,
                    original,
                ),
            )
        except InvalidInput:
            await self._let_go(original)
            raise
        if added.unneeded:
            await self._let_go(added.unneeded)
        if added.from_bin:
            await self.take_from_bin(added.from_bin)
        self._tell(Verb.ADDED, scope.owner, added.document_id)
        if not added.is_new:
            self._nudge()
        document = await self.get(scope, added.document_id)
        if document.state is DocumentState.WAITING:
            if wait and document.original:
                await self._read(
                    Waiting(
                        document.id,
                        document.owner,
                        document.title,
                        document.language,
                        document.original,
                        document.names[0].path,
                    )
                )
                document = await self.get(scope, added.document_id)
            else:
                self.look()
        return document, added.is_new

    async def get(self, scope: Scope, document_id: UUID) -> Document:
        """Return a document, also one in the bin. Raises InvalidInput `document_unknown`, DatabaseError."""
        document = await self._store.documents.get(scope, document_id)
        if document is None:
            raise InvalidInput("document_unknown")
        return document

    async def versions(self, scope: Scope, document_id: UUID) -> list[DocumentVersion]:
        """Return what its content was, the newest first. Raises InvalidInput `document_unknown`, DatabaseError."""
        await self.get(scope, document_id)
        return await self._store.documents.versions(scope, document_id)

    async def delete(self, scope: Scope, document_id: UUID) -> Document:
        """Put a document into the bin: nothing of it is found any more. Raises InvalidInput `document_unknown`, DatabaseError."""
        document = await self._store.documents.delete(scope, document_id)
        if document is None:
            raise InvalidInput("document_unknown")
        if document.original:
            await self._try(self._originals.to_bin, document.original)
        self._tell(Verb.REMOVED, document.owner, document.id)
        return document

    async def restore(self, scope: Scope, document_id: UUID) -> Document:
        """Take a document out of the bin; what came in again meanwhile is returned instead.

        Raises InvalidInput `document_unknown`, DatabaseError.
        """
        restored = await self._store.documents.restore(scope, document_id)
        if restored is None:
            raise InvalidInput("document_unknown")
        if restored.from_bin:
            await self.take_from_bin(restored.from_bin)
        if restored.unneeded:
            await self._let_go(restored.unneeded)
        self._tell(Verb.ADDED, restored.owner, restored.document_id)
        self._nudge()
        self.look()
        return await self.get(scope, restored.document_id)

    async def erase(self, scope: Scope, document_id: UUID) -> None:
        """Let a document in the bin go for ever.

        Raises InvalidInput (`document_unknown`, `document_not_deleted`, `import_running`), DatabaseError.
        """
        self._check_no_import()
        await self._erase(scope, document_id)

    async def _erase(self, scope: Scope, document_id: UUID) -> None:
        document = await self.get(scope, document_id)
        if document.deleted_at is None:
            raise InvalidInput("document_not_deleted")
        # The file last: until then the document may be restored.
        if not await self._store.documents.erase(scope, document_id):
            raise InvalidInput("document_unknown")
        if document.original:
            await self._let_go(document.original)
        self._tell(Verb.REMOVED, document.owner, document.id)

    async def read_again(self, scope: Scope, document_id: UUID) -> Document:
        """Read a document once more in the background.

        Raises InvalidInput (`document_unknown`, `document_without_file`), DatabaseError.
        """
        found = await self._store.documents.read_again(scope, document_id)
        if found is None:
            raise InvalidInput("document_unknown")
        has_original, folders = found
        if not has_original and not folders:
            raise InvalidInput("document_without_file")
        document = await self.get(scope, document_id)
        self._look_again(folders)
        self.look()
        return document

    async def expire(self, before: datetime) -> int:
        """Erase everybody's documents that went into the bin before; return how many. Raises DatabaseError."""
        erased = 0
        while old := await self._store.documents.deleted_before(before, _BATCH):
            now = 0
            for document_id, owner in old:
                try:
                    await self._erase(Scope(owner), document_id)
                    now += 1
                except InvalidInput as err:
                    # Restored or erased meanwhile.
                    _LOGGER.debug("Document %s stays: %s", document_id, err.key)
            erased += now
            if not now:
                break
        await self._store.documents.forget_erased(before)
        return erased

    async def clear_originals(self) -> None:
        """Erase what a crash left, and what could not be erased before. Raises DatabaseError.

        Only what this database noted: those of other ones may lie in the same folder.
        """
        for original in await self._store.documents.loose_originals(_LOOSE):
            await self._let_go(original)

    async def take_from_bin(self, original: str) -> None:
        """Put an original back to where it is read, which may have been owed when it went into the bin."""
        await self._try(self._originals.restore, original)
        self.look()

    def look(self) -> None:
        """Read what waits, as soon as may be."""
        self._owes = True
        self._idle.clear()
        self._asked.set()

    async def run(self) -> None:
        """Read what waits, until cancelled."""
        while True:
            self._asked.clear()
            pause: float | None = None
            try:
                while waiting := await self._store.documents.waiting(self._in_hand):
                    self._owes = True
                    await self._read(waiting)
                self._owes = self._asked.is_set()
            except DatabaseError as err:
                _LOGGER.debug("Documents wait to be read", exc_info=True)
                self._health.failed(Part.DATABASE, err)
                pause = _RETRY
            except ReaderUnavailable:
                pause = _RETRY
            except Exception:
                _LOGGER.exception("Unexpected error while documents were read")
                pause = _RETRY
            if not self._owes:
                self._idle.set()
            try:
                async with asyncio.timeout(pause):
                    await self._asked.wait()
            except TimeoutError:
                pass

    async def settled(self, timeout: float = 30.0) -> bool:
        """Wait until all that was given to us is read; return False where that took longer than `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

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
        if not 1 <= limit <= MOST_ROWS:
            raise InvalidInput("limit_invalid", most=str(MOST_ROWS))
        return await self._store.documents.list(
            scope,
            limit=limit,
            before=before,
            text=clean(text, limit=LONGEST_QUERY) if text else None,
            collection=clean(collection, limit=_LONGEST_COLLECTION)
            if collection
            else None,
            state=state,
            deleted=deleted,
            folder=folder,
        )

    # --- behind the scenes

    def _tell(self, verb: Verb, owner: str, document_id: UUID) -> None:
        self._changes.tell(Subject.DOCUMENT, verb, owner, [document_id])

    async def _keep(self, original: str, source: Path | bytes) -> tuple[bytes, int]:
        """Store a file among the originals; return its sha256 and its size. Raises InvalidInput."""
        try:
            digest, size = await asyncio.to_thread(
                self._store_original, original, source
            )
        except ReadError as err:
            raise InvalidInput(
                _REFUSED.get(err.problem, "document_unreadable")
            ) from err
        except OSError as err:
            _LOGGER.warning("A document cannot be kept: %s", err.strerror)
            raise InvalidInput("document_not_kept") from err
        if not size:
            raise InvalidInput("document_empty")
        return digest, size

    def _store_original(self, original: str, source: Path | bytes) -> tuple[bytes, int]:
        self._originals.store(original, source)
        with self._originals.path(original).open("rb") as file:
            digest = file_digest(file, "sha256").digest()
            return digest, file.tell()

    async def _let_go(self, original: str) -> None:
        """Erase a file that no document refers to; it stays noted until that is done."""
        try:
            await asyncio.to_thread(self._originals.erase, original)
            await self._store.documents.forget_original(original)
        except (OSError, ReadError, DatabaseError) as err:
            _LOGGER.warning("The file of a document cannot be erased: %s", err)

    async def _try(self, change: Callable[[str], None], original: str) -> None:
        """Do something with an original. What it says is in the database: it is only there to be read again."""
        try:
            await asyncio.to_thread(change, original)
        except (OSError, ReadError) as err:
            _LOGGER.warning("The file of a document is not where it should be: %s", err)

    async def _read(self, waiting: Waiting) -> None:
        """Read an upload. Raises DatabaseError, ReaderUnavailable."""
        scope = Scope(waiting.owner)
        self._in_hand.add(waiting.id)
        try:
            given = waiting.title != title_of(waiting.name, waiting.language)
            verb = Verb.ADDED
            try:
                reading = await self._reading.read(
                    self._originals.path(waiting.original),
                    name=waiting.name,
                    title=waiting.title if given else None,
                    language=waiting.language,
                )
            except ReadError as err:
                await self._store.documents.fail(waiting.id, scope, err.problem)
            else:
                try:
                    is_gone = await self._store.documents.write(
                        waiting.id, scope, reading
                    )
                    if is_gone:
                        verb = Verb.CHANGED
                    if is_gone is not None:
                        self._nudge()
                except DatabaseError as err:
                    if not err.is_refusal:
                        raise
                    _LOGGER.warning("The database refuses a document: %s", err)
                    await self._store.documents.fail(waiting.id, scope, Problem.BROKEN)
            self._tell(verb, waiting.owner, waiting.id)
        finally:
            self._in_hand.discard(waiting.id)
