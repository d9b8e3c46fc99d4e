"""Background work without long pauses, and a database that is quickly had."""

import pytest

from tests.databases import FreshDatabase
from tests.engine import emptied_database, quick, shared_database

__all__ = ["emptied_database", "quick", "shared_database"]


@pytest.fixture
def database(emptied_database: FreshDatabase) -> FreshDatabase:
    """Give a database without rows."""
    return emptied_database
