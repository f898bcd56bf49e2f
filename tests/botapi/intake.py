"""The queue of updates for the bot: getUpdates with Telegram's offset rules, and the webhook's source."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec

from tests.botapi.refusals import OTHER_POLLER, STOPPED_BY_WEBHOOK, WEBHOOK_IS_SET, Refusal, RefusedError
from tests.botapi.table import table

Raw = dict[str, Any]

_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(slots=True)
class Pending:
    """One update on its way.

    **Shape**: `owed` must be handed out once before an offset can confirm it, as a late or repeated update;
    updates of one `lane` are posted to a webhook one after the other.
    """

    update_id: int
    kind: str
    body: bytes
    lane: str = ""
    owed: bool = False


class Intake:
    """Updates not yet confirmed by the bot, in the order in which they are handed out."""

    def __init__(self, first_id: int, allowed_updates: Sequence[str] | None = None) -> None:
        self.next_id = first_id
        self.confirmed = 0
        self.confirmed_at = 0.0
        self.offset: int | None = None
        self.polls = 0
        self.webhook_url = ""
        self.on_update: Callable[[], None] = lambda: None
        self.pending: deque[Pending] = deque()
        self.listed: list[str] | None = None
        self.waiting: Callable[[], int] = lambda: len(self.pending)
        self.date: Callable[[], int] = lambda: 0
        self._held: list[Raw] | None = None
        self._disordered = False
        self._poller: asyncio.Future[Refusal | None] | None = None
        self.allowed = self.allow(allowed_updates)

    def allow(self, names: Sequence[str] | None) -> frozenset[str]:
        """Set which updates the bot hears of from now on; None keeps the list, an empty one resets it."""
        if names is not None or not hasattr(self, "allowed"):
            every = table().types["Update"].keys() - {"update_id"}
            self.listed = list(names) if names else None
            self.allowed = frozenset(names) if names else frozenset(every - _NOT_BY_DEFAULT)
        return self.allowed

    def put(self, kind: str, content: Mapping[str, Any]) -> Raw | None:
        """Queue one update under the next id and return it, or None if the bot does not hear its kind."""
        update: Raw = {"update_id": self.next_id, kind: content}
        self.next_id += 1
        if self._held is None:
            return update if self.put_raw(update) else None
        self._held.append(msgspec.json.decode(msgspec.json.encode(update)))
        return update

    @contextmanager
    def reordered(self, order: Callable[[list[Raw]], None]) -> Iterator[None]:
        """Hold back what happens within, then queue it after `order` has changed the list in place."""
        held: list[Raw] = []
        self._held = held
        yield
        self._held = None
        order(held)
        for update in held:
            self.put_raw(update, owed=True)

    def put_raw(self, update: Mapping[str, Any], *, owed: bool = False) -> bool:
        """Queue an update as it is, whatever its id; return whether the bot listens to its kind."""
        kind = next((name for name in update if name != "update_id"), "")
        if kind not in self.allowed and kind in table().types["Update"]:
            return False
        lane = _lane(kind, update.get(kind))
        body = msgspec.json.encode(update)
        self.put_encoded(int(update["update_id"]), kind, body, lane=lane, owed=owed)
        self.wake()
        return True

    def put_encoded(
        self, update_id: int, kind: str, body: bytes, *, lane: str = "", owed: bool = False
    ) -> None:
        """Queue bytes as they are, which need not be what the Bot API promises."""
        self._disordered |= owed or bool(self.pending and self.pending[-1].update_id > update_id)
        self.pending.append(Pending(update_id, kind, body, lane, owed))

    def wake(self) -> None:
        """Let a waiting poll or the webhook look at the queue."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)
        self.on_update()

    def stop_poller(self) -> None:
        """End a waiting poll because a webhook is set."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(STOPPED_BY_WEBHOOK)

    async def take(self, params: Mapping[str, Any]) -> bytes:
        """Answer getUpdates: confirm below the offset, wait if there is nothing, hand out at most `limit`.

        **Shape**: a JSON array. **Errors**: RefusedError 409 if a webhook is set or another poll comes.
        """
        if self.webhook_url:
            raise RefusedError(WEBHOOK_IS_SET)
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(OTHER_POLLER)
        if "allowed_updates" in params:
            self.allow(params["allowed_updates"])
        self.confirm(params.get("offset", 0))
        if not self.pending and params.get("timeout", 0) > 0:
            await self._wait(params["timeout"])
        chosen = list(islice(self.pending, params.get("limit", 100)))
        for entry in chosen:
            entry.owed = False
        return b"[" + b",".join([entry.body for entry in chosen]) + b"]"

    def confirm(self, offset: int) -> None:
        """Forget what is below an offset; a negative one keeps only that many of the newest."""
        before = len(self.pending)
        if offset < 0:
            while len(self.pending) > -offset:
                self.pending.popleft()
        elif offset > 0:
            self.offset = offset
            while self.pending and self.pending[0].update_id < offset and not self.pending[0].owed:
                self.pending.popleft()
            if self._disordered:
                self.pending = deque(
                    entry for entry in self.pending if entry.update_id >= offset or entry.owed
                )
        if len(self.pending) < before:
            self.confirmed += before - len(self.pending)
            self.confirmed_at = time.monotonic()

    async def _wait(self, seconds: float) -> None:
        self._poller = asyncio.get_running_loop().create_future()
        mine = self._poller
        try:
            refusal = await asyncio.wait_for(mine, seconds)
        except TimeoutError:
            return
        finally:
            if self._poller is mine:
                self._poller = None
        if refusal is not None:
            raise RefusedError(refusal)


def _lane(kind: str, content: object) -> str:
    if not isinstance(content, dict):
        return kind
    chat = content.get("chat") or content.get("from") or content.get("user") or {}
    return f"{kind}/{chat.get('id') if isinstance(chat, dict) else None}"
