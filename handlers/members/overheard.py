"""Intent `overheard`: untagged words in a group, where staff want to know of complaints. Writes: complaints, timers.

Last in the routing table: whatever else understood the words has had them.
"""

from __future__ import annotations

from handlers.base import Context, Settings
from handlers.events import Event, EventKind
from handlers.overhearing import overhear
from storage.records import EVERYBODY

NAME = "overheard"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""


def match(event: Event, settings: Settings) -> str | None:
    """Return the words, None if they are none of a group or nobody wants to know. Pure."""
    if not settings.complaints.detect or event.kind is not EventKind.MESSAGE or event.is_private:
        return None
    return event.text if event.text and not event.is_command else None


async def handle(event: Event, argument: str, ctx: Context) -> None:
    """Let staff know if they hurt; say nothing."""
    del event, argument
    await overhear(ctx)
