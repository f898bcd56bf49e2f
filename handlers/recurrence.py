"""How often a ritual is held, in words: 「每天 8:30」 for `30 8 * * *`. Used by what shows rituals to admins."""

from __future__ import annotations

from datetime import date, timedelta

from locales.catalog import Catalog

_FIELDS = 5
_NAMES = {name: number for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_NAMES |= {str(number): (number - 1) % 7 for number in range(8)}  # 0 and 7 are Sunday
_MOST_TIMES = 3
_LEAST_SPAN = 3  # days in a row that are told by the first and the last
_MONDAY = date(2001, 1, 1)
_ONLY = {
    "workdays": ("recurrence.workdays", "recurrence.only_workdays"),
    "holidays": ("recurrence.holidays", "recurrence.only_holidays"),
}
_CHOSEN = ("recurrence.chosen", "recurrence.only_chosen")


def in_words(texts: Catalog, language: str, cron: str, calendar: str = "daily") -> str:
    """Return when something is held as people say it; the cron line where words cannot. Pure."""
    every, only = ("recurrence.daily", "") if calendar == "daily" else _ONLY.get(calendar, _CHOSEN)
    fields = cron.casefold().split()
    times = _times(texts, language, fields[0], fields[1]) if len(fields) == _FIELDS else ""
    if times and fields[2:] == ["*", "*", "*"]:
        return texts.plain(language, every, times=times)
    when = _some_days(texts, language, fields, times) if times else ""
    when = when or cron
    return texts.plain(language, only, when=when) if only else when


def _some_days(texts: Catalog, language: str, fields: list[str], times: str) -> str:
    """Say on which days of the week or the month; nothing where that takes more than a few words."""
    _, _, day, month, weekday = fields
    if month != "*" or "*" not in (day, weekday):
        return ""
    if weekday == "*":
        numbers = day.split(",")
        if not all(number.isdecimal() for number in numbers):
            return ""
        return texts.plain(
            language,
            "recurrence.monthly",
            days=texts.plain(language, "list.comma").join(numbers),
            times=times,
        )
    days = _weekdays(weekday)
    if not days:
        return ""
    if days[-1] - days[0] == len(days) - 1 >= _LEAST_SPAN - 1:
        first, last = (_MONDAY + timedelta(days=number) for number in (days[0], days[-1]))
        return texts.plain(
            language,
            "recurrence.span",
            first=texts.weekday(language, first),
            last=texts.weekday(language, last),
            times=times,
        )
    named = (texts.plain(language, "recurrence.day", day=_name(texts, language, number)) for number in days)
    return texts.plain(
        language, "recurrence.weekly", days=texts.plain(language, "list.comma").join(named), times=times
    )


def _name(texts: Catalog, language: str, number: int) -> str:
    return texts.weekday(language, _MONDAY + timedelta(days=number))


def _times(texts: Catalog, language: str, minute: str, hour: str) -> str:
    hours = hour.split(",")
    if not minute.isdecimal() or not all(each.isdecimal() for each in hours) or len(hours) > _MOST_TIMES:
        return ""
    return texts.plain(language, "list.comma").join(f"{int(each)}:{int(minute):02}" for each in hours)


def _weekdays(field: str) -> list[int]:
    """Return the days of a field, 0 is Monday, in order; none where it has steps or runs past the week."""
    found: set[int] = set()
    for part in field.split(","):
        first, _, last = part.partition("-")
        if first not in _NAMES or (last and last not in _NAMES):
            return []
        start, end = _NAMES[first], _NAMES[last or first]
        if start > end:
            return []
        found.update(range(start, end + 1))
    return sorted(found)
