"""Reads `[[rituals]]`: what each kind needs and may not have."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.config.tables import Table
from locales.catalog import LANGUAGES
from rituals.base import Question, RitualSettings
from rituals.calendar import NAMES

KINDS = ("checkin", "poll", "digest", "honours", "packet", "immunity", "nudge")
_LATER = frozenset({"prompt"})
_NAME = re.compile(r"[\w-]+")
_NAME_BYTES = 24  # a button about a ritual carries its name: 48 bytes with the rest
_WINDOWS = {"checkin": timedelta(hours=12)}
_OWN_KEYS = {
    "window": ("checkin", "poll"),
    "close": ("poll",),
    "questions": ("poll",),
    "milestones": ("checkin",),
}
_OPTIONS = range(2, 11)  # Source: Telegram's polls, the narrowest platform
_ASK_CHARACTERS = 300
_OPTION_CHARACTERS = 100


def read_rituals(root: Table) -> tuple[RitualSettings, ...]:
    """Read every ritual; names are unique."""
    found: dict[str, RitualSettings] = {}
    for table in root.tables("rituals"):
        ritual = _ritual(table)
        if ritual.name in found:
            table.wrong("name", "config.duplicate", found=ritual.name)
        found[ritual.name] = ritual
    return tuple(found.values())


def _ritual(table: Table) -> RitualSettings:
    name = table.text("name")
    if name and (not _NAME.fullmatch(name) or len(name.encode()) > _NAME_BYTES):
        table.wrong("name", "config.ritual.name", found=name)
    kind = _kind(table)
    for key, kinds in _OWN_KEYS.items():
        if kind not in kinds and table.has(key):
            table.wrong(key, "config.ritual.not_for", key=key, kind=kind, kinds=", ".join(kinds))
    is_poll = kind == "poll"
    close = table.cron("close") if is_poll and table.has("close") else ""
    window = _WINDOWS.get(kind, timedelta(0))
    if kind == "checkin" or (is_poll and table.has("window")):
        window = table.duration("window", window or timedelta(hours=24))
    if is_poll and table.has("window") == table.has("close"):
        table.wrong("close", "config.ritual.close")
    ritual = RitualSettings(
        name=name, kind=kind, cron=table.cron("cron"), calendar=table.calendar("calendar", NAMES),
        window=window or None, close=close, grace=table.duration("grace", timedelta(minutes=30), zero=True),
        texts=table.texts("texts"), questions=_questions(table) if is_poll else (),
        milestones=table.numbers("milestones", (7, 30, 100, 365)) if kind == "checkin" else (),
    )  # fmt: skip
    table.finish()
    return ritual


def _kind(table: Table) -> str:
    kind = table.text("kind", choices=(*KINDS, *_LATER))
    if kind in _LATER:
        table.wrong("kind", "config.later")
    return kind if kind in KINDS else KINDS[0]


def _questions(table: Table) -> tuple[Question, ...]:
    questions = []
    for item in table.tables("questions"):
        ask, options = item.text("ask"), item.texts("options")
        if len(ask) > _ASK_CHARACTERS:
            item.wrong("ask", "config.too_long", most=_ASK_CHARACTERS, length=len(ask))
        if len(options) not in _OPTIONS or len(set(options)) != len(options):
            item.wrong("options", "config.options", low=_OPTIONS.start, high=_OPTIONS.stop - 1)
        for option in options:
            if len(option) > _OPTION_CHARACTERS:
                item.wrong("options", "config.too_long", most=_OPTION_CHARACTERS, length=len(option))
        language = item.text("language", "", choices=("", *LANGUAGES))
        questions.append(Question(ask, options, item.flag("multiple", default=False), language))
        item.finish()
    if not questions:
        table.wrong("questions", "config.questions", example='{ask = "…", options = ["…", "…"]}')
    return tuple(questions)
