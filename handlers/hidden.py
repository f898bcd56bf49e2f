"""Hidden contributors: who they are to everybody else, and answers that leave no trace. Used by several handlers.

A hidden contributor is a Member with a private chat of their own; a Context that acts for one carries nothing of the
event it came from. The dispatcher's disguises (bot/disguises.py) put such a Context on for buttons and sentences.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from handlers import pseudonyms
from handlers.base import Context
from handlers.events import Event, Sender
from handlers.veil import Veil
from storage.expectations import Expectation
from storage.messages import Button, Message, Text, decode, encode
from storage.modes import ALIAS, SEALED, Mode, is_hidden, lately, shortly
from storage.records import Chat, ChatKind, ChatState, Member, Platform, Role
from storage.uow import UnitOfWork
from storage.veils import Way

WORN = "as"  # the intent of whatever is said or pressed for a hidden contributor
WHISPER = "whisper:"  # how the key of a promise begins that leaves no trace
PRIVATE_WORDS = ("private", "悄悄话")  # what opens the way into hiding
_ID_BYTES = 12
_DRAWS = 8
_LONGEST_ACTION = 52  # bytes; a seal has room for 64 with its own twelve
_PASS_FOR = timedelta(hours=1)
_AT_ONCE = 500
_FIRST_WINDOW = 8


async def meet(ctx: Context, mode: Mode) -> tuple[Member, Chat]:
    """Make a hidden contributor of the sender, with a chat of their own; for an alias keep the encrypted way back."""
    home = await ctx.home_of(ctx.sender)
    language = ctx.sender.language or home.language
    platform = ctx.chat.platform
    external_id = (ALIAS if mode is Mode.ALIAS else SEALED) + secrets.token_hex(_ID_BYTES)
    if mode is Mode.ALIAS:
        name = await _draw(ctx, platform, language)
    else:
        name = ctx.texts.plain(language, "private.someone")
    today = shortly(ctx.now).replace(hour=0, minute=0)
    met = await ctx.uow.members.meet(platform, [(external_id, name, "")], today)
    member = replace(met[external_id], role=Role.MEMBER, language=language, is_named=False, reachable=True)
    await ctx.uow.members.change(
        member.id, role=str(Role.MEMBER), language=language, is_named=False, reachable=True
    )
    chat = await ctx.uow.chats.add(
        platform, external_id, ChatKind.PRIVATE, title="", state=ChatState.SERVED, language=language,
        timezone=home.timezone,
    )  # fmt: skip
    if mode is Mode.ALIAS:
        covered = ctx.veil.cover(ctx.sender.external_id, scope_of(external_id))
        while not await ctx.uow.veils.put(
            member.id,
            covered,
            await free_mark(ctx.uow, ctx.veil, ctx.sender.platform, ctx.sender.external_id),
        ):
            pass  # another process gave them one just then
    return member, chat


async def _draw(ctx: Context, platform: Platform, language: str) -> str:
    """Return a name nobody goes by yet, as far as a few draws can tell."""
    name = pseudonyms.draw(language)
    for _ in range(_DRAWS):
        if await ctx.uow.members.find_named(platform, name) is None:
            break
        name = pseudonyms.draw(language)
    return name


def acting(
    ctx: Context, member: Member, chat: Chat, *, action: str | None = None, awaited: Expectation | None = None
) -> Context:
    """Return a Context in which a hidden contributor acts: nothing in it points at the person or the moment."""
    event, token = ctx.event, secrets.token_hex(_ID_BYTES)
    said = Event(
        update_id=token, kind=event.kind, platform=event.platform, chat=chat.external_id, chat_kind=ChatKind.PRIVATE,
        sender=Sender(member.external_id, member.name), at=shortly(ctx.now), message_id=token, text=event.text,
        word=event.word, rest=event.rest, is_command=event.is_command, action=action,
        press_id=token if event.press_id else "", awaited=awaited,
    )  # fmt: skip
    return replace(
        ctx,
        event=said,
        chat=chat,
        sender=member,
        now=shortly(ctx.now),
        answers_from=lately(ctx.now),
        toast="",
    )


async def is_behind(ctx: Context, member: Member) -> bool:
    """Tell whether the sender is the person behind an alias."""
    way = await ctx.uow.veils.find(member.id)
    return way is not None and is_way_to(way, ctx.sender, ctx.veil)


def is_way_to(way: Way, person: Member, veil: Veil) -> bool:
    """Tell whether an encrypted way leads to a person."""
    return (
        way.platform == str(person.platform)
        and veil.uncover(way.covered, scope_of(way.external_id)) == person.external_id
    )


def scope_of(external_id: str) -> str:
    """Return what the way back from an alias is bound to."""
    return f"way:{external_id}"


async def lead_to(ctx: Context) -> list[Way]:
    """List the ways that lead from aliases to the sender, oldest first, without a look at those of others."""
    ways: list[Way] = []
    for numbers in _windows():
        names = [_numbered(ctx.sender.platform, ctx.sender.external_id, number) for number in numbers]
        found = await ctx.uow.veils.list_marked([mark for name in names for mark in ctx.veil.marks(name)])
        ways += [way for way in found if is_way_to(way, ctx.sender, ctx.veil)]
        if len(found) < len(numbers):
            break
    return sorted(ways, key=lambda way: way.member_id)


async def free_mark(uow: UnitOfWork, veil: Veil, platform: Platform | str, person: str) -> str:
    """Return the keyed mark for the next alias of a person, by the platform's id."""
    for numbers in _windows():
        marks = [veil.mark(_numbered(platform, person, number)) for number in numbers]
        used = await uow.veils.list_used(marks)
        free = next((mark for mark in marks if mark not in used), "")
        if free:
            return free
    raise AssertionError("windows do not end")


