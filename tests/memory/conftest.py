"""Background work without long pauses."""

from tests.engine import quick

__all__ = ["quick"]
