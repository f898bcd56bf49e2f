"""Intent `feedback`: a tag, a tag as a reply, `/feedback …`, the rest of an album. Writes: feedback, drafts, outbox."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from handlers.base import Context, Settings
from handlers.capture import hear, offer
from handlers.events import Event, EventKind, called
from handlers.tags import find_tags
from storage.records import EVERYBODY

NAME = "feedback"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ("feedback", "反馈")
EXAMPLE = "/feedback 按钮太小了"

_GLUED = re.compile(r"反馈[:：,，、]\s*(.+)", re.DOTALL)


class Way(enum.Enum):
    """How a feedback came."""

    SAID = enum.auto()  # with a tag or a command
    ALBUM_REST = enum.auto()  # a further picture of an album


@dataclass(frozen=True, slots=True)
class Said:
    """What to capture: the words, and the tags in them."""

    way: Way
    text: str = ""
    tags: tuple[str, ...] = ()


def match(event: Event, settings: Settings) -> Said | None:
    """Return what is to be captured, None if the message has neither tag nor command. Pure."""
    if event.kind is not EventKind.MESSAGE:
        return None
    rest = called(event, COMMANDS)
    if rest is None and event.is_private and (glued := _GLUED.fullmatch(event.text)):
        rest = glued[1]
    if rest is not None:
        return Said(Way.SAID, rest, find_tags(rest, settings.tags))
    if event.is_command:
        return None
    if event.is_album_rest and event.album:
        return Said(Way.ALBUM_REST)
    tags = find_tags(event.text, settings.tags)
    return Said(Way.SAID, event.text, tags) if tags else None


async def handle(event: Event, argument: Said, ctx: Context) -> None:
    """Capture the words, or the message replied to when nothing but the tag was said."""
    if argument.way is Way.ALBUM_REST:
        await _keep_picture(event, ctx)
        return
    await hear(ctx, argument.text, argument.tags)


async def _keep_picture(event: Event, ctx: Context) -> None:
    """Attach a further picture to its album's feedback, or keep it until the caption or its author's word comes."""
    known = await ctx.uow.feedback.find_by_album(ctx.chat.id, event.album)
    if known is not None:
        await ctx.uow.feedback.add_attachments(known.id, event.attachments)
        return
    await ctx.uow.drafts.add_parts(ctx.chat.id, event.album, event.attachments, ctx.now)
    if event.is_private:
        await offer(ctx)
