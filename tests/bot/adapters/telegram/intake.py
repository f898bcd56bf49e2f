"""An intake that keeps what it is given, and fails as scripted."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.adapters.base import Taken
from handlers.events import Event
from storage.records import Platform


@dataclass(slots=True)
class RecordingIntake:
    """Stands for the dispatcher: each update is taken once, as its unique key would have it."""

    toasts: dict[str, str] = field(default_factory=dict)
    errors: list[Exception] = field(default_factory=list)  # raised first, one a batch
    batches: list[list[Taken]] = field(default_factory=list)
    offered: list[list[str]] = field(default_factory=list)
    gate: asyncio.Event | None = None
    was_offered: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, platform: Platform, batch: Sequence[Taken]) -> Mapping[str, str]:
        """Take a batch."""
        self.offered.append([taken.update_id for taken in batch])
        self.was_offered.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.errors:
            raise self.errors.pop(0)
        self.batches.append(list(batch))
        return self.toasts

    @property
    def taken(self) -> list[Taken]:
        """Everything taken, in order."""
        return [taken for batch in self.batches for taken in batch]

    @property
    def texts(self) -> list[str]:
        """The words of all Events."""
        return [taken.content.text for taken in self.taken if isinstance(taken.content, Event)]
