"""Intent `whose`: who said what somebody quoted, where quotes have no author. Writes: feedback, members, outbox."""

from __future__ import annotations

from handlers.base import Context, Settings
from handlers.capture import AUTHOR_ASKED, Voice, acknowledge, examine, over_limit, record, refuse
from handlers.events import Event, EventKind
from handlers.tags import clean
from storage.records import EVERYBODY

NAME = AUTHOR_ASKED
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""

_LONGEST = 20  # characters of a name
_MINE = frozenset({"我", "我的", "我说的", "自己", "me", "mine", "myself"})
_NOBODY = frozenset({"算了", "不用", "不用了", "取消", "never mind", "cancel"})


def match(event: Event, settings: Settings) -> str | None:
    """Return who is named, None if nobody was asked or the answer is no name. Pure."""
    del settings
    if event.kind is not EventKind.MESSAGE or event.awaited is None or event.awaited.intent != NAME:
        return None
    said = event.text.strip().removeprefix("@").strip(" 。.!！")
    return said if 0 < len(said) <= _LONGEST and not event.is_command and "#" not in said else None


async def handle(event: Event, argument: str, ctx: Context) -> None:
    """Capture the quoted words for whoever said them; a name nobody has here is kept beside the quoter's own."""
    assert event.awaited is not None  # noqa: S101 - match has looked
    data = event.awaited.data
    await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
    said = argument.casefold()
    if said in _NOBODY:
        await ctx.reply(ctx.say("whose.dropped"))
        return
    is_mine = said in _MINE
    found = ctx.sender if is_mine else await ctx.uow.members.find_named(ctx.chat.platform, argument)
    voice = Voice(str(data["message_id"]), str(data["text"]), tuple(data["tags"]))
    refusal = examine(ctx, voice) or await over_limit(ctx)
    if refusal is not None:
        await refuse(ctx, refusal)
        return
    on_behalf_of = "" if found is not None else clean(argument)
    feedback = await record(ctx, voice, found or ctx.sender, on_behalf_of=on_behalf_of)
    if feedback is not None:
        await acknowledge(ctx, feedback)
