"""Intent `unknown`: a command nobody knows, staff's word from a member, a mention of nothing. Writes: outbox.

Next to last in the routing table. Commands of other bots in a group are none of our business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from functools import cache

from handlers.base import Context, Settings
from handlers.capture import Voice, examine, offer, offer_voice
from handlers.digressions import asks_for_somebody
from handlers.events import Event, EventKind
from handlers.overhearing import overhear
from handlers.references import BARE, LONE_LATIN
from handlers.tags import clean
from storage.records import EVERYBODY, STAFF, Role
from storage.text.quotes import short_quote

NAME = "unknown"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""

_SAY_AGAIN_AFTER = timedelta(minutes=5)
_SHOWN = 20
_NEAR = 0.7  # how alike a command must be to be offered for what was typed
_NUMBER_FIRST = re.compile(r"\s*(?:[#＃]\s*([TtＴｔ]?\d{1,15})|([TtＴｔ]\d{1,15}))(?![\w.])[\s,，:：]*")
_NUMBERED = re.compile(r"[#＃]?\d{1,15}(?!\d)(?:\s|$)|[Tt]\d{1,15}(?!\d)(?:\s|$)")
_OWN_TOO = frozenset({"感谢"})  # alone, it is what anybody says


@dataclass(frozen=True, slots=True)
class Unheard:
    """The word we cannot follow, empty for a mere mention; `is_staffs` if a colleague's would do something."""

    word: str = ""
    is_staffs: bool = False
    is_number: bool = False  # a number comes first, and what to do with it is not said
    lacks_slash: bool = False  # a Latin command as a word of its own, or before a number


def match(event: Event, settings: Settings) -> Unheard | None:
    """Return the word nobody knows or only staff may say, None if the event is no call. Pure."""
    del settings
    if event.kind is not EventKind.MESSAGE or event.is_album_rest:
        return None
    if event.is_command and (event.is_private or event.mentions_us):
        return Unheard(event.word[:_SHOWN])
    if (
        event.word in _staff_words()
        and BARE.fullmatch(event.rest)
        and (event.rest or event.word not in _OWN_TOO)
    ):
        return Unheard(event.word, is_staffs=True)
    if event.is_private and event.awaited is None and (named := _NUMBER_FIRST.match(event.text)):
        return Unheard((named[1] or named[2]).upper(), is_number=True)
    is_order = not event.rest or _NUMBERED.match(event.rest) is not None
    is_free = event.awaited is None or event.text.strip().casefold() in LONE_LATIN
    if event.is_private and is_free and is_order and event.word in _latin():
        return Unheard(event.word, lacks_slash=True)
    return Unheard() if event.mentions_us and not event.is_private else None


@cache
def _commands(role: Role) -> tuple[str, ...]:
    """Return the Latin commands a role may use."""
    from handlers import HANDLERS

    allowed = (h for h in HANDLERS if role in getattr(h, "LISTED_FOR", h.ROLES))
    return tuple(word for h in allowed for word in h.COMMANDS if word.isascii())


@cache
def _latin() -> frozenset[str]:
    """Return every Latin command."""
    from handlers import HANDLERS

    return frozenset(word for handler in HANDLERS for word in handler.COMMANDS if word.isascii())


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
        is_staff = ctx.sender.role in STAFF
        await ctx.reply(ctx.say("error.admins_only" if is_staff else "unknown.staffs", word=argument.word))
        return
    if argument.is_number:
        if ctx.sender.role in STAFF:
            rest = short_quote(_NUMBER_FIRST.sub("", event.text, count=1), _SHOWN) or "…"
            await ctx.reply(ctx.say("unknown.number", number=argument.word, text=rest))
        else:
            await offer(ctx)
        return
    if argument.lacks_slash:
        if argument.word in _commands(ctx.sender.role):
            await ctx.reply(ctx.say("unknown.slash", meant=f"/{argument.word} {event.rest}".strip()))
        else:
            await offer(ctx)
        return
    if argument.word and event.is_private:
        near = get_close_matches(argument.word, _commands(ctx.sender.role), 1, _NEAR)
        text_id = "unknown.near" if near else "unknown.command"
        await ctx.reply(ctx.say(text_id, word=argument.word, nearest=near[0] if near else ""))
        return
    if not argument.word and await overhear(ctx):
        return
    if not argument.word and asks_for_somebody(event.text) and ctx.can(ctx.chat).buttons:
        voice = Voice(event.message_id, clean(event.text), link=event.link, attachments=event.attachments)
        if examine(ctx, voice) is None:  # a person answers better than a hint
            await offer_voice(ctx, voice)
            return
    until = ctx.now + _SAY_AGAIN_AFTER
    if await ctx.uow.expectations.caution(ctx.sender.id, NAME, ctx.now, until):
        await ctx.reply(ctx.say("unknown.mention"))
