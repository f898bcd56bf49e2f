"""Fixtures of the rituals' tests."""

import pytest

from storage.db import Database
from tests.scene import Scene


@pytest.fixture
def scene(database: Database) -> Scene:
    """Give a group with a check-in at nine, at eight in the morning on a Monday."""
    return Scene(database)
