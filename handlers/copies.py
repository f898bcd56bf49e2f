"""What is kept about a member, in words people read: the pages of their own copy. Used by handlers/members/mydata.py.

The file says everything in the names of our own tables, for programs; here a name is a word, a moment is local time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from handlers.base import Context
from storage.text.quotes import cut

_LONGEST_VALUE = 1_000
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SUBJECT = re.compile(r"([a-z]+):(\d+).*")
_WORDS = frozenset(
    {"text", "note", "wording", "value", "answer", "reason", "signature", "name", "username", "on_behalf_of"}
)
"""What somebody wrote, which stays as it was written."""

_NAMED = ("mydata.value", "status", "class", "title", "rung", "unlock", "cause", "details.label")
"""Where the words of a chosen value stand."""

_NUMBERS = {"id": "#", "feedback": "#", "topic_id": "T", "through_topic_id": "T"}


def row_in_words(ctx: Context, row: Mapping[str, Any], zone: ZoneInfo) -> str:
    """Return one row as a line: what each thing is called, and what it is; what is empty is left out."""
    return ctx.label("mydata.comma").join(
        ctx.label("mydata.pair", name=_name(ctx, key), value=_value(ctx, key, value, zone))
        for key, value in row.items()
        if _says(value)
    )


def _says(value: object) -> bool:
    """Tell whether there is anything to show: False and 0 are answers, empty is not."""
    return value is not None and value not in ("", [], {})


def _name(ctx: Context, key: str) -> str:
    text_id = f"mydata.key.{key}"
    return ctx.label(text_id) if text_id in ctx.texts.ids(ctx.language) else key.replace("_", " ")


def _value(ctx: Context, key: str, value: object, zone: ZoneInfo) -> str:
    if isinstance(value, bool):
        return ctx.label("mydata.yes" if value else "mydata.no")
    if isinstance(value, int) and key in _NUMBERS:
        return f"{_NUMBERS[key]}{value}"
    if isinstance(value, list):
        return ctx.label("list.comma").join(_value(ctx, key, each, zone) for each in value)
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    words = " ".join(words.split())
    if key not in _WORDS:
        words = _chosen(ctx, words, zone)
    return cut(words, _LONGEST_VALUE)


def _chosen(ctx: Context, value: str, zone: ZoneInfo) -> str:
    """Return a moment, a day, a subject or a value that is one of several in words; anything else as it is."""
    if _MOMENT.fullmatch(value):
        at = datetime.fromisoformat(value).astimezone(zone)
        year = "" if at.year == ctx.now.astimezone(zone).year else f"{at.year} "
        return year + ctx.texts.moment(ctx.language, at, zone)
    if _DAY.fullmatch(value):
        day = date.fromisoformat(value)
        year = "" if day.year == ctx.now.astimezone(zone).year else f"{day.year} "
        return year + ctx.texts.day(ctx.language, day)
    known = ctx.texts.ids(ctx.language)
    if found := _SUBJECT.fullmatch(value):
        text_id = f"mydata.subject.{found[1]}"
        return ctx.label(text_id, number=found[2]) if text_id in known else value
    text_ids = (f"{prefix}.{value.casefold()}" for prefix in _NAMED)
    return next((ctx.label(text_id) for text_id in text_ids if text_id in known), value)
