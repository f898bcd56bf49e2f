"""What a batch of Updates needs first: which are new, and what is stored of the chats and people they come from.

Called by the dispatcher.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.records import Chat, Member, Platform
from storage.repository import Repository


@dataclass(frozen=True, slots=True)
class Intake:
    """The ids of what was not seen before; stored chats and members by platform id."""

    fresh: set[str]
    chats: dict[str, Chat]
    members: dict[str, Member]


class IntakeRepository(Repository):
    """What every batch begins with."""

    async def take(
        self, platform: Platform, update_ids: Sequence[str], chats: Collection[str], people: Collection[str],
        now: datetime,
    ) -> Intake:  # fmt: skip
        """Mark a batch as seen, and return what is stored of the chats and people it comes from."""
        uow = self._uow
        known, met = uow.chats.asking_known(platform, chats), uow.members.asking_known(platform, people)
        if self._is_postgres:
            return Intake(
                *await self._answers(uow.updates.asking_fresh(platform, update_ids, now), known, met)
            )
        return Intake(
            await uow.updates.mark_seen(platform, update_ids, now),
            await self._answer(known) if chats else {},
            await self._answer(met) if people else {},
        )
