"""Background work without long pauses, and a database that is quickly had."""

from tests.engine import emptied_database, quick, shared_database

__all__ = ["emptied_database", "quick", "shared_database"]
