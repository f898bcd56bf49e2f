"""The signal of a contributor: how their reports turn out. For staff only; used by `circle` and by who shows a member.

Never a public number, and nothing in it reads sentiment (PRODUCT §9).
"""

from __future__ import annotations

from handlers.base import Context
from storage.boards import Signal


def signal_words(ctx: Context, signal: Signal | None) -> str:
    """Return a signal in one line of words; nothing for who reported nothing."""
    if signal is None or not signal.reports:
        return ""
    counts = (
        ("signal.reports", signal.reports),
        ("signal.complete", signal.complete),
        ("signal.insights", signal.insights),
        ("signal.decided", signal.decided),
        ("signal.verified", signal.verified),
    )
    words = ctx.label("list.comma").join(
        ctx.label(text_id, count=count) for text_id, count in counts if count
    )
    return ctx.label("signal.line", words=words)
