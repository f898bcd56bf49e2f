"""Parts that serve in the background: nobody waits for their end, so one that fails says so and begins again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from bot.logs import get_logger

AGAIN_SECONDS = 60.0
_log = get_logger(__name__)


async def keep(
    begin: Callable[[], Coroutine[Any, Any, None]], name: str, *, again_seconds: float = AGAIN_SECONDS
) -> None:
    """Run a part until it ends by itself or is cancelled; a failure is logged, and a while later it begins again."""
    while True:
        part = asyncio.create_task(begin(), name=name)
        try:
            await asyncio.wait({part})
        finally:
            part.cancel()
            await asyncio.wait({part})
        error = None if part.cancelled() else part.exception()
        if error is None:
            return
        _log.error("background_failed", part=name, exc_info=error)
        await asyncio.sleep(again_seconds)
