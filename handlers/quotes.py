"""A member's own words, shortened to one line. Used by many handlers."""

from __future__ import annotations

from handlers.base import Context
from handlers.tags import without_tags
from storage.records import Feedback
from storage.text.quotes import short_quote


def quote_of(ctx: Context, feedback: Feedback, length: int, language: str = "") -> str:
    """Return the first words of a feedback without its tags; these where it has nothing else, a word where no text.

    `language` is that of who reads it, if it is not the one of the conversation.
    """
    bare = without_tags(feedback.text, ctx.settings.tags)
    return short_quote(bare or feedback.text, length) or ctx.texts.plain(
        language or ctx.language, "feedback.no_words"
    )
