"""Intent `anonymous`: an anonymous admin or a channel speaks. Writes: outbox, only when they address us.

First in the routing table, so that no other intent gives a group or a channel a profile, credit or rights.
"""

from __future__ import annotations

from handlers.base import Context, Settings
from handlers.events import Event, EventKind
from handlers.tags import find_tags
from storage.messages import Message
from storage.records import EVERYBODY

NAME = "anonymous"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""

_STOPPED = frozenset({EventKind.MESSAGE, EventKind.EDIT, EventKind.REACTION, EventKind.POLL_ANSWER})
_ONE_HOUR_SECONDS = 3_600


def match(event: Event, settings: Settings) -> bool | None:
    """Return whether it was said to us, None if a person speaks. Pure."""
    if event.sender.is_person or event.kind not in _STOPPED:
        return None
    said = event.kind is EventKind.MESSAGE
    return said and (event.is_command or event.mentions_us or bool(find_tags(event.text, settings.tags)))


async def handle(event: Event, argument: bool, ctx: Context) -> None:  # noqa: FBT001 - what match returned
    """Ask them to write as themselves, once an hour; otherwise say nothing."""
    if not argument:
        return
    message = Message(text=ctx.say("anonymous.as_yourself"), reply_to=event.message_id)
    hour = int(ctx.now.timestamp()) // _ONE_HOUR_SECONDS
    await ctx.uow.outbox.put(ctx.chat.id, message, key=f"{NAME}:{ctx.chat.id}:{hour}", now=ctx.now)
