"""Intent `fb`: a KOS captures the message they reply to, for its author. Writes: feedback, outbox."""

from __future__ import annotations

from handlers.base import Context, NotUnderstoodError, Settings
from handlers.capture import hear
from handlers.events import Event, called
from handlers.tags import find_tags
from storage.records import STAFF

NAME = "fb"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("fb",)
EXAMPLE = "/fb"


def match(event: Event, settings: Settings) -> tuple[str, ...] | None:
    """Return the tags said with it, or None if the event is something else. Pure."""
    rest = called(event, COMMANDS)
    return None if rest is None else find_tags(rest, settings.tags)


async def handle(event: Event, argument: tuple[str, ...], ctx: Context) -> None:
    """Capture it, credited to who said it; said twice it is one feedback."""
    if event.reply_to is None:
        raise NotUnderstoodError("fb.no_reply", example=EXAMPLE)
    await hear(ctx, "", argument)
