"""What WeCom allows, as lanes: every conversation 30 a minute and 1000 an hour, replies and pushes together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from bot.adapters.base import TemporaryError
from bot.adapters.wecom.settings import LaneSettings
from bot.limits import Lane, Lanes

_ACCOUNT_PER_MINUTE = 10_000  # Source: document 90454, the base limit of an API
_HOUR = 60


class WecomLanes:
    """The lanes of one bot."""

    def __init__(self, settings: LaneSettings) -> None:
        self._settings = settings
        self._lanes = Lanes()

    def of(self, chat: str) -> tuple[Lane, ...]:
        """Return the lanes of a conversation, the account's first."""
        self._lanes.tidy_if_many(time.monotonic())
        minute = self._settings.minute.total_seconds()
        return (
            self._lanes.get("account", _ACCOUNT_PER_MINUTE, minute),
            self._lanes.get(f"minute {chat}", self._settings.chat_per_minute, minute),
            self._lanes.get(f"hour {chat}", self._settings.chat_per_hour, minute * _HOUR),
        )

    def has_room(self, chat: str) -> bool:
        """Tell whether one more may go now."""
        now = time.monotonic()
        frees = [lane.free_at(now) for lane in self.of(chat)]
        return all(at is not None and at <= now for at in frees)

    async def one_more(self, chat: str) -> None:
        """Wait for room for a further piece of a message, whose first piece the relay has made room for."""
        lanes = self.of(chat)
        while not self.has_room(chat):
            now = time.monotonic()
            frees = [lane.free_at(now) for lane in lanes]
            known = [at for at in frees if at is not None]
            await asyncio.sleep(min(1.0, max(0.02, max(known, default=now + 1.0) - now)))
        for lane in lanes:
            lane.take()
            lane.answered(time.monotonic())

    def note(self, chat: str) -> None:
        """Count what could not wait: a welcome."""
        now = time.monotonic()
        for lane in self.of(chat):
            lane.take()
            lane.answered(now)


@contextmanager
def slot(lanes: Lanes, name: str, slots: int, period: timedelta, route: str) -> Iterator[None]:
    """Hold a slot of a route's own lane until the answer. **Errors**: TemporaryError that says when one is free."""
    now = time.monotonic()
    lanes.tidy_if_many(now)
    lane = lanes.get(name, slots, period.total_seconds())
    free = lane.free_at(now)
    if free is None or free > now:
        raise TemporaryError(
            f"{route}: the lane is full", timedelta(seconds=max(0.05, (free or now + 1) - now))
        )
    lane.take()
    try:
        yield
    finally:
        lane.answered(time.monotonic())
