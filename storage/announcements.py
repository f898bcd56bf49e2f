"""What other programs are told: events put into the outbox in the transaction that makes them true.

An announcement names nobody: neither who said something nor who changed it. Words, links and times to the minute
of a voice are in it only where the voice is open to everybody. Sent by `bot/adapters/webhook/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from storage.departments import Place
from storage.messages import Message
from storage.records import ChatKind, ChatState
from storage.repository import Repository

EVENTS: Mapping[str, str] = {
    "feedback.received": "a voice was captured",
    "feedback.changed": "a voice came into another status",
    "route.asked": "a department was asked for a decision",
    "route.answered": "a department accepted, declined or asked back",
    "packet": "the weekly packet of a department",
}
"""Every event there is, with what it tells."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Which events one webhook wants."""

    place: Place
    events: frozenset[str]


class AnnouncementRepository(Repository):
    """Puts events into the outbox for whoever subscribed; costs nothing while nobody has."""

    async def put(
        self, event: str, key: str, facts: Mapping[str, Any], *, now: datetime, only: Place | None = None
    ) -> None:
        """Promise an event to each webhook that wants it (or to this one); `key` names it, so it is put once."""
        for subscription in self._uow.subscriptions:
            is_wanted = event in subscription.events if only is None else subscription.place == only
            if not is_wanted:
                continue
            chat = await self._uow.chats.add(
                subscription.place.platform, subscription.place.external_id, ChatKind.PRIVATE, title="webhook",
                state=ChatState.SERVED, language="en", timezone="UTC",
            )  # fmt: skip
            body = {"event": event, "id": key, **facts}
            await self._uow.outbox.put(
                chat.id, Message(text=(msgspec.json.encode(body).decode(),)), key=f"hook:{chat.id}:{key}", now=now,
                subject=f"hook:{event}",
            )  # fmt: skip
