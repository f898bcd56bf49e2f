"""Reads `[complaints]` and `[causes]`: how soon what hurts is taken up, and what may have caused it."""

from __future__ import annotations

from bot.config.tables import Table
from storage.complaints import ComplaintSettings

_CAUSE_BYTES = 24  # a button about a cause carries its name: 48 bytes with the rest
_MOST_CAUSES = 12


def read_complaints(root: Table) -> ComplaintSettings:
    """Read both tables."""
    table = root.table("complaints")
    assumed = ComplaintSettings()
    detect = table.flag("detect", default=assumed.detect)
    claim_within = table.duration("claim_within", assumed.claim_within)
    call_back_after = table.duration("call_back_after", assumed.call_back_after)
    table.finish()
    return ComplaintSettings(detect, claim_within, call_back_after, _causes(root.table("causes")))


def _causes(table: Table) -> tuple[str, ...]:
    names = tuple(name.strip() for name in table.texts("names", ComplaintSettings().causes))
    for name in names:
        if not name or ":" in name or len(name.encode()) > _CAUSE_BYTES:
            table.wrong("names", "config.cause", found=name[:_CAUSE_BYTES], most=_CAUSE_BYTES)
    if len(set(names)) != len(names) or not 0 < len(names) <= _MOST_CAUSES:
        table.wrong("names", "config.causes", most=_MOST_CAUSES)
    table.finish()
    return names
