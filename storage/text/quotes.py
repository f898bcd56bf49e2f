"""A text shortened for people to recognise: what of it fits, or its first words. Pure; handlers and rituals use it."""

from __future__ import annotations

import re

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
    """Return the first words of a text on one line, without tags unless it has nothing else."""
    return cut(untagged(text) or _BLANK.sub(" ", text).strip(), length)
