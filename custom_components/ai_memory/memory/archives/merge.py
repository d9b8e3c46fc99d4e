"""An archive on its way into what is there: ids and owners of its own become those of here."""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from ...errors import InvalidInput
from ...models import Subject
from ...postgres.archive import Merging, Placed, Sample
from ...text_forms import storable
from ..aliases import ALIAS_PREFIX, split_key
from ..document_reading import LONGEST_TITLE
from ..memories import LONGEST_QUERY
from ..preferences import PROPOSED_PREFIX
from .format import BORROWED_LANGUAGE, MEMBERS, Row
from .manifest import Manifest
from .secrets import mask_row, secrets_of_refused

SAMPLES: Final = 5
"""How many of each kind are searched for afterwards."""
SHORTEST_SAMPLE: Final = 15
"""Characters: of few words all may be such as no search looks for."""
_LEFT_OUT: Final = 0
"""No row has this id."""


class _Ids:
    """Ids of the archive, which grow from line to line, and those of here; 16 bytes for each."""

    def __init__(self, member: str) -> None:
        self._member = member
        self._old = array("q")
        self._new = array("q")

    def add(self, old: int, new: int) -> None:
        """Note an id. Raises InvalidInput unless it is greater than the last one."""
        if self._old and old <= self._old[-1]:
            raise InvalidInput("archive_ids_unordered", member=self._member)
        self._old.append(old)
        self._new.append(new)

    def __getitem__(self, old: int) -> int:
        """Return the id here, `_LEFT_OUT` if the row was. Raises InvalidInput where there is no such line."""
        at = bisect_left(self._old, old)
        if at == len(self._old) or self._old[at] != old:
            raise InvalidInput("archive_reference_unknown", member=self._member)
        return self._new[at]


