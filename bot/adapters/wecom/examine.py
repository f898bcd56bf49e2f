"""Asks WeCom itself how things stand, for `huixiang doctor`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.adapters.base import Finding
from bot.adapters.wecom.settings import WecomSettings


async def examine(settings: WecomSettings, chats: Sequence[str], now: datetime) -> list[Finding]:
    """Return what was found."""
    del settings, chats, now
    return []
