"""A table of the config, read key by key: types, bounds and names are checked, nothing is left unread.

Every method returns a usable value whatever it found, so that one reading finds all mistakes.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.config.lines import Path
from bot.config.reading import Reading, Setting
from rituals.schedule import ScheduleError, check_cron
from storage.durations import parse_duration

_HOURS = re.compile(r"(\d{1,2})[:：](\d{2})\s*[-–—~～]\s*(\d{1,2})[:：](\d{2})", re.ASCII)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DAY_MINUTES = 24 * 60
_MOST_NAMED = 12
_NEVER = "never"


class Table:
    """One table; `finish` reports the keys that nobody asked for."""

    def __init__(self, reading: Reading, path: Path, values: Mapping[str, Any]) -> None:
        self.reading = reading
        self.path = path
        self._values = values
        self._asked: set[str] = set()

    def has(self, key: str) -> bool:
        """Tell whether the key is written."""
        self._asked.add(key)
        return key in self._values

    def wrong(self, key: str, text_id: str, /, **params: Any) -> None:
        """Note a mistake at a key."""
        self.reading.wrong((*self.path, key), text_id, **params)

    def text(self, key: str, default: str | None = None, *, choices: Collection[str] = ()) -> str:
        """Read a text; without default it must be there, and not be empty."""
        found = self._read(key, str, "config.wanted.text", default)
        if default is None and key in self._values and isinstance(found, str) and not found.strip():
            self.wrong(key, "config.empty")
        if choices and found not in choices:
            if found is not None:
                possible = ", ".join(f'"{choice}"' for choice in choices)
                self.wrong(key, "config.choice", found=found, possible=possible)
            return default or next(iter(choices))
        return found or ""

    def number(self, key: str, default: int, low: int, high: int) -> int:
        """Read a whole number within bounds."""
        found: int = self._read(key, int, "config.wanted.number", default)
        if not low <= found <= high:
            self.wrong(key, "config.range", found=found, low=low, high=high)
            return default
        return found

    def flag(self, key: str, *, default: bool) -> bool:
        """Read true or false."""
        found: bool = self._read(key, bool, "config.wanted.flag", default)
        return found

    def identifier(self, key: str) -> str:
        """Read a platform's id: a whole number, or a text where the platform has names."""
        found = self._read(key, (int, str), "config.wanted.id", None)
        if found == "":
            self.wrong(key, "config.empty")
        return "" if found is None else str(found)

    def duration(self, key: str, default: timedelta, *, zero: bool = False) -> timedelta:
        """Read a time span such as `12h`."""
        found = self._read(key, str, "config.wanted.duration", _short(default))
        try:
            span = parse_duration(found)
        except (ValueError, OverflowError):
            self.wrong(key, "config.duration", found=found)
            return default
        if not span and not zero:
            self.wrong(key, "config.duration.zero")
            return default
        return span

    def period(self, key: str, default: timedelta | None) -> timedelta | None:
        """Read how long something is kept: a time span, or `never` (removed), which is None."""
        found = self._read(key, str, "config.wanted.period", _NEVER if default is None else _short(default))
        if found.strip().casefold() == _NEVER:
            return None
        try:
            span = parse_duration(found)
        except (ValueError, OverflowError):
            self.wrong(key, "config.period", found=found)
            return default
        if not span:
            self.wrong(key, "config.duration.zero")
            return default
        return span

    def zone(self, key: str, default: str) -> str:
        """Read the name of a time zone."""
        found = self.text(key, default)
        try:
            ZoneInfo(found)
        except (ValueError, OSError, LookupError):
            self.wrong(key, "config.zone", found=found)
            return default
        return found

    def cron(self, key: str, default: str | None = None) -> str:
        """Read a cron line."""
        found = self.text(key, default)
        if found:
            try:
                check_cron(found)
            except ScheduleError as error:
                self.wrong(key, "config.cron", detail=str(error))
        return found

    def hours(self, key: str, default: str) -> tuple[int, int]:
        """Read a span of the day such as `22:00-08:00`. **Units**: minutes after midnight."""
        found = self.text(key, default)
        span = read_hours(found)
        if span is not None:
            return span[0] % _DAY_MINUTES, span[1] % _DAY_MINUTES
        self.wrong(key, "config.hours", found=found)
        return 0, 0

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Read a list of texts, none of them empty."""
        found = self._read(key, list, "config.wanted.texts", list(default))
        for index, item in enumerate(found):
            if not isinstance(item, str):
                self._not(index, key, item, "config.wanted.text")
            elif not item.strip():
                self.reading.wrong((*self.path, key, index), "config.empty")
        return tuple(item for item in found if isinstance(item, str))

    def numbers(self, key: str, default: tuple[int, ...]) -> tuple[int, ...]:
        """Read a list of whole numbers above zero."""
        found = self._read(key, list, "config.wanted.numbers", list(default))
        for index, item in enumerate(found):
            if not isinstance(item, int) or isinstance(item, bool) or item < 1:
                self._not(index, key, item, "config.wanted.number")
        return tuple(item for item in found if isinstance(item, int))

    def dates(self, key: str) -> frozenset[date]:
        """Read a list of dates, bare or in quotes."""
        found = self._read(key, list, "config.wanted.dates", [])
        days = set()
        for index, item in enumerate(found):
            try:
                day = date.fromisoformat(item) if isinstance(item, str) else item
            except ValueError:
                day = None
            if isinstance(day, date) and not isinstance(day, datetime):
                days.add(day)
            else:
                self._not(index, key, item, "config.wanted.date")
        return frozenset(days)

    def calendar(self, key: str, names: Collection[str], default: str = "daily") -> str | frozenset[date]:
        """Read the days of a ritual: a name, or a list of dates."""
        if isinstance(self._values.get(key), list):
            return self.dates(key)
        return self.text(key, default, choices=names)

    def variable(self, key: str, default: str = "", *, needed: bool) -> str:
        """Read a secret from the environment variable that this key names; "" if it is not set."""
        name = self.text(key, default).strip()
        if not name:
            return ""
        if not _VARIABLE.fullmatch(name):
            # Perhaps the secret itself: it is neither repeated nor printed.
            self.wrong(key, "config.variable")
            self.reading.settings.pop()
            self.reading.secrets.append(name)
            return ""
        value = self.reading.environ.get(name, "").strip()
        if value:
            self.reading.secrets.append(value)
        elif needed:
            self.reading.missing.append(
                self.reading.mistake((*self.path, key), "config.environment", variable=name)
            )
        self.reading.settings[-1] = Setting((*self.path, key), name, "set" if value else "missing")
        return value

    def table(self, key: str) -> Table:
        """Read a table; an empty one if it is not written."""
        self._asked.add(key)
        found = self._values.get(key, {})
        if not isinstance(found, dict):
            self._mistyped(key, found, self.reading.say("config.wanted.table", key=key))
            found = {}
        return Table(self.reading, (*self.path, key), found)

    def tables(self, key: str) -> Iterator[Table]:
        """Read an array of tables."""
        self._asked.add(key)
        found = self._values.get(key, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            self._mistyped(key, found, self.reading.say("config.wanted.tables", key=key))
            found = []
        for index, item in enumerate(found):
            yield Table(self.reading, (*self.path, key, index), item)

    def names(self) -> tuple[str, ...]:
        """Return the keys that are written, for tables whose keys are names."""
        self._asked.update(self._values)
        return tuple(self._values)

    def words(self, before: str = "") -> Iterator[tuple[Table, str, str]]:
        """Yield each text of a table whose keys are dotted names, quoted or not: its table, key and full name."""
        for key in self.names():
            if isinstance(self._values[key], dict):
                yield from self.table(key).words(f"{before}{key}.")
            else:
                yield self, key, f"{before}{key}"

    def hide(self, key: str, shown: str) -> None:
        """Print something else than the value of the key that was read last."""
        self.reading.settings[-1] = Setting((*self.path, key), shown)

    def finish(self, later: Collection[str] = ()) -> None:
        """Report what is written and means nothing; `later` are names kept for versions to come."""
        for key in self._values:
            if key in self._asked:
                continue
            nearest = difflib.get_close_matches(key.casefold(), self._asked, 1, 0.6)
            if key in later:
                self.wrong(key, "config.later")
            elif nearest:
                self.wrong(key, "config.unknown.near", nearest=nearest[0])
            else:
                self.wrong(key, "config.unknown", known=", ".join(sorted(self._asked)[:_MOST_NAMED]))

    def _read(self, key: str, kind: type | tuple[type, ...], wanted: str, default: Any) -> Any:
        """Return the value if it is of the kind, the default otherwise; remember what is in force."""
        self._asked.add(key)
        path = (*self.path, key)
        if key not in self._values:
            if default is None:
                self.wrong(key, "config.missing", wanted=self.reading.say(wanted), key=key)
            else:
                self.reading.settings.append(Setting(path, default, "default"))
            return default
        found = self._values[key]
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
            self._mistyped(key, found, self.reading.say(wanted))
            return default
        self.reading.settings.append(Setting(path, found))
        return found

    def _mistyped(self, key: str, found: object, wanted: str) -> None:
        self.wrong(key, "config.type", found=self._kind(found), wanted=wanted)

    def _not(self, index: int, key: str, found: object, wanted: str) -> None:
        self.reading.wrong(
            (*self.path, key, index), "config.type", found=self._kind(found), wanted=self.reading.say(wanted)
        )

    def _kind(self, found: object) -> str:
        """Name a value: what it is, and itself where it is short."""
        if isinstance(found, dict):
            return self.reading.say("config.found.table")
        if isinstance(found, list):
            return self.reading.say("config.found.list")
        if isinstance(found, bool):
            return str(found).lower()
        return f'"{found[:40]}"' if isinstance(found, str) else str(found)


def read_hours(text: str) -> tuple[int, int] | None:
    """Read a span of the day, None if it is none. **Units**: minutes after midnight, 24:00 being 1440."""
    match = _HOURS.fullmatch(text.strip())
    if match is None:
        return None
    start_hour, start, end_hour, end = map(int, match.groups())
    span = (start_hour * 60 + start, end_hour * 60 + end)
    return span if max(start, end) < 60 and max(span) <= _DAY_MINUTES else None


def _short(span: timedelta) -> str:
    """Write a time span the way the config has it."""
    seconds = int(span.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0 and (unit != "d" or seconds > 3 * size):
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
