"""One database and everything that is kept in it."""

from .archive import ArchiveRepository
from .collections import CollectionRepository
from .conversations import ConversationRepository
from .database import Database
from .documents import DocumentRepository
from .dropped_secrets import DroppedSecretRepository
from .embedding_models import EmbeddingModelRepository
from .feedback import FeedbackRepository
from .folder_files import FolderFileRepository
from .forgetting import ForgettingRepository
from .imports import ImportRepository
from .maintenance import MaintenanceRepository
from .memories import MemoryRepository
from .owners import OwnerRepository
from .passages import PassageRepository
from .preferences import PreferenceRepository
from .response_cache import ResponseCacheRepository
from .settings import ConnectionSettings
from .training import TrainingRepository
from .turns import TurnRepository


class Store:
    """The repositories of one database."""

    def __init__(
        self, settings: ConnectionSettings, *, read_only: bool = False
    ) -> None:
        """Take the settings; nothing is opened yet. Of a `read_only` one only snapshots can be had."""
        self.database = Database(settings, read_only=read_only)
        self.archive = ArchiveRepository(self.database)
        self.collections = CollectionRepository(self.database)
        self.conversations = ConversationRepository(self.database)
        self.documents = DocumentRepository(self.database)
        self.feedback = FeedbackRepository(self.database)
        self.folder_files = FolderFileRepository(self.database)
        self.forgetting = ForgettingRepository(self.database)
        self.imports = ImportRepository(self.database)
        self.maintenance = MaintenanceRepository(self.database)
        self.memories = MemoryRepository(self.database)
        self.models = EmbeddingModelRepository(self.database)
        self.owners = OwnerRepository(self.database)
        self.passages = PassageRepository(self.database)
        self.preferences = PreferenceRepository(self.database)
        self.responses = ResponseCacheRepository(self.database)
        self.secrets = DroppedSecretRepository(self.database)
        self.training = TrainingRepository(self.database)
        self.turns = TurnRepository(self.database)
