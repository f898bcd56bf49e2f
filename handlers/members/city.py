"""Intent `city`, 城市: a member says where they live, for meetings nearby. Writes: members, outbox."""

from __future__ import annotations

from handlers.base import Context, Settings, UserError
from handlers.events import Event, called
from handlers.tags import clean
from storage.messages import Text
from storage.records import EVERYBODY, ChatKind

NAME = "city"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ("city", "城市")
EXAMPLE = "/city 上海"

LONGEST = 20
_NONE = frozenset({"-", "off", "none", "清除", "不说", "删除"})
_NOD = "👌"


def match(event: Event, settings: Settings) -> str | None:
    """Return the city as it was written, empty to be told; None if the event is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    return None if rest is None else " ".join(clean(rest).split())


async def handle(event: Event, argument: str, ctx: Context) -> None:
    """Note the city, drop it, or say what is noted."""
    del event
    if not argument:
        city = ctx.sender.city
        await ctx.reply(
            ctx.say("city.is" if city else "city.none", city=city, example=ctx.label("city.example"))
        )
    elif argument.casefold() in _NONE:
        await ctx.uow.members.change(ctx.sender.id, city="")
        await _nod(ctx, ctx.say("city.dropped"))
    elif not any(character.isalpha() for character in argument) or any(
        character.isdigit() or character in "#＃" for character in argument
    ):
        raise UserError("city.unclear", example=ctx.label("city.example"))
    elif len(argument) > LONGEST:
        raise UserError("city.too_long", most=LONGEST, example=ctx.label("city.example"))
    else:
        await ctx.uow.members.change(ctx.sender.id, city=argument)
        await _nod(ctx, ctx.say("city.noted", city=argument))


async def _nod(ctx: Context, words: Text) -> None:
    """Answer in words in private; in a group a nod is enough."""
    if ctx.chat.kind is ChatKind.PRIVATE:
        await ctx.reply(words)
    else:
        await ctx.acknowledge(_NOD, words)
