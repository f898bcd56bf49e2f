"""Reads how fast questions are answered and by whom (`[service]`, `[[duty]]`), and what is asked of a defect."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from bot.config.community import Community
from bot.config.tables import Table, read_hours
from rituals.calendar import NAMES, CalendarDays, WorkCalendar
from storage.business import DAY_MINUTES, Block, BusinessHours, Weekdays
from storage.records import FeedbackClass, Platform
from storage.reports import FIELDS, Field
from storage.service import ServiceSettings, Shift
from storage.staff import Grant

_HOURS = ("09:00-12:00", "13:30-18:00")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,15}")  # a button carries it: 48 bytes with the rest
_MOST_FIELDS, _MOST_CHOICES = 12, 10
_QUESTION_CHARACTERS, _CHOICE_CHARACTERS = 200, 40


def read_service(
    root: Table, community: Community, work: WorkCalendar, staff: Sequence[Grant], fields: tuple[Field, ...]
) -> ServiceSettings:
    """Read the time to a first reply in business hours, and the duty roster."""
    table = root.table("service")
    assumed = ServiceSettings()
    first_reply = table.duration("first_reply", assumed.first_reply)
    blocks = _blocks(table)
    days = CalendarDays(work, table.calendar("calendar", NAMES, default="workdays"))
    table.finish()
    duty = tuple(_shift(shift, work, staff) for shift in root.tables("duty"))
    return ServiceSettings(first_reply, BusinessHours(blocks, community.timezone, days), duty, fields)


def _blocks(table: Table) -> tuple[Block, ...]:
    """Read the hours of a day; a block ends after it begins and before the next one does."""
    written = table.texts("hours", _HOURS)
    if not written:
        table.wrong("hours", "config.service.no_hours")
    blocks: list[tuple[Block, str]] = []
    for index, text in enumerate(written):
        path, span = (*table.path, "hours", index), read_hours(text)
        if span is None:
            table.reading.wrong(path, "config.service.hours", found=text)
        elif span[0] >= span[1]:
            table.reading.wrong(path, "config.service.reversed", found=text)
        else:
            block = Block(*span)
            for other, name in blocks:
                if block.since < other.until and other.since < block.until:
                    table.reading.wrong(path, "config.service.overlap", found=text, other=name)
            blocks.append((block, text))
    return tuple(sorted((block for block, _ in blocks), key=lambda block: block.since))


def _shift(table: Table, work: WorkCalendar, staff: Sequence[Grant]) -> Shift:
    days = _days(table, work)
    written = table.text("hours", "09:00-18:00")
    since, until = read_hours(written) or (0, 0)
    if since == until:
        table.wrong("hours", "config.service.hours", found=written)
    names = table.texts("staff")
    if not names:
        table.wrong("staff", "config.duty.nobody")
    people: list[tuple[Platform, str]] = []
    for index, name in enumerate(names):
        found = [(who.platform, who.external_id) for who in staff if name in (who.name, who.external_id)]
        if not found:
            known = ", ".join(dict.fromkeys(who.name or who.external_id for who in staff)) or "—"
            table.reading.wrong((*table.path, "staff", index), "config.duty.unknown", found=name, known=known)
        people += found
    table.finish()
    return Shift(days, Block(since, until if until > since else until + DAY_MINUTES), tuple(people))


def _days(table: Table, work: WorkCalendar) -> Callable[[date], bool]:
    """Read days of the week such as `mon-fri` or `sat,sun`, or the name of a calendar."""
    written = table.text("days", "workdays").strip().lower()
    if written in NAMES:
        return CalendarDays(work, written)
    days: set[int] = set()
    for part in written.split(","):
        first, dash, last = (name.strip() for name in part.partition("-"))
        if first not in _DAYS or (dash and last not in _DAYS):
            table.wrong("days", "config.duty.days", found=written)
            break
        start, end = _DAYS.index(first), _DAYS.index(last or first)
        days |= {day % 7 for day in range(start, end + (1 if end >= start else 8))}
    return Weekdays(frozenset(days))


def read_fields(table: Table) -> tuple[Field, ...]:
    """Read what is asked of a likely defect, or of other classes; ours where nothing is written."""
    fields: dict[str, Field] = {}
    for item in table.tables("fields"):
        key = item.text("key")
        if key and not _KEY.fullmatch(key):
            item.wrong("key", "config.field.key", found=key)
        if key in fields:
            item.wrong("key", "config.duplicate", found=key)
        known = {field.key for field in FIELDS}
        question = item.text("question", "" if key in known else None)
        if len(question) > _QUESTION_CHARACTERS:
            item.wrong("question", "config.too_long", most=_QUESTION_CHARACTERS, length=len(question))
        choices = item.texts("choices")
        if len(choices) > _MOST_CHOICES or len(set(choices)) != len(choices):
            item.wrong("choices", "config.field.choices", most=_MOST_CHOICES)
        for index, choice in enumerate(choices):
            if len(choice) > _CHOICE_CHARACTERS:
                path = (*item.path, "choices", index)
                item.reading.wrong(path, "config.too_long", most=_CHOICE_CHARACTERS, length=len(choice))
        fields[key] = Field(key, question, choices, _classes(item))
        item.finish()
    if len(fields) > _MOST_FIELDS:
        table.wrong("fields", "config.field.many", most=_MOST_FIELDS, count=len(fields))
    return tuple(fields.values()) or FIELDS


def _classes(table: Table) -> frozenset[FeedbackClass]:
    classes = table.texts("classes")
    for index, name in enumerate(classes):
        if name not in set(FeedbackClass):
            possible = ", ".join(f'"{kind}"' for kind in FeedbackClass)
            path = (*table.path, "classes", index)
            table.reading.wrong(path, "config.choice", found=name, possible=possible)
    return frozenset(FeedbackClass(name) for name in classes if name in set(FeedbackClass))
