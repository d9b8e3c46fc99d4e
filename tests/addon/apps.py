"""Words that the tests of the companion app share."""

from collections.abc import Callable
import os

import pytest

from demo.app import App

type MakeApp = Callable[..., App]


def needs_root() -> None:
    """Skip where we may not start the app as root, mount or make name spaces."""
    if os.geteuid() != 0:
        pytest.skip("only root can do this")
