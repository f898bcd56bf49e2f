"""Intent `unknown`: a command nobody knows, staff's word from a member, a mention of nothing. Writes: outbox.

Next to last in the routing table. Commands of other bots in a group are none of our business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from handlers.base import Context, Settings
from handlers.events import Event, EventKind
from handlers.overhearing import overhear
from storage.records import EVERYBODY, Role

NAME = "unknown"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""

_SAY_AGAIN_AFTER = timedelta(minutes=5)
_SHOWN = 20
# What follows a command and is nobody's own words: a number, a topic, a name.
_BARE = re.compile(r"(?:[#＃]?\s*\d{1,15}\s*[号条]?|[TtＴｔ]\s*\d{1,15}|[@＠]\S+)?[\s。.!！?？]*")
_OWN_TOO = frozenset({"感谢"})  # alone, it is what anybody says


@dataclass(frozen=True, slots=True)
class Unheard:
    """The word we cannot follow, empty for a mere mention; `is_staffs` if a colleague's would do something."""

    word: str = ""
    is_staffs: bool = False


def match(event: Event, settings: Settings) -> Unheard | None:
    """Return the word nobody knows or only staff may say, None if the event is no call. Pure."""
    del settings
    if event.kind is not EventKind.MESSAGE or event.is_album_rest:
        return None
    if event.is_command and (event.is_private or event.mentions_us):
        return Unheard(event.word[:_SHOWN])
    if (
        event.word in _staff_words()
        and _BARE.fullmatch(event.rest)
        and (event.rest or event.word not in _OWN_TOO)
    ):
        return Unheard(event.word, is_staffs=True)
    return Unheard() if event.mentions_us and not event.is_private else None


@cache
def _staff_words() -> frozenset[str]:
    """Return the Chinese words that are commands of staff only."""
    from handlers import HANDLERS

    theirs = (h for h in HANDLERS if Role.MEMBER not in getattr(h, "LISTED_FOR", h.ROLES))
    everybodys = {
        word for h in HANDLERS if Role.MEMBER in getattr(h, "LISTED_FOR", h.ROLES) for word in h.COMMANDS
    }
    return frozenset(word for h in theirs for word in h.COMMANDS if not word.isascii()) - everybodys


async def handle(event: Event, argument: Unheard, ctx: Context) -> None:
    """Point to what we know; in a group once in a while."""
    if argument.is_staffs:
        await ctx.reply(ctx.say("unknown.staffs", word=argument.word))
        return
    if argument.word and event.is_private:
        await ctx.reply(ctx.say("unknown.command", word=argument.word))
        return
    if not argument.word and await overhear(ctx):
        return
    until = ctx.now + _SAY_AGAIN_AFTER
    if await ctx.uow.expectations.caution(ctx.sender.id, NAME, ctx.now, until):
        await ctx.reply(ctx.say("unknown.mention"))
