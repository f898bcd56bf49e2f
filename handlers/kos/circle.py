"""Intent `circle`: who contributed most in ninety days, and who is invited to the core circle. Writes: circle, audit.

`/circle staff` is the board of staff: who closed loops. Neither counts a message.
"""

from __future__ import annotations

from dataclasses import dataclass

from handlers.asides import aside
from handlers.base import Context, Settings, UserError
from handlers.events import Event, EventKind, called, pressed
from handlers.signals import signal_words
from handlers.whom import find_named
from storage.boards import ranked
from storage.circle import Membership
from storage.honours import BOARD_DAYS, may_be_honoured
from storage.messages import Button, Message, Part, Strong, plain
from storage.records import STAFF, Member
from storage.seasons import season_of

NAME = "circle"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("circle", "核心圈")
EXAMPLE = "/circle"

_TOP = 10
_STAFF_WORDS = frozenset({"staff", "员工", "同事", "我们"})
_INVITE_WORDS = frozenset({"invite", "邀请"})
_STATES = {
    Membership.INVITED: "circle.invited",
    Membership.ACCEPTED: "circle.accepted",
    Membership.DECLINED: "circle.declined",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom to invite, by number or as written ("" is who was replied to); a board without either."""

    member_id: int | None = None
    whom: str | None = None
    is_staff: bool = False


def match(event: Event, settings: Settings) -> Asked | None:
    """Return what is asked, None if it is something else. Pure."""
    del settings
    arguments = pressed(event, NAME)
    if arguments is not None:
        return Asked(int(arguments[0])) if len(arguments) == 1 and arguments[0].isdecimal() else None
    rest = called(event, COMMANDS)
    if rest is None:
        return None
    verb, _, whom = rest.strip().partition(" ")
    if verb.casefold() in _INVITE_WORDS:
        return Asked(whom=whom.strip())
    return Asked(is_staff=verb.casefold() in _STAFF_WORDS)


async def handle(event: Event, argument: Asked, ctx: Context) -> None:
    """Show a board in private, or invite somebody."""
    if argument.whom is not None:
        member = await find_named(ctx, argument.whom, example=ctx.label("circle.example"))
        await _invite(event, member.id, ctx)
    elif argument.member_id is not None:
        await _invite(event, argument.member_id, ctx)
    else:
        await aside(ctx, await (_staff_board(ctx) if argument.is_staff else _board(ctx)))


async def _board(ctx: Context) -> Message:
    """Return the ten who contributed most, each with the signal of their reports and a button to invite them."""
    counts = await ctx.uow.boards.list_contributors(ctx.now - BOARD_DAYS, limit=_TOP)
    if not counts:
        return Message(text=ctx.say("circle.nobody"))
    ids = [member for member, _ in counts]
    people = await ctx.uow.members.list_by_id(ids)
    signals = await ctx.uow.boards.signals(ids)
    places = await ctx.uow.circle.list_by_id(ids)
    parts: list[Part] = [Strong(ctx.label("circle.head"))]
    row: list[Button] = []
    for standing in ranked(counts):
        member = people[standing.member_id]
        place = places.get(member.id)
        line = ctx.say(
            "circle.line_tied" if standing.is_tied else "circle.line", rank=standing.rank, who=member.address,
            count=standing.count, signal=signal_words(ctx, signals.get(member.id)),
        )  # fmt: skip
        parts += ["\n", *line]
        if place is not None:
            parts.append(ctx.label(_STATES[place.state]))
        if place is None or place.state is Membership.DECLINED:
            row.append(ctx.button("circle.invite", f"{NAME}:{member.id}", who=member.address))
    buttons = tuple(tuple(row[at : at + 2]) for at in range(0, len(row), 2))
    return Message(text=tuple(parts), buttons=buttons)


async def _staff_board(ctx: Context) -> Message:
    """Return who closed how many loops this season, ties stated."""
    season = season_of(ctx.now, ctx.settings.honours.season, ctx.chat.zone)
    counts = await ctx.uow.boards.list_closers(season.start, season.end, limit=_TOP)
    if not counts:
        return Message(text=ctx.say("circle.staff_nobody"))
    people = await ctx.uow.members.list_by_id([member for member, _ in counts])
    parts: list[Part] = [Strong(ctx.label("circle.staff_head"))]
    for standing in ranked(counts):
        text_id = "circle.staff_line_tied" if standing.is_tied else "circle.staff_line"
        who = people[standing.member_id].address
        parts += ["\n", *ctx.say(text_id, rank=standing.rank, who=who, count=standing.count)]
    return Message(text=tuple(parts))


async def _invite(event: Event, member_id: int, ctx: Context) -> None:
    """Ask somebody once whether they want to be in it; a colleague who was faster is named."""
    member = (await ctx.uow.members.list_by_id([member_id])).get(member_id)
    if member is None:
        raise UserError("circle.unknown")
    if member.role in STAFF:
        raise UserError("circle.staff", who=member.address)
    if not may_be_honoured(member):
        raise UserError("award.out", who=member.address)
    if await ctx.uow.circle.invite(member.id, ctx.sender.id, ctx.now):
        await _ask(member, ctx)
        await ctx.uow.audit.add(
            "circle.invite", by_id=ctx.sender.id, now=ctx.now, subject=f"member:{member.id}"
        )
        line = ctx.say("circle.asked", who=member.address)
    else:
        place = await ctx.uow.circle.find(member.id)
        by = await ctx.uow.members.get(place.by_id) if place else ctx.sender
        line = ctx.say("circle.asked_before", who=member.address, by=by.address)
    if event.kind is not EventKind.PRESS:
        await aside(ctx, line)
        return
    ctx.toast = plain(line)
    board = await _board(ctx)
    if not await ctx.replace(board):
        await aside(ctx, board)


async def _ask(member: Member, ctx: Context) -> None:
    language = await ctx.language_of(member)
    words = ctx.texts.text(
        language,
        "circle.question",
        who=member.address,
        by=ctx.sender.address,
        community=ctx.settings.community,
    )
    row = tuple(
        Button(ctx.texts.plain(language, text_id), action=f"circled:{said}")
        for text_id, said in (("circle.yes", "yes"), ("circle.no", "no"))
    )
    key = f"circle:{member.id}:{ctx.now:%Y-%m-%d}"
    await ctx.tell(member, Message(text=words, buttons=(row,)), key=key)
