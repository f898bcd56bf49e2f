"""A text shortened for people to recognise: what of it fits, or its first words. Pure; handlers and rituals use it."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from itertools import accumulate

_TAG = re.compile(r"[#＃][^\s#＃]+")
_BLANK = re.compile(
    r"[\s\x00-\x1f\x7f\u200b\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+"
)  # not emoji's joiner


def cut(text: str, length: int) -> str:
    """Return a text, or what of it fits into `length` characters with an ellipsis."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def untagged(text: str) -> str:
    """Return a text without its tags, on one line."""
    return _BLANK.sub(" ", _TAG.sub(" ", text)).strip()


def short_quote(text: str, length: int) -> str:
    """Return the first words of a text on one line, without tags unless it has nothing else.

    **Units**: `length` in wide characters; a narrow letter is half of one, and what is cut ends with a whole word.
    """
    words = untagged(text) or _BLANK.sub(" ", text).strip()
    ends = list(accumulate(_width(character) for character in words[: 2 * length + 1]))
    if len(words) <= 2 * length and (not ends or ends[-1] <= 2 * length):
        return words
    at = bisect_right(ends, 2 * length - 2)  # the ellipsis is as wide as one
    kept, rest = words[:at], words[at:]
    space = kept.rfind(" ")
    if rest[:1].isascii() and rest[:1].isalnum() and space >= at // 2:
        kept = kept[:space]
    return kept.rstrip(" ,;:\u200d") + "…"


def _width(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
