"""Reads where the demo's clock is sent: "next 09:00", "tomorrow 09:00", "friday 16:00", "+3d", "+10m", or ISO."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

FURTHEST = timedelta(days=400)  # one step of the clock; a year of rituals is more than anybody watches
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_STEP = re.compile(r"\+(\d{1,4})([mhd])")
_NAMED = re.compile(r"([a-z]+) (\d{1,2}):(\d{2})")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def read_moment(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the moment meant, None if it is none, is past, or lies too far ahead. Local words are in `zone`."""
    wanted = text.strip().lower()
    moment = _step(wanted, now) or _named(wanted, now.astimezone(zone)) or _iso(text.strip(), zone)
    return moment if moment is not None and now < moment <= now + FURTHEST else None


def _step(text: str, now: datetime) -> datetime | None:
    step = _STEP.fullmatch(text)
    return now + int(step.group(1)) * _UNITS[step.group(2)] if step else None


def _named(text: str, local: datetime) -> datetime | None:
    named = _NAMED.fullmatch(text)
    if named is None:
        return None
    word, hour, minute = named.group(1), int(named.group(2)), int(named.group(3))
    if hour > 23 or minute > 59:
        return None
    if word in _DAYS:
        ahead, period = (_DAYS.index(word) - local.weekday()) % 7, 7
    elif word in ("next", "tomorrow"):
        ahead, period = int(word == "tomorrow"), 1
    else:
        return None
    at = datetime.combine(local.date() + timedelta(days=ahead), time(hour, minute), local.tzinfo)
    if at <= local:
        at = datetime.combine(at.date() + timedelta(days=period), time(hour, minute), local.tzinfo)
    return at.astimezone(UTC)


def _iso(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
