"""What every adapter is: the Adapter protocol, what it is given to send, and how sending fails."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from bot.limits import Lane
from handlers.events import Event
from storage.messages import Message
from storage.promises import DeliveryKind, Receipt
from storage.records import Capabilities, ChatKind, Platform


class Chatter(NamedTuple):
    """Ordinary talk in a group: nothing for any handler, only counted.

    `text` and `link` are empty unless the config lets staff be told of complaints that nobody tagged.
    """

    chat: str
    sender: str
    name: str
    username: str
    message_id: str
    text: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """One Update as the adapter read it: an Event, ordinary Chatter, or nothing for us.

    An Update that could not be parsed has its `raw` form and `error` set and goes to quarantine.
    """

    update_id: str
    content: Event | Chatter | None = None
    raw: str = ""
    error: str = ""


class Intake(Protocol):
    """The dispatcher, as an adapter sees it."""

    def __call__(self, platform: Platform, batch: Sequence[Taken]) -> Awaitable[Mapping[str, str]]:
        """Commit a batch; return the toast of each press, by press id. Only then may the batch be confirmed.

        **Errors**: StorageBusyError: nothing was stored; keep the batch and try again.
        """


@dataclass(frozen=True, slots=True)
class Parcel:
    """One thing to send, with everything the platform needs."""

    key: str
    kind: DeliveryKind
    chat: str
    chat_kind: ChatKind
    message: Message
    emoji: str = ""
    target: str = (
        ""  # the platform's id of the message an EDIT, REACTION or CLOSE_POLL is about; of a TAG's member
    )
    tag: str = ""
    png: bytes | None = None
    file: bytes | None = None  # what is in the message's document, if it was made for sending
    is_secret: bool = False  # nothing of it may be written down beside the chat it goes to


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `huixiang doctor`: what was checked, whether it is well, what to do if not.

    **Shape**: `check`, `detail` and `advice` are text ids, whose words are made with `params`, or plain words.
    """

    check: str
    ok: bool | None  # None: could not be checked
    detail: str = ""
    advice: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


class Adapter(Protocol):
    """The code that speaks to one platform."""

    @property
    def platform(self) -> Platform:
        """Which platform it speaks to."""

    @property
    def capabilities(self) -> Mapping[ChatKind, Capabilities]:
        """What that platform can do in each kind of chat."""

    async def start(self, intake: Intake) -> None:
        """Begin to receive; returns at once."""

    async def stop(self) -> None:
        """Stop receiving, finish what is under way, close connections."""

    async def send(self, parcel: Parcel) -> Receipt:
        """Send one thing. **Errors**: SendError."""

    def lanes(self, parcel: Parcel) -> tuple[Lane, ...]:
        """Return the lanes a parcel needs, all of which must be free."""

    async def examine(self, chats: Sequence[str], now: datetime) -> list[Finding]:
        """Ask the platform itself how things stand, for the doctor."""


class SendError(Exception):
    """Sending failed. Its text names the refusal, never a token or a member's words."""


@dataclass
class TemporaryError(SendError):
    """Definitely not delivered; may be tried again, not before `retry_after`.

    A pause that is told is no failed try: an outage may last however long. Without one, tries are counted.
    """

    why: str
    retry_after: timedelta | None = None
    scope: str = field(default="chat")  # what the platform shut: "chat" or "account"

    def __str__(self) -> str:
        return self.why


class OutcomeUnknownError(SendError):
    """The request left and no answer came: it may have been delivered."""


class PermanentError(SendError):
    """Refused for good."""


class ChatGoneError(PermanentError):
    """The chat does not exist any more, or we are not in it."""


class UnreachableError(PermanentError):
    """The person never opened the private chat, or blocked us."""


class ChatMovedError(PermanentError):
    """The chat has a new id."""

    def __init__(self, new_id: str) -> None:
        super().__init__(f"moved to {new_id}")
        self.new_id = new_id
