"""Intent `talk`: a member speaks in private to the person who took up what hurts them. Writes: notes, outbox."""

from __future__ import annotations

import re

from handlers import orders, talks
from handlers.base import Context, Settings
from handlers.claims import TALK
from handlers.events import Event, EventKind, called
from handlers.references import BARE
from handlers.tags import find_tags
from handlers.talks import Said
from handlers.wordings import is_half, opinion
from storage.records import EVERYBODY, Verdict

NAME = TALK
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""

_START = ("start",)
_PAYLOAD = re.compile(rf"{TALK}(?P<untagged>c?)(?P<number>\d{{1,18}})", re.ASCII)


def match(event: Event, settings: Settings) -> Said | None:
    """Return what is spoken about, None if the event is something else. Pure."""
    opened = _PAYLOAD.fullmatch((called(event, _START) or "").strip()) if event.is_private else None
    if opened:
        number = int(opened["number"])
        return (
            Said(complaint_id=number, is_opening=True)
            if opened["untagged"]
            else Said(feedback_id=number, is_opening=True)
        )
    if event.kind is not EventKind.MESSAGE or not event.is_private or event.is_command:
        return None
    if event.awaited is None or event.awaited.intent != NAME or _is_else(event, settings):
        return None
    return talks.read(event.awaited.data)


def _is_else(event: Event, settings: Settings) -> bool:
    """Tell whether words are meant for us: a command, a voice of its own, that it is solved; more, a person hears."""
    is_order = event.word in orders.LONE_WORDS and BARE.fullmatch(event.rest) is not None
    said = opinion(event.text)
    is_solved = said is not None and said[0] is Verdict.BETTER and not is_half(said[1])
    return is_order or is_solved or bool(find_tags(event.text, settings.tags))


async def handle(event: Event, argument: Said, ctx: Context) -> None:
    """Open the way to the person, or carry what was said to them."""
    del event
    await talks.take(ctx, argument)
