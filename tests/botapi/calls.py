"""What the bot asked of the server, and what it was answered: the record that tests assert on."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec

_LOOK_SECONDS = 0.02


@dataclass(slots=True)
class Call:
    """One request.

    **Shape**: `params` have their real types, as far as they could be read; `code` is None while unanswered.
    **Units**: `at` and `answered_at` are monotonic seconds; `at` is when the request arrived, before any latency.
    """

    method: str
    params: dict[str, Any]
    at: float
    code: int | None = None
    description: str = ""
    answered_at: float | None = None
    answer: bytes = b""

    @property
    def result(self) -> Any:
        """Return what the bot was answered, None if nothing."""
        return msgspec.json.decode(self.answer)["result"] if self.answer else None

    @property
    def ok(self) -> bool:
        """Tell whether the request was carried out and answered so."""
        return self.code == 200


@dataclass(slots=True)
class CallLog:
    """All requests but getUpdates, oldest first, and who waits for the next."""

    entries: list[Call] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self) -> None:
        """Wake whoever waits for a change."""
        self.changed.set()
        self.changed = asyncio.Event()

    def of(
        self, method: str | None = None, chat: int | None = None, *, ok: bool | None = None
    ) -> Iterator[Call]:
        """Yield the calls of a method and a chat, or of any."""
        for call in self.entries:
            if (
                method in (None, call.method)
                and chat in (None, call.params.get("chat_id"))
                and ok in (None, call.ok)
            ):
                yield call

    async def until(self, condition: Callable[[], Any], seconds: float, what: str) -> Any:
        """Return the condition's first true value, looked at whenever the bot does something.

        **Errors**: AssertionError after `seconds`, with the last calls.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not (value := condition()):
            if loop.time() >= deadline:
                last = "\n".join(
                    f"  {call.method} {call.params} -> {call.code}" for call in self.entries[-8:]
                )
                raise AssertionError(f"{what} did not happen in {seconds} s; the last calls:\n{last}")
            with suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), _LOOK_SECONDS)
        return value
