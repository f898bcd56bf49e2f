"""How far a parcel of several pieces has come, also after a restart. Used by the sender.

Written down before each further piece leaves: so a process that comes after one that was killed knows what had
arrived, and whether the next piece may have. What may not be written down (`Parcel.is_secret`) is only remembered.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.adapters.base import Parcel, TemporaryError
from bot.adapters.wecom.errors import RefusedError
from bot.adapters.wecom.render import Piece
from storage.db import Database
from storage.errors import StorageBusyError
from storage.half_sent import HalfSent

_MOST_REMEMBERED = 1_000
_KEPT_FOR = timedelta(days=30)  # longer than anything is tried, or waits for staff to decide


@dataclass(slots=True)
class Progress:
    """By which road how many pieces arrived, what they were, and whether the next one may have arrived too."""

    road: str = ""
    sent: int = 0
    beginning: str = ""
    in_doubt: bool = False
    refusals: list[RefusedError] = field(default_factory=list)


def beginning(pieces: Sequence[Piece]) -> str:
    """Return what tells pieces from others: their words and cards."""
    said = [piece.text or (str(piece.card["task_id"]) if piece.card is not None else "") for piece in pieces]
    return hashlib.blake2b("\0".join(said).encode(), digest_size=12).hexdigest()


class Progresses:
    """The parcels that are half way."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._known: OrderedDict[str, Progress] = OrderedDict()

    async def take(self, parcel: Parcel) -> Progress:
        """Return how far a parcel has come. **Errors**: TemporaryError while storage is away."""
        progress = self._known.pop(parcel.key, None)
        if progress is None:
            progress = await self._read(parcel)
        progress.refusals.clear()
        self._known[parcel.key] = progress
        while len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)
        return progress

    def done(self, parcel: Parcel) -> None:
        """Remember nothing more of a parcel."""
        self._known.pop(parcel.key, None)

    async def keep(self, parcel: Parcel, progress: Progress, *, is_next_gone: bool) -> None:
        """Write down how far it has come. **Errors**: TemporaryError while storage is away."""
        if parcel.is_secret:
            return
        half = HalfSent(parcel.key, progress.road, progress.sent, progress.beginning, is_next_gone)
        try:
            async with self._database.begin() as uow:
                await uow.half_sent.keep(half, self._now())
                await uow.half_sent.forget(self._now() - _KEPT_FOR)
        except StorageBusyError as error:
            raise TemporaryError(f"storage: {error}") from error

    async def _read(self, parcel: Parcel) -> Progress:
        if parcel.is_secret:
            return Progress()
        try:
            async with self._database.read() as uow:
                half = await uow.half_sent.find(parcel.key)
        except StorageBusyError as error:
            raise TemporaryError(f"storage: {error}") from error
        if half is None:
            return Progress()
        return Progress(half.road, half.sent, half.beginning, half.is_next_gone)
