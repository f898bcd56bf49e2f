"""When a proactive private message may be said (PRODUCT §13). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Manners:
    """Quiet hours and fatigue budget (PRODUCT §13), in the settings of storage."""

    quiet_from_minute: int = 22 * 60  # minutes after local midnight
    quiet_until_minute: int = 8 * 60
    posts_per_day: int = 4
    posts_per_hour: int = 2
    dms_per_day: int = 2


def is_quiet(manners: Manners, now: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a moment lies in the quiet hours of a zone."""
    start, end = manners.quiet_from_minute, manners.quiet_until_minute
    if start == end:
        return False
    local = now.astimezone(zone)
    minute = local.hour * 60 + local.minute
    return start <= minute < end if start < end else minute >= start or minute < end


@lru_cache(maxsize=256)  # thousands may be told of one change, at one moment
def after_quiet(manners: Manners, now: datetime, zone: ZoneInfo) -> datetime:
    """Return `now`, or the end of the quiet hours it lies in."""
    if not is_quiet(manners, now, zone):
        return now
    return _next_morning(manners, now, zone)


def next_day(manners: Manners, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the first moment of the following local day at which one may speak."""
    midnight = (now.astimezone(zone) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return after_quiet(manners, midnight.astimezone(UTC), zone)


@lru_cache(maxsize=256)
def local_day(now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the bounds of the local day a moment lies in, in UTC."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = (midnight + timedelta(days=1)).replace(hour=0)
    return midnight.astimezone(UTC), tomorrow.astimezone(UTC)


def _next_morning(manners: Manners, now: datetime, zone: ZoneInfo) -> datetime:
    hour, minute = divmod(manners.quiet_until_minute, 60)
    local = now.astimezone(zone)
    morning = local.replace(hour=hour % 24, minute=minute, second=0, microsecond=0)
    if morning <= local:
        morning += timedelta(days=1)
    return morning.astimezone(UTC)
