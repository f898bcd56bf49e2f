"""Finds the words: text id, language and parameters become a Text. Built once by `bot/app.py`.

It stands beside storage, below handlers and rituals, so it knows parts only by duck: whatever is
not a string is put into the Text as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from babel import Locale

LANGUAGES = ("zh_CN", "en")
_HERE = Path(__file__).parent
_HAN, _LATIN = re.compile("[\u4e00-\u9fff]"), re.compile("[A-Za-z]")
_WIDE = re.compile("[\u4e00-\u9fff（）「」《》]")  # each as wide as its own space
_COMMAND = re.compile(r"/[a-z]+[^，。；：！？（）「」\n]*$")
_FIELD = re.compile(r"\{(\w+)\}")


class Catalog:
    """The texts of both languages, with an admin's overrides on top."""

    def __init__(self, overrides: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self._overrides = overrides or {}
        self._texts: dict[str, dict[str, tuple[str, ...]]] = {}

    def load(self) -> None:
        """Read the catalogs; called in a thread at start, or by the first text."""
        self._texts = {
            language: _shipped(language)
            | {key: (text,) for key, text in self._overrides.get(language, {}).items()}
            for language in LANGUAGES
        }

    def ids(self, language: str) -> frozenset[str]:
        """Return the ids a language has words for."""
        return frozenset(self._of(language))

    def raw(self, language: str, prefix: str) -> dict[str, tuple[str, ...]]:
        """Return the forms of every id that begins so, fields unfilled, for a page that fills them itself."""
        return {key: forms for key, forms in self._of(language).items() if key.startswith(prefix)}

    def text(self, language: str, text_id: str, /, **params: Any) -> tuple[Any, ...]:
        """Return the words for an id as a Text.

        A parameter named `count` chooses the plural. Strings and numbers are put in as plain text, parts
        (mentions, quotes, …) as parts; a Text is spliced in.
        """
        forms = self._of(language)[text_id]
        form = forms[0] if params.get("count") == 1 else forms[-1]
        parts = _filled(form, params)
        return tuple(_join(_spaced(list(parts)) if language.startswith("zh") else parts))

    def plain(self, language: str, text_id: str, /, **params: Any) -> str:
        """Return the words for an id where only a string fits (button labels, toasts)."""
        return "".join(str(part) for part in self.text(language, text_id, **params))

    def day(self, language: str, day: date) -> str:
        """Return a date as people say it: 「11月21日」 or "21 Nov"."""
        return _day(language, day)

    def weekday(self, language: str, day: date) -> str:
        """Return the day of the week as people say it: 「周六」 or "Saturday"."""
        from babel.dates import format_date

        return format_date(day, "EEE" if language.startswith("zh") else "EEEE", locale=_locale(language))

    def moment(self, language: str, at: datetime, zone: ZoneInfo) -> str:
        """Return a moment as people say it: 「11月21日周六 09:00」 or "Sat 21 Nov 09:00"."""
        from babel.dates import format_datetime

        pattern = "M月d日EEE HH:mm" if language.startswith("zh") else "EEE d MMM HH:mm"
        return format_datetime(at, pattern, tzinfo=zone, locale=_locale(language))

    def _of(self, language: str) -> dict[str, tuple[str, ...]]:
        if not self._texts:
            self.load()
        return self._texts.get(language) or self._texts["zh_CN" if language.startswith("zh") else "en"]


@cache
def _shipped(language: str) -> dict[str, tuple[str, ...]]:
    """Read the forms of every text of a language: a fifth of a second, once for all catalogs of a process."""
    from babel.messages.pofile import read_po

    found: dict[str, tuple[str, ...]] = {}
    for path in sorted((_HERE / language).glob("*.po")):
        with path.open("rb") as file:
            for entry in read_po(file, locale=language):
                if entry.id:
                    key = entry.id if isinstance(entry.id, str) else entry.id[0]
                    forms = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
                    found[key] = forms
    return found


@cache
def _locale(language: str) -> Locale:
    """Find how dates are written; it takes babel half a millisecond, and a page may show a dozen of them."""
    from babel import Locale

    return Locale.parse(language)


@lru_cache(maxsize=1_000)
def _day(language: str, day: date) -> str:
    """Format a day; thousands may be told of one."""
    from babel.dates import format_date

    return format_date(day, "M月d日" if language.startswith("zh") else "d MMM", locale=_locale(language))


def _filled(form: str, params: Mapping[str, Any]) -> Iterator[Any]:
    end = 0
    for field in _FIELD.finditer(form):
        yield form[end : field.start()]
        value = params[field.group(1)]
        if isinstance(value, tuple):
            yield from value
        else:
            yield str(value) if isinstance(value, int) else value
        end = field.end()
    yield form[end:]


def _spaced(parts: list[Any]) -> list[Any]:
    """Put one space where Chinese meets Latin letters at what is filled in, and none where Chinese meets Chinese.

    So the catalogs need not know whether somebody is called 张哥 or Tom. What stands beside a digit or a
    sign stays as it is written.
    """
    said = ""
    for index in range(1, len(parts)):
        left, right = parts[index - 1], parts[index]
        if not (isinstance(left, str) and isinstance(right, str)):
            said = ""
            continue  # a mention, a quote or a link shows where it ends by itself
        said += left
        if _COMMAND.search(said):
            continue  # what somebody is to type has its own spaces
        outer, inner = left.rstrip(" ")[-1:], right.lstrip(" ")[:1]
        is_wide = bool(_WIDE.match(outer) and _WIDE.match(inner))
        if (
            is_wide
            or (_HAN.match(outer) and _LATIN.match(inner))
            or (_LATIN.match(outer) and _HAN.match(inner))
        ):
            gap = "" if is_wide else " "
            parts[index - 1], parts[index] = left.rstrip(" "), f"{gap}{right.lstrip(' ')}"
    return parts


def _join(parts: Iterable[Any]) -> Iterator[Any]:
    """Join neighbouring strings and drop empty ones."""
    words: list[str] = []
    for part in parts:
        if isinstance(part, str):
            words.append(part)
            continue
        if any(words):
            yield "".join(words)
        words = []
        yield part
    if any(words):
        yield "".join(words)
