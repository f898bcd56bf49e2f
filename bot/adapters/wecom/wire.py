"""WeCom's shapes, cut down to the fields that we use; the same in the long connection and in the callback.

Whatever the documents call optional, and whatever we can do without, is optional here.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field


class Who(Struct, gc=False):
    """Who did it; the corporation gives no name."""

    userid: str = ""


class Words(Struct, gc=False):
    """A text, or what was heard in a voice message."""

    content: str = ""


class File(Struct, gc=False):
    """A file to download within five minutes; its own key comes on the long connection only."""

    url: str = ""
    aeskey: str = ""


class Item(Struct, gc=False):
    """One part of a mixed message."""

    msgtype: str = ""
    text: Words | None = None
    image: File | None = None


class Mixed(Struct, gc=False):
    """Words and pictures in one message."""

    msg_item: list[Item] = field(default_factory=list)


class Quote(Struct, gc=False):
    """The quoted message, without its author and its id."""

    msgtype: str = ""
    text: Words | None = None
    mixed: Mixed | None = None
    voice: Words | None = None


class CardEvent(Struct, gc=False):
    """Somebody tapped a card. **Shape**: `selected_items` may hold a lone item where a list is promised."""

    event_key: str = ""
    task_id: str = ""
    card_type: str = ""
    selected_items: Any = None


class Rating(Struct, gc=False):
    """A 👍 (1) or 👎 (2) on a message of ours, or one taken back (3)."""

    id: str = ""
    type: int = 0


class Happening(Struct, gc=False):
    """What happened without words."""

    eventtype: str = ""
    template_card_event: CardEvent | None = None
    feedback_event: Rating | None = None


class Body(Struct, kw_only=True, gc=False):
    """One message or event."""

    msgid: str
    msgtype: str = ""
    chatid: str = ""
    chattype: str = ""
    from_: Who = field(name="from", default_factory=Who)
    create_time: int = 0
    response_url: str = ""
    text: Words | None = None
    mixed: Mixed | None = None
    image: File | None = None
    voice: Words | None = None
    file: File | None = None
    video: File | None = None
    quote: Quote | None = None
    event: Happening | None = None

    @property
    def is_group(self) -> bool:
        """Tell whether it came in a group."""
        return self.chattype == "group"

    @property
    def eventtype(self) -> str:
        """Return what kind of event it is, empty for a message."""
        return self.event.eventtype if self.event is not None else ""


def as_list(value: Any) -> list[Any]:
    """Return a list where the platform may give a lone item unwrapped."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
