"""Intent `tag`, 标签: staff give tags to members, or take them. Writes: member_tags, audit, outbox."""

from __future__ import annotations

import re

from handlers.asides import aside
from handlers.base import Context, NotUnderstoodError, Settings, UserError
from handlers.events import Event, called
from handlers.whom import find_person
from storage.records import STAFF
from storage.suppression import shown

NAME = "tag"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("tag", "标签")
EXAMPLE = "/tag 张哥 摄影 -新手"

LONGEST, MOST = 16, 20
_BETWEEN = re.compile(r"[\s,，、;；]+")
_TAG = re.compile(r"[\w·.&+-]+")
_SHOWN = 30


def match(event: Event, settings: Settings) -> str | None:
    """Return who gets what, as it was written, or None if the event is something else. Pure."""
    del settings
    return called(event, COMMANDS)


async def handle(event: Event, argument: str, ctx: Context) -> None:
    """Give and take, and say what they have now; without words list the tags there are."""
    if not argument.strip() and event.reply_to is None:
        await _list(ctx)
        return
    member, rest = await find_person(ctx, argument, example=ctx.label(f"{NAME}.example"))
    words = [word for word in _BETWEEN.split(rest) if word]
    given = [_tag(word, ctx) for word in words if word[0] not in "-－"]
    taken = [_tag(word[1:], ctx) for word in words if word[0] in "-－"]
    has = await ctx.uow.member_tags.list_of(member.id)
    if len({*has, *given} - set(taken)) > MOST:
        raise UserError("tag.too_many", most=MOST, who=member.address)
    added = await ctx.uow.member_tags.add(member.id, given, by_id=ctx.sender.id, now=ctx.now)
    removed = await ctx.uow.member_tags.remove(member.id, taken)
    if added or removed:
        await ctx.uow.audit.add(
            "member.tag", by_id=ctx.sender.id, now=ctx.now, subject=f"member:{member.id}",
            detail=" ".join([*(f"+{tag}" for tag in given), *(f"-{tag}" for tag in taken)]),
        )  # fmt: skip
    tags = await ctx.uow.member_tags.list_of(member.id)
    listed = ctx.label("order.comma").join(tags)
    await aside(ctx, ctx.say("tag.now" if tags else "tag.none_now", who=member.address, listed=listed))


def _tag(word: str, ctx: Context) -> str:
    tag = word.strip().lstrip("#＃")
    if not tag or len(tag) > LONGEST or not _TAG.fullmatch(tag):
        raise NotUnderstoodError(
            "tag.malformed", word=word[:LONGEST], most=LONGEST, example=ctx.label(f"{NAME}.example")
        )
    return tag


async def _list(ctx: Context) -> None:
    counts = await ctx.uow.member_tags.count(_SHOWN)
    if not counts:
        raise NotUnderstoodError("tag.nothing", example=ctx.label(f"{NAME}.example"))
    privacy = ctx.settings.privacy
    listed = ctx.label("order.comma").join(f"{tag} {shown(count, privacy)}" for tag, count in counts)
    await aside(ctx, ctx.say("tag.all", listed=listed))
