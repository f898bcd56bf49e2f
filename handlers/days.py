"""Days as people write them: `2026-12-01`, 12月1日, 下周五, 3d, next friday. Pure; used by handlers/kos/."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

_WIDE = str.maketrans("０１２３４５６７８９／－．", "0123456789/-.")
NUMERALS = {word: number for number, word in enumerate("零一二三四五六七八九十")} | {"两": 2}
_WEEKDAYS_ZH = {word: day for day, word in enumerate("一二三四五六日")} | {"天": 6, "末": 5}
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTHS = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
]  # fmt: skip
_NAMED = {
    "今天": 0, "今日": 0, "今晚": 0, "today": 0, "明天": 1, "明日": 1, "明儿": 1, "明早": 1,
    "后儿": 2, "tomorrow": 1, "大后天": 3, "后天": 2,
}  # fmt: skip
_STEP = {"d": 1, "天": 1, "日": 1, "w": 7, "周": 7, "个星期": 7, "星期": 7}
_TODAY_AGAIN = 60  # days; a date without year that is longer past means next year
_FULL = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})(?!\d)[日号]?")
_MONTH_DAY = re.compile(r"(\d{1,2})(?:月|[-/](?=\d))(\d{1,2})(?![\d/-])[日号]?")
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS)
_DAY = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _WEEKDAYS)
_ENGLISH = re.compile(rf"(?:({_MONTH})\.? (\d{{1,2}})|(\d{{1,2}}) ({_MONTH}))(?![\da-z])", re.IGNORECASE)
_IN = re.compile(
    r"(?:in )?(\d{1,3}|[一两二三四五六七八九十])\s*(?:(d|w)(?![0-9a-z])|(天|日|周|个星期|星期)(?:之?后|内)?)",
    re.IGNORECASE,
)
_MONTHS_ON = re.compile(r"(\d{1,2}|[一两二三四五六七八九十])个月(?:之?后|内)?")
_WEEKDAY_ZH = re.compile(r"(下*|本|这)个?(?:周|星期|礼拜)([一二三四五六日天末])")
_WEEKDAY = re.compile(rf"(next |this )?({_DAY})(?![a-z])", re.IGNORECASE)
_WEEK_ZH = re.compile(r"(下+|本|这)个?(?:周|星期|礼拜)(?:之?内|里)?(?![一二三四五六日天末])")
_MONTH_ZH = re.compile(r"(下+)个?月(?!底)(?:之?内|里)?")
_END = re.compile(r"(下*)个?月底|(?:本|这个?)月底")
_NAME = re.compile("|".join(sorted(_NAMED, key=len, reverse=True)), re.IGNORECASE)
_GAP = " \t\n,，。:：、;；"
_BEFORE = re.compile("[之以]?前(?![端台])")  # 12月1日前, and not the 前 of 前端


def parse_day(text: str, today: date) -> tuple[date, str] | None:
    """Return the day a text begins with and the words after it, None if it begins with none.

    The day may be past: the caller judges it.
    """
    text = text.strip()
    wanted = text.translate(_WIDE)
    for pattern, read in _FORMS:
        found = pattern.match(wanted)
        if found is None:
            continue
        try:
            day = read(found, today)
        except (ValueError, OverflowError):
            return None
        rest = text[found.end() :]
        return day, _BEFORE.sub("", rest, count=1).lstrip(_GAP) if _BEFORE.match(rest) else rest.lstrip(_GAP)
    return None


def _full(found: re.Match[str], today: date) -> date:
    del today
    return date(int(found[1]), int(found[2]), int(found[3]))


def _month_day(found: re.Match[str], today: date) -> date:
    return _coming(int(found[1]), int(found[2]), today)


def _english(found: re.Match[str], today: date) -> date:
    month, day = (found[1], found[2]) if found[1] else (found[4], found[3])
    return _coming(_place(month, _MONTHS) + 1, int(day), today)


def _coming(month: int, day: int, today: date) -> date:
    this_year = date(today.year, month, day)
    return this_year if (today - this_year).days <= _TODAY_AGAIN else date(today.year + 1, month, day)


def _in(found: re.Match[str], today: date) -> date:
    return today + timedelta(days=_number(found[1]) * _STEP[(found[2] or found[3]).lower()])


def _months_on(found: re.Match[str], today: date) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 + _number(found[1]), 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def _weekday_zh(found: re.Match[str], today: date) -> date:
    day = _WEEKDAYS_ZH[found[2]]
    if not found[1]:
        return _next(day, today)
    return _of_week(day, len(found[1]) if found[1].startswith("下") else 0, today)


def _week_zh(found: re.Match[str], today: date) -> date:
    """Return the Friday of a week that is named without a day."""
    return _of_week(4, len(found[1]) if found[1].startswith("下") else 0, today)


def _weekday(found: re.Match[str], today: date) -> date:
    day = _place(found[2], _WEEKDAYS)
    if found[1] is None:
        return _next(day, today)
    return _of_week(day, 1 if found[1].lower().startswith("next") else 0, today)


def _next(day: int, today: date) -> date:
    return today + timedelta(days=(day - today.weekday()) % 7)


def _of_week(day: int, weeks: int, today: date) -> date:
    return today + timedelta(days=day - today.weekday() + 7 * weeks)


def _end(found: re.Match[str], today: date) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 + len(found[1] or ""), 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])


def _named(found: re.Match[str], today: date) -> date:
    return today + timedelta(days=_NAMED[found[0].lower()])


def _place(word: str, names: list[str]) -> int:
    return [name[:3] for name in names].index(word[:3].lower())


def _number(word: str) -> int:
    return NUMERALS[word] if word in NUMERALS else int(word)


_FORMS = (
    (_FULL, _full),
    (_MONTHS_ON, _months_on),
    (_IN, _in),
    (_MONTH_DAY, _month_day),
    (_ENGLISH, _english),
    (_WEEKDAY_ZH, _weekday_zh),
    (_WEEK_ZH, _week_zh),
    (_MONTH_ZH, _end),
    (_WEEKDAY, _weekday),
    (_END, _end),
    (_NAME, _named),
)
