"""Reads `[privacy]`: how few people are too few to be shown."""

from __future__ import annotations

from bot.config.tables import Table
from storage.suppression import FLOOR, PrivacySettings

_MOST = 1_000


def read_privacy(root: Table) -> PrivacySettings:
    """Read what reports suppress."""
    table = root.table("privacy")
    settings = PrivacySettings(least_slice=table.number("least_slice", 5, FLOOR, _MOST))
    table.finish(later=("forget", "key_env"))
    return settings
