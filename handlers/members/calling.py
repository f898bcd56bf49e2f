"""Intent `name`: what a member wants to be called, asked for once where a platform gives no names. Writes: members."""

from __future__ import annotations

import re

from handlers.base import Context, NotUnderstoodError, Settings
from handlers.events import Event, EventKind, called
from handlers.tags import clean
from storage.records import EVERYBODY

NAME = "name"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ("name", "称呼")
EXAMPLE = "/name 张哥"

LONGEST = 12  # characters; an answer longer than a name is about something else
_SKIP = frozenset({"跳过", "不用", "不用了", "算了", "skip", "no"})
_NO_NAMES = frozenset(
    {"好", "好的", "嗯", "谢谢", "在吗", "你好", "您好", "hi", "hello", "ok", "thanks", "帮助", "help"}
)
_SENTENCE = re.compile(r"[。！？!?…#＃/／\n]|https?:")
_BEFORE = re.compile(r"^(?:请?(?:叫|称呼)我|我(?:是|叫)|call me|i am|i'm)\s*", re.IGNORECASE)


def match(event: Event, settings: Settings) -> str | None:
    """Return the name, None if the event is something else; "" for no name at all. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is not None:
        return rest
    if event.kind is not EventKind.MESSAGE or event.awaited is None or event.awaited.intent != NAME:
        return None
    said = event.text.strip()
    if said.casefold() in _SKIP:
        return ""
    is_name = 0 < len(said) <= LONGEST and not _SENTENCE.search(said) and said.casefold() not in _NO_NAMES
    return said if is_name and not event.is_command else None


async def handle(event: Event, argument: str, ctx: Context) -> None:
    """Remember the name: as theirs where the platform gives none, else as how they are spoken to."""
    if event.awaited is not None and event.awaited.intent == NAME:
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
        if not argument:
            await ctx.reply(ctx.say("name.skipped"))
            return
    name = clean(_BEFORE.sub("", argument)).strip()
    if not any(character.isalpha() for character in name) or len(name) > LONGEST or "\n" in name:
        raise NotUnderstoodError("name.unclear", example=ctx.label(f"{NAME}.example"), most=LONGEST)
    values = {"salutation": name} if event.sender.name else {"name": name}
    await ctx.uow.members.change(ctx.sender.id, **values)
    await ctx.reply(ctx.say("name.noted", name=name))
