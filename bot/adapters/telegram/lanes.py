"""Which lanes a parcel takes on Telegram, and how a parcel of several requests takes its turn for each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from bot.adapters.base import Parcel, TemporaryError
from bot.adapters.telegram.settings import LaneSettings
from bot.limits import Lane, Lanes
from storage.promises import DeliveryKind
from storage.records import ChatKind

_LONGEST_WAIT_SECONDS = 10.0  # for a further request of one parcel, while its Delivery is leased


class TelegramLanes:
    """The lanes of one account. A parcel's first lane is the account's, the others are its chat's."""

    def __init__(self, limits: LaneSettings, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._lanes = Lanes()

    def of(self, parcel: Parcel) -> tuple[Lane, ...]:
        """Return the lanes a parcel needs, all of which must be free."""
        self._lanes.tidy_if_many(self._clock())
        limits = self._limits
        if parcel.kind is DeliveryKind.REACTION:
            slots = limits.reactions_per_second
            return self._lanes.get("reactions", slots, 1.0), self._lanes.get(
                f"reactions {parcel.chat}", slots, 1.0
            )
        account = self._lanes.get("account", limits.account_per_second, 1.0)
        if parcel.chat_kind is ChatKind.PRIVATE:
            return account, self._lanes.get(parcel.chat, limits.chat_per_second, 1.0)
        return account, self._lanes.get(parcel.chat, limits.group_per_minute, 60.0)

    async def turn(self, parcel: Parcel) -> None:
        """Give back the slots of a parcel's last request, which was answered, and take those of its next.

        **Errors**: TemporaryError if that would take longer than a lease should be held; the slots are
        taken all the same, because whoever took the first ones will give them back.
        """
        lanes = self.of(parcel)
        now = self._clock()
        for lane in lanes:
            lane.answered(now)
        deadline = now + _LONGEST_WAIT_SECONDS
        try:
            while (wait := self._wait(lanes)) > 0:
                if self._clock() + wait > deadline:
                    raise TemporaryError("waits for its turn", timedelta(seconds=wait))
                await asyncio.sleep(wait)
        finally:
            for lane in lanes:
                lane.take()

    def _wait(self, lanes: tuple[Lane, ...]) -> float:
        now = self._clock()
        frees = [lane.free_at(now) for lane in lanes]
        if None in frees:
            return 0.05
        return max(0.0, max(at for at in frees if at is not None) - now)
