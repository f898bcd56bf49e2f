"""Intent `award`: titles given, taken back and listed; discoveries chosen; what a rung opened, handed over.

Writes: titles, discoveries, handovers, audit, outbox.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers import awards, discoveries
from handlers.asides import aside
from handlers.base import Context, NotUnderstoodError, Settings, UserError
from handlers.events import Event, called, pressed
from handlers.hidden import hides
from handlers.honours import give, show_beside_name, tell_title, title_word
from handlers.tags import clean
from handlers.whom import find_named
from storage.records import STAFF, Member
from storage.titles import Honour

NAME = "award"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("award", "授予")
EXAMPLE = "/award @小雨 创意生活家 拿它当露营灯"

_REVOKE = frozenset({"revoke", "收回", "撤回", "取消"})
_LIST = frozenset({"list", "名单", "列表"})
_NUMBER = re.compile(r"[#＃]?(\d{1,15})", re.ASCII)
_LONGEST_REASON = 200
_LONGEST_NAME = 40
_WORDS = {
    Honour.ADVISER: ("品牌荣誉产品顾问", "荣誉产品顾问", "产品顾问", "顾问", "adviser", "advisor"),
    Honour.BEST_FIND: ("最佳发现", "发现", "find", "discovery"),
    Honour.HELPER: ("热心用户", "热心", "helper"),
    Honour.CREATIVE: ("创意生活家", "创意", "creative"),
}
_TITLE = re.compile(
    rf"(?<!\S)({'|'.join(sorted((n for names in _WORDS.values() for n in names), key=len, reverse=True))})"
    r"(?=$|[\s：:，,。.、])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Award:
    """Which title for whom (as written; "" is who was replied to) and why; or the title taken back."""

    whom: str
    honour: Honour
    reason: str = ""
    is_revoked: bool = False


@dataclass(frozen=True, slots=True)
class Tap:
    """A button: a discovery to choose or a thing to tick off, by its number."""

    what: str
    number: int


def match(event: Event, settings: Settings) -> Award | Tap | str | None:
    """Return the award, the tap, or the name of a list; None if it is something else. Pure."""
    del settings
    arguments = pressed(event, NAME)
    if arguments is not None:
        is_tap = len(arguments) == 2 and arguments[0] in ("find", "done") and arguments[1].isdecimal()
        return Tap(arguments[0], int(arguments[1])) if is_tap else "waiting"
    rest = called(event, COMMANDS)
    return None if rest is None else _read(rest)


def _read(rest: str) -> Award | str:
    """Read `[revoke] [whom] title [reason]`; without a title in it "" stands for "not understood"."""
    words = rest.split()
    if not words:
        return "waiting"
    if words[0].casefold() in _LIST:
        return "list"
    is_revoked = words[0].casefold() in _REVOKE
    words = words[1:] if is_revoked else words
    said = " ".join(words)
    found = _TITLE.search(said)
    whom = said[: found.start()].strip() if found else ""
    if found is None or len(whom) > _LONGEST_NAME:
        return ""
    honour = next(each for each, names in _WORDS.items() if found[1].casefold() in names)
    return Award(whom, honour, said[found.end() :].lstrip(" ：:，,。.、"), is_revoked)


async def handle(event: Event, argument: Award | Tap | str, ctx: Context) -> None:
    """Give or take back a title, or show what waits."""
    if isinstance(argument, Tap):
        await (_choose if argument.what == "find" else _hand_over)(argument.number, ctx)
    elif isinstance(argument, Award) and _is_find(argument, event):
        await _choose_said(event, ctx)
    elif isinstance(argument, Award):
        member = await _whom(argument.whom, ctx)
        await (_revoke if argument.is_revoked else _give)(argument, member, ctx)
    elif argument:
        await aside(ctx, await (awards.list_held(ctx) if argument == "list" else awards.waiting(ctx)))
    else:
        raise NotUnderstoodError("award.how", example=ctx.label("award.example"))
    del event


def _is_find(award: Award, event: Event) -> bool:
    """Tell whether a message that is replied to is to be the best find. Pure."""
    said = event.reply_to is not None and not event.reply_to.by_us
    return award.honour is Honour.BEST_FIND and not award.whom and not award.is_revoked and said


async def _choose_said(event: Event, ctx: Context) -> None:
    """Make a discovery of the message replied to, tagged or not, and choose it."""
    finder = await find_named(ctx, "", example=ctx.label("award.example"))
    if finder.role in STAFF:
        raise UserError("award.staff", who=finder.address)
    replied = event.reply_to
    discovery = None if replied is None else await discoveries.keep_said(ctx, finder, replied)
    if discovery is None or not await discoveries.choose(ctx, discovery, finder):
        raise UserError("award.chosen_before")
    await _record_choice(ctx, discovery.id)
    await aside(ctx, ctx.say("discovery.done", who=finder.address))


async def _record_choice(ctx: Context, number: int) -> None:
    await ctx.uow.audit.add(
        "discovery.choose", by_id=ctx.sender.id, now=ctx.now, subject=f"discovery:{number}"
    )


async def _whom(whom: str, ctx: Context) -> Member:
    """Return who is meant: somebody by name, who was replied to, or who said feedback of this number."""
    number = _NUMBER.fullmatch(whom)
    if number is None:
        alias = await ctx.uow.members.find_named(ctx.chat.platform, whom)
        if alias is not None and hides(alias):
            return alias  # to be told why it cannot be
        return await find_named(ctx, whom, example=ctx.label("award.example"))
    feedback = await ctx.uow.feedback.find(int(number[1]))
    if feedback is None:
        raise UserError("feedback.unknown", number=int(number[1]))
    if feedback.on_behalf_of:
        raise UserError("award.not_here", who=feedback.on_behalf_of)
    return await ctx.uow.members.get(feedback.contributor_id)


async def _give(award: Award, member: Member, ctx: Context) -> None:
    reason = clean(award.reason)[:_LONGEST_REASON]
    who, word = member.address, title_word(ctx, award.honour)
    if member.role in STAFF:
        raise UserError("award.staff", who=who)
    if hides(member):
        raise UserError("award.hidden")
    if not member.is_honoured:
        raise UserError("award.out", who=who)
    held = await ctx.uow.titles.find(member.id, award.honour)
    title = None if held else await give(ctx, member, award.honour, reason=reason, by_id=ctx.sender.id)
    if title is None:
        held = held or await ctx.uow.titles.find(member.id, award.honour)
        by = await ctx.uow.members.get(held.by_id) if held and held.by_id else None
        raise UserError(
            "award.held_by" if by else "award.held", who=who, title=word, by=by.address if by else ""
        )
    await ctx.uow.audit.add(
        "award.give",
        by_id=ctx.sender.id,
        now=ctx.now,
        subject=f"member:{member.id}",
        detail=str(award.honour),
    )
    text_id = "honours.given_for" if reason else "honours.given"
    await tell_title(ctx, member, title, text_id, reason=reason, by=ctx.sender.address)
    await awards.announce(ctx, member, title)
    await aside(ctx, ctx.say("award.done", who=who, title=word))


async def _revoke(award: Award, member: Member, ctx: Context) -> None:
    who, word = member.address, title_word(ctx, award.honour)
    if not await ctx.uow.titles.revoke(member.id, award.honour, ctx.now, ctx.sender.id):
        raise UserError("award.not_held", who=who, title=word)
    await ctx.uow.audit.add(
        "award.revoke",
        by_id=ctx.sender.id,
        now=ctx.now,
        subject=f"member:{member.id}",
        detail=str(award.honour),
    )
    await show_beside_name(ctx, member, had_one=True)
    await aside(ctx, ctx.say("award.revoked", who=who, title=word))


async def _choose(number: int, ctx: Context) -> None:
    discovery = await ctx.uow.discoveries.find(number)
    if discovery is None:
        raise UserError("discovery.unknown")
    finder = await ctx.uow.members.get(discovery.member_id)
    if await discoveries.choose(ctx, discovery, finder):
        await _record_choice(ctx, number)
        ctx.toast = ctx.label("discovery.done", who=finder.address)
    else:
        again = await ctx.uow.discoveries.find(number)
        by = await ctx.uow.members.get(again.chosen_by_id) if again and again.chosen_by_id else ctx.sender
        ctx.toast = ctx.label("discovery.taken", by=by.address)
    await _refresh(ctx)


async def _hand_over(number: int, ctx: Context) -> None:
    handover = await ctx.uow.ladder.find(number)
    if handover is None:
        raise UserError("handover.unknown")
    if await ctx.uow.ladder.hand_over(number, ctx.sender.id, ctx.now):
        member = await ctx.uow.members.get(handover.member_id)
        await ctx.uow.audit.add(
            "handover.done",
            by_id=ctx.sender.id,
            now=ctx.now,
            subject=f"member:{member.id}",
            detail=handover.unlock,
        )
        ctx.toast = ctx.label("handover.done", who=member.address)
    else:
        by = await ctx.uow.members.get(handover.done_by_id) if handover.done_by_id else ctx.sender
        ctx.toast = ctx.label("handover.taken", by=by.address)
    await _refresh(ctx)


async def _refresh(ctx: Context) -> None:
    """Bring the list whose button was pressed up to date, or show it anew where nothing can be edited."""
    message = await awards.waiting(ctx)
    if not await ctx.replace(message):
        await aside(ctx, message)
