"""`huixiang check`: what would be served with a config, and when each ritual comes next."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.commands.changes import changes, has_database
from bot.commands.files import read_config
from bot.commands.outcome import WRONG_INPUT, CommandError, language, say
from bot.config import Config
from bot.config.reading import Setting
from locales.catalog import Catalog
from rituals import packet
from rituals.schedule import Schedule

_FIRINGS = 3


def check(path: Path, now: datetime | None = None) -> int:
    """Print the effective config and the next firings. **Errors**: CommandError with every mistake."""
    config = read_config(path, is_complete=False)
    now = now or datetime.now(UTC)
    changed = asyncio.run(changes(config, now)) if has_database(config) else []
    if changed:
        changed = ["", "# " + say("check.changed"), *(f"#   {line}" for line in changed)]
    for line in (*effective(config), *firings(config, now), *changed):
        print(line)  # noqa: T201 - it is what the command is for
    if config.missing:
        lines = "\n".join(map(str, config.missing))
        head = say("cli.mistakes", count=len(config.missing), file=str(path))
        raise CommandError(f"{lines}\n{head}", WRONG_INPUT)
    return 0


def effective(config: Config) -> Iterator[str]:
    """Yield the config in force as TOML, what is assumed marked; secrets only as set or missing."""
    yield "# " + say("check.effective", file=str(config.file))
    before: tuple[str | int, ...] = ()
    notes = {"": "", **{note: f"  # {say(text_id)}" for note, text_id in _NOTES.items()}}
    for table, settings in _by_table(config.settings):
        if table != before:
            yield ""
            yield _header(table)
            before = table
        for setting in settings:
            yield f"{setting.path[len(table)]} = {_toml(setting.value)}{notes[setting.note]}"


_NOTES = {"default": "check.default", "set": "check.set", "missing": "check.missing"}


def _by_table(settings: Sequence[Setting]) -> Iterator[tuple[tuple[str | int, ...], list[Setting]]]:
    """Group settings by the table they stand in; questions stay inside their ritual."""
    tables: dict[tuple[str | int, ...], list[Setting]] = {}
    for setting in settings:
        tables.setdefault(setting.path[:-1], []).append(setting)
    yield from tables.items()


def _header(table: tuple[str | int, ...]) -> str:
    names = ".".join(str(step) for step in table if isinstance(step, str))
    return f"[[{names}]]" if isinstance(table[-1], int) else f"[{names}]"


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


def firings(config: Config, now: datetime) -> Iterator[str]:
    """Yield when each ritual comes next in each chat's own time, and which years have no calendar yet."""
    rituals = {ritual.name: ritual for ritual in config.rituals}
    texts = Catalog()
    yield ""
    yield "# " + say("check.firings")
    for chat in config.chats:
        zone = ZoneInfo(chat.timezone)
        for name in chat.rituals:
            ritual = rituals[name]
            slots = Schedule(ritual.cron, zone, ritual.calendar, config.work_calendar).next(now, _FIRINGS)
            times = ", ".join(f"{texts.moment(language(), slot.due, zone)}" for slot in slots)
            times = times or say("check.never")
            yield f"#   {chat.name or chat.external_id} · {name}: {times} ({chat.timezone})"
    for department in config.departments:
        zone = ZoneInfo(config.community.timezone)
        for ritual in (each for each in config.rituals if each.kind == packet.KIND):
            slots = Schedule(ritual.cron, zone, ritual.calendar, config.work_calendar).next(now, _FIRINGS)
            times = ", ".join(texts.moment(language(), slot.due, zone) for slot in slots) or say(
                "check.never"
            )
            yield f"#   {department.name} · {ritual.name}: {times} ({config.community.timezone})"
    if not any(chat.rituals for chat in config.chats):
        yield "#   " + say("check.nothing")
    if any(ritual.calendar in ("workdays", "holidays") for ritual in config.rituals):
        for year in config.work_calendar.unknown_years(_today(config, now)):
            yield "# " + say("check.year", year=year)


def _today(config: Config, now: datetime) -> date:
    return now.astimezone(ZoneInfo(config.community.timezone)).date()
