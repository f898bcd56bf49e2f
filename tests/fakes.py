"""Fakes of the network and the clock, and of nothing else: real classes, scripted by tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.adapters.base import Finding, Intake, Parcel, SendError
from bot.limits import Lane
from storage.messages import Message, plain
from storage.promises import DeliveryKind, Receipt
from storage.records import Capabilities, ChatKind, Platform

EVERYTHING = Capabilities(
    reactions=True, native_polls=True, buttons=True, edits=True, quotes_author=True,
    reaches_first=False, deep_links=True, text_limit=4096, member_tags=True,
)  # fmt: skip
LITTLE = Capabilities(
    reactions=False, native_polls=False, buttons=False, edits=False, quotes_author=False,
    reaches_first=False, deep_links=False, text_limit=2048,
)  # fmt: skip


class FakeClock:
    """A clock that moves only when told."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the moment."""
        return self.at


@dataclass(slots=True)
class Shown:
    """One message as people see it now."""

    chat: str
    message_id: str
    message: Message
    poll_id: str = ""
    edits: int = 0
    closed: bool = False
    key: str = ""

    @property
    def text(self) -> str:
        """Return its words."""
        return plain(self.message.text)

    @property
    def labels(self) -> list[str]:
        """Return the labels of its buttons."""
        return [button.label for row in self.message.buttons for button in row]


@dataclass(slots=True)
class FakeAdapter:
    """A platform in memory: keeps what would be shown, and fails as scripted."""

    platform: Platform = Platform.TELEGRAM
    capabilities: Mapping[ChatKind, Capabilities] = field(
        default_factory=lambda: {ChatKind.GROUP: EVERYTHING, ChatKind.PRIVATE: EVERYTHING}
    )
    shown: list[Shown] = field(default_factory=list)
    reactions: list[tuple[str, str, str]] = field(default_factory=list)  # chat, message id, emoji
    tags: dict[tuple[str, str], str] = field(
        default_factory=dict
    )  # chat and member -> the word beside the name
    parcels: list[Parcel] = field(default_factory=list)
    failures: dict[str, list[SendError]] = field(default_factory=dict)  # by chat, used up one a send
    unreachable: dict[str, SendError] = field(default_factory=dict)  # by chat, until removed
    lane: Lane | None = None
    next_id: int = 1000

    async def start(self, intake: Intake) -> None:
        """Receive nothing by itself: tests hand events in."""

    async def stop(self) -> None:
        """Close nothing."""

    async def send(self, parcel: Parcel) -> Receipt:
        """Show a parcel, or fail as scripted."""
        self.parcels.append(parcel)
        if self.failures.get(parcel.chat):
            raise self.failures[parcel.chat].pop(0)
        if parcel.chat in self.unreachable:
            raise self.unreachable[parcel.chat]
        if parcel.kind is DeliveryKind.REACTION:
            self.reactions.append((parcel.chat, parcel.target, parcel.emoji))
            return Receipt(parcel.target)
        if parcel.kind is DeliveryKind.TAG:
            self.tags[parcel.chat, parcel.target] = parcel.tag
            return Receipt("")
        if parcel.kind is not DeliveryKind.POST:
            return self._change(parcel)
        self.next_id += 1
        message_id = str(self.next_id)
        poll_id = f"poll{self.next_id}" if parcel.message.ballot else ""
        self.shown.append(Shown(parcel.chat, message_id, parcel.message, poll_id, key=parcel.key))
        return Receipt(message_id, poll_id)

    def _change(self, parcel: Parcel) -> Receipt:
        target = next(s for s in self.shown if (s.chat, s.message_id) == (parcel.chat, parcel.target))
        if parcel.kind is DeliveryKind.CLOSE_POLL:
            target.closed = True
        else:
            target.message = parcel.message
            target.edits += 1
        return Receipt(target.message_id)

    def lanes(self, parcel: Parcel) -> tuple[Lane, ...]:
        """Limit nothing, or everything by one lane."""
        return () if self.lane is None else (self.lane,)

    async def examine(self, chats: Sequence[str], now: datetime) -> list[Finding]:
        """Find everything well."""
        return [Finding("fake", ok=True)]


def at(text: str) -> datetime:
    """Return a UTC moment from "2026-10-12 09:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
