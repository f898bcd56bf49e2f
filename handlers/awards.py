"""What staff see of honours: discoveries to choose from, things to hand over, titles that are held. Used by `award`."""

from __future__ import annotations

from datetime import timedelta

from handlers.base import Context, mention
from handlers.discoveries import quote_of_discovery
from handlers.honours import in_words, title_word
from storage.manners import after_quiet
from storage.messages import Button, Link, Message, Part, Strong
from storage.records import ChatState, Member
from storage.text.quotes import short_quote
from storage.titles import Title

DISCOVERIES_LAST = timedelta(days=90)
"""How long a discovery waits to be chosen; after that it is no longer offered."""

_LINES = 8  # of each list: a tap's width of buttons, and a message's length
_HELD = 20


async def waiting(ctx: Context) -> Message:
    """Return what waits for a person: discoveries to choose from and things to hand over, each with its button."""
    found = await ctx.uow.discoveries.list_open(_LINES, since=ctx.now - DISCOVERIES_LAST)
    due = await ctx.uow.ladder.list_open(_LINES)
    people = await ctx.uow.members.list_by_id({d.member_id for d in found} | {h.member_id for h in due})
    parts: list[Part] = []
    rows: list[tuple[Button, ...]] = []
    if found:
        parts.append(Strong(ctx.label("award.discoveries")))
        for each in found:
            who = people[each.member_id].address
            quote = quote_of_discovery(ctx, each)
            parts += [
                "\n",
                *ctx.say("award.discovery", who=who, quote=(Link(quote, each.link),) if each.link else quote),
            ]
            rows.append(
                (ctx.button("award.choose", f"award:find:{each.id}", who=who, quote=short_quote(quote, 10)),)
            )
    if due:
        total = await ctx.uow.ladder.count_open()
        parts += ["\n\n"] if parts else []
        parts.append(Strong(ctx.label("award.handovers", count=total)))
        for item in due:
            who, unlock = people[item.member_id].address, in_words(ctx, item.unlock, ctx.language)
            rung = in_words(ctx, item.rung, ctx.language)
            parts += ["\n", *ctx.say("award.handover", who=who, unlock=unlock, rung=rung)]
            rows.append((ctx.button("award.hand_over", f"award:done:{item.id}", who=who, unlock=unlock),))
    if not parts:
        return Message(text=ctx.say("award.nothing", example=ctx.label("award.example")))
    return Message(text=tuple(parts), buttons=tuple(rows))


async def list_held(ctx: Context) -> Message:
    """Return the newest titles that are held."""
    held = await ctx.uow.titles.list_newest(_HELD)
    if not held:
        return Message(text=ctx.say("award.nobody", example=ctx.label("award.example")))
    people = await ctx.uow.members.list_by_id({title.member_id for title in held})
    parts: list[Part] = [Strong(ctx.label("award.held_list"))]
    for title in held:
        day = ctx.texts.day(ctx.language, title.at.astimezone(ctx.chat.zone).date())
        who = people[title.member_id].address
        parts += ["\n", *ctx.say("award.held_line", who=who, title=title_word(ctx, title.kind), day=day)]
        if title.reason:
            parts += [" · ", title.reason]
    return Message(text=tuple(parts))


async def announce(ctx: Context, member: Member, title: Title) -> None:
    """Congratulate somebody in their group, if they may be named there."""
    wants_peace = member.wants_peace(ctx.now)
    if member.home_chat_id is None or not member.is_named or wants_peace:
        return
    chat = await ctx.uow.chats.get(member.home_chat_id)
    if chat.state is not ChatState.SERVED:
        return
    words = ctx.texts.text(
        chat.language, "award.group_for" if title.reason else "award.group", who=mention(member),
        title=title_word(ctx, title.kind, chat.language), reason=title.reason,
    )  # fmt: skip
    await ctx.uow.outbox.put(
        chat.id, Message(text=words), key=f"title:{title.id}:group", now=ctx.now,
        due=after_quiet(ctx.settings.manners, ctx.now, chat.zone), is_unprompted=True,
    )  # fmt: skip
