"""A member's own words, shortened to one line. Used by many handlers."""

from __future__ import annotations

from handlers.base import Context
from handlers.tags import without_tags
from storage.records import Feedback
from storage.text.quotes import short_quote


def quote_of(ctx: Context, feedback: Feedback, length: int) -> str:
    """Return the first words of a feedback without its tags; a word for the picture if it has none."""
    bare = without_tags(feedback.text, ctx.settings.tags)
    return short_quote(bare or feedback.text, length) or ctx.label("feedback.no_words")
