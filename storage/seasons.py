"""Seasons: the spans of time over which honours are counted. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


class SeasonKind(enum.StrEnum):
    """How long a season is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_MONTHS = {SeasonKind.MONTH: 1, SeasonKind.QUARTER: 3, SeasonKind.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Season:
    """One season in a zone: from its first moment up to the first of the next; `number` counts within the year."""

    kind: SeasonKind
    year: int
    number: int
    start: datetime
    end: datetime


def season_of(at: datetime, kind: SeasonKind, zone: ZoneInfo) -> Season:
    """Return the season a moment lies in, as the clocks of a zone have it."""
    local = at.astimezone(zone)
    months = _MONTHS[kind]
    number = (local.month - 1) // months
    first = number * months
    start = datetime(local.year, first + 1, 1, tzinfo=zone)
    after = first + months
    end = datetime(local.year + after // 12, after % 12 + 1, 1, tzinfo=zone)
    return Season(kind, local.year, number + 1, start.astimezone(UTC), end.astimezone(UTC))