class Merge:
    """One archive, member by member and page by page."""

    def __init__(
        self,
        into: Merging,
        manifest: Manifest,
        owners: Mapping[str, str],
        *,
        language: str,
        overwrite: bool,
        has_original: Callable[[str], bool],
        knows_folder: Callable[[str], bool],
    ) -> None:
        """Let rows of `owners` become those of others; `overwrite` preferences that are there.

        `language` is the home's, for the filter of secrets. `has_original` tells whether the file of an upload is here,
        and blocks; `knows_folder` whether a folder is watched here.
        """
        self._language = language
        self._has_original = has_original
        self._knows_folder = knows_folder
        self._into = into
        self._manifest = manifest
        self._owners = owners
        self._overwrite = overwrite
        self._models: dict[int, int] = {}
        self._conversations = _Ids("conversations")
        self._memories = _Ids("memories")
        self._passages = _Ids("passages")
        self._documents: dict[UUID, Placed[UUID] | None] = {}
        """None for those that are left out."""
        self._put_away: set[UUID] = set()
        """New documents that are deleted and keep their files from coming back."""
        self._perhaps_put_away: set[UUID] = set()
        """New documents in the bin, of an archive that does not tell."""
        self._same_content: set[UUID] = set()
        """Documents of here that are some of the archive's by what they say."""
        self._descriptions: list[Row] = []
        self._perhaps_in_vain: set[int] = set()
        self._secrets: set[tuple[str, str]] = set()
        # All of them, so that a template can name each.
        self.added = Counter[str](
            dict.fromkeys(
                (
                    "conversations",
                    "turns",
                    "memories",
                    "documents",
                    "preferences",
                    "feedback",
                ),
                0,
            )
        )
        self.already_there = Counter[str]()
        self.left_out = Counter[str]()
        self.masked = 0
        self.removed: dict[str, list[UUID]] = {}
        """Documents of here that gave way, by owner."""
        self.changed: set[tuple[Subject, str]] = set()
        self.folders: set[str] = set()
        """Those that files of new documents are said to be in."""
        self.samples: dict[str, list[Sample]] = {}
        """Texts of new memories and turns, to be searched for."""

    async def begin(self) -> None:
        """Make sure of the embedding models. Raises DatabaseError."""
        for old, model in self._manifest.models.items():
            self._models[old] = await self._into.model(model)

    def prepare(self, member: str, rows: list[Row]) -> list[Row]:
        """Return the rows for the database, owners mapped and secrets out; those left out are empty but for their id.

        To be called in a thread. Raises InvalidInput.
        """
        return [self._prepared(member, row) for row in rows]

    def _prepared(self, member: str, row: Row) -> Row:
        if "owner" in row:
            row["owner"] = self._owners.get(row["owner"], row["owner"])
        owner = row.get("owner")
        if refused := secrets_of_refused(member, row, self._language):
            self._secrets.update((row["owner"], kind) for kind in refused)
            self.left_out[member] += 1
            return {"id": row["id"]} if "id" in row else {}
        if found := mask_row(member, row, self._language):
            self.masked += 1
            if owner is not None:
                self._secrets.update((owner, kind) for kind in found)
        if member == "memories":
            row["content"] = storable(row["content"])
        elif member == "preferences":
            row["key"], row["category"] = split_key(row["key"], row["category"])
        elif member == "passages":
            self._check_vectors(row)
        elif member == "collections" and row["summary_by"] is None:
            # Nothing tells whose it is: it is made anew.
            row["summary"] = None
        elif member == "documents":
            row["title"] = row["title"][:LONGEST_TITLE]
            if row["original"] and not self._has_original(row["original"]):
                row["original"] = None
        if member in BORROWED_LANGUAGE:
            del row["language"]
        return {name: MEMBERS[member][name].bind(value) for name, value in row.items()}

    def _check_vectors(self, row: Row) -> None:
        for model, vector in row["embeddings"].items():
            if model not in self._manifest.models:
                raise InvalidInput("archive_reference_unknown", member="passages")
            if len(vector) != 2 * self._manifest.models[model].dimensions:
                raise InvalidInput("archive_vector_invalid")

    async def take(self, member: str, rows: list[Row]) -> None:
        """Merge prepared rows. Raises InvalidInput, DatabaseError."""
        match member:
            case "collections":
                rows = [row for row in rows if row]
                await self._into.collections(rows)
                self._descriptions += [row for row in rows if row["description"]]
            case "conversations":
                placed = await self._into.conversations(rows)
                self._note(member, rows, placed, self._conversations)
            case "turns":
                await self._take_turns(rows)
            case "memories":
                placed = await self._into.memories(
                    [row for row in rows if "owner" in row]
                )
                self._note(member, rows, placed, self._memories)
                self.changed.update(
                    (Subject.MEMORY, row["owner"])
                    for row in rows
                    if "owner" in row and placed[row["id"]].is_new
                )
            case "documents":
                await self._take_documents(rows)
            case "document_names":
                await self._into.document_names(self._names_of(rows))
            case "document_versions":
                await self._into.document_versions(
                    row | {"document": at.id}
                    for row in rows
                    if (at := self._document(row))
                    and (at.is_new or at.id in self._same_content)
                )
            case "passages":
                await self._take_passages(rows)
            case "context_references":
                for row in rows:
                    row["passage"] = self._passages[row["passage"]]
                await self._into.others(
                    member, [row for row in rows if row["passage"] != _LEFT_OUT]
                )
            case "preferences":
                await self._take_preferences([row for row in rows if row])
            case "feedback":
                owners = await self._into.feedback(rows)
                self.added[member] += len(owners)
                self.already_there[member] += len(rows) - len(owners)
                self.changed.update((Subject.FEEDBACK, owner) for owner in owners)
            case _:
                await self._into.others(member, rows)

    async def end(self) -> None:
        """Do what can be done when all is there. Raises DatabaseError."""
        in_vain = await self._into.drop_empty_conversations(self._perhaps_in_vain)
        self.added["conversations"] -= in_vain
        self.already_there["conversations"] += in_vain
        await self._into.drop_same_versions(self._same_content)
        let_go = await self._into.end_documents(
            [at.id for at in self._documents.values() if at and at.is_new]
        )
        if let_go:
            self.added["documents"] -= let_go
            self.left_out["documents"] += let_go
        for owner in {owner for owner, _ in self._secrets}:
            await self._into.note_secrets(
                owner, sorted(kind for of, kind in self._secrets if of == owner)
            )
        for member in ("memories", "turns"):
            self.samples[member] = await self._into.samples(
                member, shortest=SHORTEST_SAMPLE, longest=LONGEST_QUERY, most=SAMPLES
            )
        gone = await self._into.keep_away(self._put_away)
        for document_id, owner in gone.items():
            self.removed.setdefault(owner, []).append(document_id)
        await self._into.describe(self._descriptions)

    async def _take_turns(self, rows: list[Row]) -> None:
        for row in rows:
            row["conversation"] = self._conversations[row["conversation"]]
        new = await self._into.turns(rows)
        self.added["turns"] += len(new)
        self.already_there["turns"] += len(rows) - len(new)
        for row in rows:
            if row["id"] in new:
                self.changed.add((Subject.CONVERSATION, row["owner"]))
            else:
                self._perhaps_in_vain.add(row["conversation"])

    async def _take_documents(self, rows: list[Row]) -> None:
        placed = await self._into.documents([row for row in rows if "owner" in row])
        for row in rows:
            document_id = row["id"]
            if document_id in self._documents:
                raise InvalidInput("archive_ids_unordered", member="documents")
            self._documents[document_id] = at = placed.get(document_id)
            if "owner" not in row:
                continue
            if at is None:
                raise InvalidInput("archive_reference_unknown", member="collections")
            (self.added if at.is_new else self.already_there)["documents"] += 1
            if at.is_new:
                self.changed.add((Subject.DOCUMENT, row["owner"]))
                if row["put_away"] or row["erased"]:
                    self._put_away.add(at.id)
                elif row["put_away"] is None and row["deleted_at"] is not None:
                    self._perhaps_put_away.add(at.id)
            elif at.id != document_id:
                self._same_content.add(at.id)

    def _document(self, row: Row) -> Placed[UUID] | None:
        """Return where the document of a row is, None where it is left out. Raises InvalidInput."""
        if row["document"] not in self._documents:
            raise InvalidInput("archive_reference_unknown", member="documents")
        return self._documents[row["document"]]

    def _names_of(self, rows: list[Row]) -> list[Row]:
        """Return the names that documents of here get.

        A file is that of a new document only, and where its folder is watched: what is there was found in its own files,
        and nobody would ever see that another one is gone.
        """
        names = []
        for row in rows:
            at = self._document(row)
            if at is None:
                continue
            if (folder := row["folder"]) is not None:
                if at.id in self._perhaps_put_away:
                    self._put_away.add(at.id)
                if not at.is_new or not self._knows_folder(folder):
                    continue
                self.folders.add(folder)
            names.append(row | {"document": at.id})
        return names

    async def _take_passages(self, rows: list[Row]) -> None:
        taken = []
        for row in rows:
            sources = [row["memory"], row["turn"], row["document"]]
            if sources.count(None) != 2:
                raise InvalidInput("archive_reference_unknown", member="passages")
            if row["memory"] is not None:
                row["memory"] = self._memories[row["memory"]]
                if row["memory"] == _LEFT_OUT:
                    continue
            elif row["document"] is not None:
                row["document"] = self._document(row)
                if row["document"] is None:
                    continue
            taken.append(row)
        placed = await self._into.passages(taken, self._models)
        for row in rows:
            at = placed.get(row["id"])
            self._passages.add(row["id"], at.id if at else _LEFT_OUT)

    async def _take_preferences(self, rows: list[Row]) -> None:
        changed = await self._into.preferences(rows, overwrite=self._overwrite)
        self.added["preferences"] += len(changed)
        self.already_there["preferences"] += len(rows) - len(changed)
        for owner, key in changed:
            subject = Subject.PREFERENCE
            if key.startswith(ALIAS_PREFIX):
                subject = Subject.ALIAS
            elif key.startswith(PROPOSED_PREFIX):
                subject = Subject.PROPOSED_ALIAS
            self.changed.add((subject, owner))

    def _note(
        self, member: str, rows: list[Row], placed: Mapping[int, Placed[int]], ids: _Ids
    ) -> None:
        for row in rows:
            if "owner" not in row:
                ids.add(row["id"], _LEFT_OUT)
            elif at := placed.get(row["id"]):
                ids.add(row["id"], at.id)
                (self.added if at.is_new else self.already_there)[member] += 1
            else:
                raise InvalidInput("archive_reference_unknown", member="collections")
