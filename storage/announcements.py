"""What other programs are told: events put into the outbox in the transaction that makes them true.

An announcement names nobody: neither who said something nor who changed it. Words and links of a voice are in it
only where it was said openly in a group; what was said under an alias or sealed is told at the next full quarter of
an hour, so that its moment says nothing either. Sent by `bot/adapters/webhook/`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from storage.departments import Place
from storage.messages import Message
from storage.modes import shortly
from storage.records import Change, ChatKind, ChatState, Feedback, Status
from storage.repository import Repository

RECEIVED, CHANGED, ASKED, ANSWERED, PACKET = (
    "feedback.received", "feedback.changed", "route.asked", "route.answered", "packet",
)  # fmt: skip
EVENTS: Mapping[str, str] = {
    RECEIVED: "a voice was captured",
    CHANGED: "a voice came into another status",
    ASKED: "a department was asked for a decision",
    ANSWERED: "a department accepted, declined or asked back",
    PACKET: "the weekly packet of a department",
}
"""Every event there is, with what it tells."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Which events one webhook wants; `title` is what staff call it."""

    place: Place
    events: frozenset[str]
    title: str


class AnnouncementRepository(Repository):
    """Puts events into the outbox for whoever subscribed; costs nothing while nobody has."""

    async def put(
        self, event: str, key: str, facts: Mapping[str, Any], *, now: datetime, due: datetime | None = None,
        only: Place | None = None,
    ) -> None:  # fmt: skip
        """Promise an event to each webhook that wants it (or to this one); `key` names it, so it is put once."""
        for subscription in self._uow.subscriptions:
            if event not in subscription.events if only is None else subscription.place != only:
                continue
            chat = await self._uow.chats.add(
                subscription.place.platform, subscription.place.external_id, ChatKind.PRIVATE,
                title=subscription.title, state=ChatState.SERVED, language="en", timezone="UTC",
            )  # fmt: skip
            body = {"event": event, "id": key, **facts}
            await self._uow.outbox.put(
                chat.id, Message(text=(msgspec.json.encode(body).decode(),)), key=f"hook:{chat.id}:{key}", now=now,
                due=due, subject=f"hook:{event}",
            )  # fmt: skip

    async def received(self, feedback: Feedback, now: datetime) -> None:
        """Announce a voice that was just captured."""
        if self._uow.subscriptions:
            await self._voice(RECEIVED, f"feedback:{feedback.id}", feedback, {}, now)

    async def changed(self, moved: Sequence[tuple[Feedback, Change]], now: datetime) -> None:
        """Announce that voices came into another status; the reason only where the voice is open."""
        if not self._uow.subscriptions:
            return
        for feedback, change in moved:
            facts = {"before": str(change.before), "status": str(change.after), "note": change.note}
            await self._voice(CHANGED, f"feedback:{feedback.id}:change:{change.id}", feedback, facts, now)

    async def _voice(
        self, event: str, key: str, feedback: Feedback, facts: Mapping[str, Any], now: datetime
    ) -> None:
        chat = await self._uow.chats.get(feedback.chat_id)
        at = now if feedback.is_open_voice else shortly(now)
        known = {
            "number": feedback.id, "class": str(feedback.feedback_class), "status": str(feedback.status),
            "negative": feedback.negative, "urgent": feedback.urgent, "topic": feedback.topic_id,
            "at": at.isoformat(), **facts,
        }  # fmt: skip
        is_withdrawn = str(Status.WITHDRAWN) in (str(feedback.status), facts.get("status"))
        if feedback.is_open_voice and chat.kind is ChatKind.GROUP and not is_withdrawn:
            known |= {"text": feedback.text, "link": feedback.link}
        else:
            known.pop("note", None)
        await self.put(event, key, {"feedback": known}, now=now, due=at)
