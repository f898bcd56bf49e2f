"""Lengths of time in words. Used by many handlers."""

from __future__ import annotations

from datetime import timedelta

from handlers.base import Context


def span(ctx: Context, length: timedelta) -> str:
    """Return a length of time as people say it, in its largest unit."""
    minutes = max(int(length.total_seconds() // 60), 1)
    if minutes < 60:
        return ctx.label("span.minutes", count=minutes)
    if minutes < 48 * 60:
        return ctx.label("span.hours", count=minutes // 60)
    return ctx.label("span.days", count=minutes // (24 * 60))
