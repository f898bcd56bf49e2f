"""A member's own words, shortened to one line. Used by many handlers."""

from __future__ import annotations

import re

from handlers.base import Context
from handlers.tags import without_tags
from storage.records import Feedback

_TAG = re.compile(r"[#＃][^\s#＃]+")
_BLANK = re.compile(
    r"[\s\x00-\x1f\x7f\u200b\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+"
)  # not emoji's joiner


def short_quote(text: str, length: int) -> str:
    """Return the first words of a text on one line, without tags, at most `length` characters. Pure."""
    words = _BLANK.sub(" ", _TAG.sub(" ", text)).strip() or _BLANK.sub(" ", text).strip()
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


def quote_of(ctx: Context, feedback: Feedback, length: int) -> str:
    """Return the first words of a feedback without its tags; a word for the picture if it has none."""
    bare = without_tags(feedback.text, ctx.settings.tags)
    return short_quote(bare or feedback.text, length) or ctx.label("feedback.no_words")