def _windows() -> Iterator[range]:
    """Yield the numbers of somebody's aliases, twice as many each time: few people have more than one."""
    start, size = 0, _FIRST_WINDOW
    while True:
        yield range(start, start + size)
        start, size = start + size, size * 2


def _numbered(platform: Platform | str, person: str, number: int) -> str:
    return f"alias:{platform}:{person}:{number}"


async def whisper(
    ctx: Context, words: Text | Message, *, chat_id: int = 0, alias_id: int = 0, letters: Iterable[int] = ()
) -> str:
    """Answer where the event came from (or in another chat), encrypted until it leaves and forgotten once it has.

    `letters` are promises to an alias that it carries out once more. Returns the key of the promise.
    """
    message = words if isinstance(words, Message) else Message(text=words)
    key = f"{WHISPER}{secrets.token_hex(_ID_BYTES)}"
    numbers = ",".join(map(str, (alias_id, *letters)))
    covered = ctx.veil.cover(f"{numbers}\n{encode(message)}", key)
    await ctx.uow.veils.whisper(chat_id or ctx.chat.id, covered, key=key, now=lately(ctx.now))
    return key


def read_whisper(content: str) -> tuple[int, tuple[int, ...], Message]:
    """Return to which alias a whisper carries out which promises once more, if any, and what it says.

    **Errors**: ValueError.
    """
    numbers, _, message = content.rpartition("\n")
    alias_id, *letters = (int(each) for each in (numbers or "0").split(","))
    return alias_id, tuple(letters), decode(message)


async def grant(ctx: Context, member: Member) -> None:
    """Let the sender's next words, and the buttons of a sealed thread, be those of a hidden contributor for a while."""
    covered = ctx.veil.cover(str(member.id), _scope_of_pass(ctx))
    await ctx.uow.expectations.put(
        ctx.chat.id, ctx.sender.id, WORN, {"pass": covered}, shortly(ctx.now) + _PASS_FOR
    )


def read_pass(ctx: Context, data: dict[str, Any]) -> int | None:
    """Return the hidden contributor a pass of the sender names, None if it is no pass of theirs."""
    found = ctx.veil.uncover(str(data.get("pass", "")), _scope_of_pass(ctx))
    return int(found) if found is not None and found.isdecimal() else None


def _scope_of_pass(ctx: Context) -> str:
    return f"pass:{ctx.sender.platform}:{ctx.sender.external_id}"


async def allow(ctx: Context, what: str, most: int) -> bool:
    """Count what a person does in hiding today, under a mark that names nobody; False if it was enough."""
    home = await ctx.home_of(ctx.sender)
    day = ctx.now.astimezone(home.zone).date()
    mark = ctx.veil.mark(f"{what}:{ctx.sender.platform}:{ctx.sender.external_id}:{day}")
    return await ctx.uow.veils.spend(mark, most, ctx.now, _end_of_day(ctx.now))


async def forget_ways(ctx: Context) -> int:
    """Cut every way back to the sender, so that no key finds them any more; return how many there were."""
    cut = 0
    after = 0
    while ctx.veil.is_up and (ways := await ctx.uow.veils.list_after(after, _AT_ONCE)):
        for way in ways:
            if is_way_to(way, ctx.sender, ctx.veil):
                cut += await ctx.uow.veils.drop(way.member_id)
        after = ways[-1].member_id
    return cut


def dressed(rows: Iterable[tuple[Button, ...]], member_id: int) -> Iterable[tuple[Button, ...]]:
    """Yield rows of buttons that act for a hidden contributor; one too long to carry that is left out."""
    for row in rows:
        worn = [
            msgspec.structs.replace(button, action=f"{WORN}:{member_id}:{button.action}")
            if button.action and not button.action.startswith(f"{WORN}:")
            else button
            for button in row
        ]
        kept = tuple(button for button in worn if len(button.action.encode()) <= _LONGEST_ACTION)
        if kept:
            yield kept


def hides(member: Member) -> bool:
    """Tell whether a member is a hidden contributor: never ranked, titled or thanked in public."""
    return is_hidden(member.external_id)


def _end_of_day(now: datetime) -> datetime:
    """Return a moment that all marks of a day share, so that none says when it was made."""
    return datetime.combine(now.date(), datetime.min.time(), UTC) + timedelta(days=2)
