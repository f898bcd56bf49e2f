"""What a road is: it carries one piece of a parcel, or says why not. Used by the adapter and by every road."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Protocol

from bot.adapters.base import Parcel
from bot.adapters.wecom.render import Piece, Shape

ANSWER_SECONDS = 24 * 3600 - 60  # Source: document 101463, a callback may be answered for 24 h
URL_SECONDS = 3600 - 60  # Source: document 101138, a response_url lives for 1 h
_MOST_KEPT = 20_000


class Route(Protocol):
    """One road to WeCom."""

    name: str
    shape: Shape

    def is_open(self, parcel: Parcel, pieces: int) -> bool:
        """Tell whether this road may be tried for a parcel that has so many pieces left to send."""

    async def send(self, parcel: Parcel, piece: Piece) -> None:
        """Carry one piece. **Errors**: RefusedError, NotPossibleError, TemporaryError, OutcomeUnknownError."""


@dataclass(slots=True)
class Callback:
    """What a message of somebody may be answered with."""

    chat: str
    req_id: str
    response_url: str = ""
    at: float = field(default_factory=time.monotonic)

    def is_younger(self, seconds: float) -> bool:
        """Tell whether it came less than so many seconds ago."""
        return time.monotonic() - self.at < seconds


class Conversations:
    """The callbacks that may still be answered: by message, and the latest of each chat. Lost with the process."""

    def __init__(self) -> None:
        self._by_message: OrderedDict[str, Callback] = OrderedDict()
        self._latest: OrderedDict[str, Callback] = OrderedDict()
        self._spelling: dict[str, str] = {}

    def note(self, message_id: str, callback: Callback) -> None:
        """Remember a callback."""
        for kept, key in ((self._by_message, message_id), (self._latest, callback.chat)):
            kept[key] = callback
            kept.move_to_end(key)
            if len(kept) > _MOST_KEPT:
                kept.popitem(last=False)

    def answering(self, parcel: Parcel) -> Callback | None:
        """Return the callback that a parcel replies to, None if it replies to none that we remember."""
        found = self._by_message.get(parcel.message.reply_to)
        return found if found is not None and found.chat == parcel.chat else None

    def latest(self, chat: str) -> Callback | None:
        """Return the latest callback of a chat."""
        return self._latest.get(chat)

    def spell(self, userid: str) -> str:
        """Return a userid as the platform spells it; ours are lower case, and its pushes may mind the case."""
        return self._spelling.get(userid, userid)

    def learn(self, userid: str) -> None:
        """Remember how the platform spells a userid."""
        if userid and userid != userid.lower():
            self._spelling[userid.lower()] = userid
