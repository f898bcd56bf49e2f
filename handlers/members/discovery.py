"""Intent `discovery`: `#发现` and what somebody found out. Writes: discoveries, outbox.

Kept apart from feedback, for nobody has to work on it: staff choose the best by one tap.
"""

from __future__ import annotations

from datetime import timedelta

from handlers import discoveries
from handlers.base import Context, NotUnderstoodError, Settings, UserError
from handlers.capture import LEAST_WEIGHT, MOST_CHARACTERS, NOTED, has_media, refuse
from handlers.events import Event, EventKind
from handlers.honours import list_in_the_morning
from handlers.tags import clean, find_tags, weight, without_tags
from storage.records import EVERYBODY, STAFF, Attachment, Member

NAME = "discovery"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""

_DAY = timedelta(days=1)
_MOST_A_DAY = 10


def match(event: Event, settings: Settings) -> bool | None:
    """Tell whether a message bears the tag; None if it does not. Pure."""
    if event.kind is not EventKind.MESSAGE or event.is_command or event.is_album_rest:
        return None
    tags = {tag.casefold(): "" for tag in settings.honours.discovery_tags}
    if not find_tags(event.text, tags):
        return None
    is_feedback_too = bool(find_tags(event.text, settings.tags))  # then somebody has to work on it
    return None if is_feedback_too else True


async def handle(event: Event, argument: bool, ctx: Context) -> None:  # noqa: FBT001 - what match returned
    """Keep the words, or the message replied to when nothing but the tag was said."""
    del argument
    tags = discoveries.tags(ctx)
    bare = without_tags(clean(event.text), tags)
    if weight(bare) or has_media(event.attachments):
        await _keep(ctx, ctx.sender, event.message_id, clean(event.text), event.link, event.attachments)
        return
    replied = event.reply_to
    author = replied.sender if replied is not None and not replied.by_us else None
    if replied is None or author is None or author.is_bot or not author.is_person or not author.external_id:
        await refuse(ctx, NotUnderstoodError("discovery.empty", example=ctx.label("discovery.example")))
        return
    people = [(author.external_id, author.name, author.username)]
    finder = (await ctx.uow.members.meet(ctx.chat.platform, people, ctx.now))[author.external_id]
    await _keep(ctx, finder, replied.message_id, clean(replied.text), replied.link, replied.attachments)


async def _keep(
    ctx: Context, finder: Member, message_id: str, text: str, link: str, files: tuple[Attachment, ...]
) -> None:
    """Keep it once, and acknowledge it by one reaction or one line."""
    refusal = await _refusal(ctx, text, files)
    if refusal is not None:
        await refuse(ctx, refusal)
        return
    await discoveries.keep(ctx, finder, message_id=message_id, text=text, link=link, attachments=files)
    await list_in_the_morning(ctx)
    await ctx.acknowledge(NOTED, ctx.say("discovery.kept"))


async def _refusal(ctx: Context, text: str, files: tuple[Attachment, ...]) -> UserError | None:
    bare = without_tags(text, discoveries.tags(ctx))
    if len(text) > MOST_CHARACTERS:
        return UserError("capture.too_long", length=len(text), most=MOST_CHARACTERS)
    if weight(bare) < LEAST_WEIGHT and not has_media(files):
        return NotUnderstoodError("discovery.empty", example=ctx.label("discovery.example"))
    if ctx.sender.role in STAFF:
        return None
    if await ctx.uow.discoveries.count_since(ctx.sender.id, ctx.now - _DAY) >= _MOST_A_DAY:
        return UserError("discovery.too_many", most=_MOST_A_DAY)
    return None
