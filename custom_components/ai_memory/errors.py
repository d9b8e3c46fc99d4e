"""What can go wrong, as types.

Each class carries the translation key under which Home Assistant explains it (`exceptions` in the translations) and the
placeholders of that text. No message ever holds a password, a DSN or what somebody said.
"""

from typing import ClassVar

_REFUSALS = ("21", "22", "23", "54")
"""SQLSTATE classes of what is wrong with the data itself: of wrong shape, bad, against a constraint, too large."""

_UNIQUE_VIOLATION = "23505"


class AiMemoryError(Exception):
    """Base of all errors of ours."""

    translation_key: ClassVar[str] = "unknown"

    def __init__(self, **placeholders: str) -> None:
        """Keep the placeholders of the translated text."""
        super().__init__(self.translation_key, placeholders)
        self.placeholders = placeholders


class InvalidInput(AiMemoryError):
    """Somebody gave us something that we cannot take; nothing was changed."""

    def __init__(self, key: str, /, **placeholders: str) -> None:
        """Name the text that explains what is wrong."""
        super().__init__(**placeholders)
        self.key = key


class DatabaseError(AiMemoryError):
    """The database cannot serve us."""

    translation_key = "database_error"

    @property
    def is_refusal(self) -> bool:
        """Return whether what was to be written will never be taken; everything else may pass."""
        return self.placeholders.get("code", "").startswith(_REFUSALS)

    @property
    def is_duplicate(self) -> bool:
        """Return whether it is there already."""
        return self.placeholders.get("code") == _UNIQUE_VIOLATION


class DatabaseUnreachable(DatabaseError):
    """No connection, or it was lost; it may come back by itself."""

    translation_key = "database_unreachable"


class WrongPassword(DatabaseError):
    """The role or its password is not accepted."""

    translation_key = "wrong_password"


class DatabaseMissing(DatabaseError):
    """There is no database of that name."""

    translation_key = "database_missing"


class InsecureConnection(DatabaseError):
    """TLS could not be set up as asked."""

    translation_key = "tls_failed"


class VectorMissing(DatabaseError):
    """pgvector is not installed and this role may not create it."""

    translation_key = "vector_missing"


class VectorTooOld(DatabaseError):
    """pgvector is older than we need. Placeholders: installed, required."""

    translation_key = "vector_too_old"


class ServerTooOld(DatabaseError):
    """PostgreSQL is older than we need. Placeholders: installed, required."""

    translation_key = "server_too_old"


class NoRights(DatabaseError):
    """The role may not create or use our schema."""

    translation_key = "no_rights"


class SchemaTooNew(DatabaseError):
    """The database was written by a newer version of AI Memory. Placeholders: found, known."""

    translation_key = "schema_too_new"


class SchemaChanged(DatabaseError):
    """A migration that was applied is not the one we ship. Placeholder: version."""

    translation_key = "schema_changed"


class ReadOnlyDatabase(DatabaseError):
    """The server takes no writes, a standby for example."""

    translation_key = "database_read_only"


class EmbedderError(AiMemoryError):
    """The embedding server cannot serve us."""

    translation_key = "embedder_error"


class EmbedderUnreachable(EmbedderError):
    """No answer from the embedding server, or none in time."""

    translation_key = "embedder_unreachable"


class EmbedderUnauthorized(EmbedderError):
    """The embedding server does not accept the API key."""

    translation_key = "embedder_unauthorized"


class EmbeddingModelMissing(EmbedderError):
    """The embedding server has no such model. Placeholder: model."""

    translation_key = "embedding_model_missing"


class InvalidEmbedding(EmbedderError):
    """The embedding server returned something that is no usable vector."""

    translation_key = "invalid_embedding"


class WrongDimensions(InvalidEmbedding):
    """The model's vectors have another length than before. Placeholders: expected, received."""

    translation_key = "wrong_dimensions"


class DimensionsOutOfRange(EmbedderError):
    """Vectors of that length cannot be had from the model, or not be stored. Placeholders: dimensions, minimum, maximum."""

    translation_key = "dimensions_out_of_range"
