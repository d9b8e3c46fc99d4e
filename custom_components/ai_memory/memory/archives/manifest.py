"""What an archive says of itself."""

from dataclasses import dataclass
from datetime import datetime
import json
from typing import Any

from ...models import EmbeddingModel, JsonValue
from ...text_forms import storable_json
from .format import FORMAT, ID, INTEGER, MEMBERS_OF, OWNER, SUFFIX, TEXT, TIME, VERSION


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the archive says of itself.

    `models` by the ids that vectors name, `owners` with the names that they had, None for the household; `rows` and
    `sha256` by member of the version.
    """

    schema_version: int
    created_at: datetime
    models: dict[int, EmbeddingModel]
    owners: dict[str, str | None]
    rows: dict[str, int]
    sha256: dict[str, str]
    version: int = VERSION

    def to_json(self) -> bytes:
        """Return it as it stands in the archive."""
        values = {
            "format": FORMAT,
            "version": self.version,
            "schema_version": self.schema_version,
            "created_at": self.created_at.isoformat(),
            "owners": [
                {"owner": owner, "name": name} for owner, name in self.owners.items()
            ],
            "embedding_models": [
                {
                    "id": model_id,
                    "provider": model.provider,
                    "name": model.name,
                    "dimensions": model.dimensions,
                }
                for model_id, model in self.models.items()
            ],
            "members": {
                name + SUFFIX: {"rows": self.rows[name], "sha256": self.sha256[name]}
                for name in MEMBERS_OF[self.version]
            },
        }
        return json.dumps(values, ensure_ascii=False, indent=2).encode()


def manifest_of(values: JsonValue) -> Manifest:
    """Return what a manifest of a version that can be read says. Raises ValueError, TypeError, KeyError, OverflowError."""
    found: Any = storable_json(values)
    version = found["version"]
    names, members = MEMBERS_OF[version], found["members"]
    if members.keys() != {name + SUFFIX for name in names}:
        raise ValueError
    return Manifest(
        schema_version=INTEGER.read(found["schema_version"]),
        created_at=TIME.read(found["created_at"]),
        models={
            INTEGER.read(model["id"]): EmbeddingModel(
                TEXT.read(model["provider"]),
                TEXT.read(model["name"]),
                INTEGER.read(model["dimensions"]),
            )
            for model in found["embedding_models"]
        },
        owners={
            OWNER.read(owner["owner"]): TEXT.or_none.read(owner["name"])
            for owner in found["owners"]
        },
        rows={name: ID.read(members[name + SUFFIX]["rows"]) for name in names},
        sha256={name: TEXT.read(members[name + SUFFIX]["sha256"]) for name in names},
        version=version,
    )
