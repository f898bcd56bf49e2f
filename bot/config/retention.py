"""Reads `[retention]`: how long what is kept."""

from __future__ import annotations

from bot.config.tables import Table
from storage.retention import LEAST_UPDATES, Kept, RetentionSettings


def read_retention(root: Table) -> RetentionSettings:
    """Read how long each is kept; "never" removes nothing."""
    table = root.table("retention")
    assumed = RetentionSettings()
    periods = {kept.value: table.period(kept.value, assumed.period(kept)) for kept in Kept}
    updates = periods[Kept.UPDATES.value]
    if updates is not None and updates < LEAST_UPDATES:
        table.wrong(Kept.UPDATES.value, "config.retention.updates", least=LEAST_UPDATES.days)
        periods[Kept.UPDATES.value] = assumed.updates
    table.finish()
    return RetentionSettings(**periods)
