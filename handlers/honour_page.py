"""A member's own page of honours: what they did, in words, and what it opened. Used by `me` and `start`."""

from __future__ import annotations

from handlers.base import Context
from handlers.honours import in_words, title_word
from storage.contributions import COUNTED, Credit
from storage.honours import rung_after, rung_at
from storage.messages import Message, Part, Text
from storage.records import STAFF

_DEEDS = {
    Credit.FIRST_REPORT: "me.first_report",
    Credit.VERIFICATION: "me.verification",
    Credit.USEFUL_DETAIL: "me.useful_detail",
    Credit.THANKED_ANSWER: "me.thanked_answer",
    Credit.DISCOVERY: "me.discovery",
    Credit.CONTEST_PLACE: "me.contest_place",
}


async def own_page(ctx: Context) -> Message:
    """Return the sender's page, with the button that takes them out of it all or back in."""
    counts = await ctx.uow.contributions.count(ctx.sender.id)
    deeds = [ctx.label(text_id, count=counts[kind]) for kind, text_id in _DEEDS.items() if counts.get(kind)]
    blocks: list[Text] = [ctx.say("me.head", who=ctx.sender.address)]
    if not ctx.sender.is_honoured:
        blocks.append(ctx.say("me.out"))
    else:
        blocks += await _titles(ctx)
    blocks.append(
        (ctx.label("me.deeds") + ctx.label("me.semicolon").join(deeds),) if deeds else ctx.say("me.nothing")
    )
    if ctx.sender.is_honoured and ctx.sender.role not in STAFF:
        blocks.append(_ladder(ctx, sum(count for kind, count in counts.items() if kind in COUNTED)))
    parts: list[Part] = []
    for block in blocks:
        parts += ["\n", *block] if parts else block
    wish = "out" if ctx.sender.is_honoured else "in"
    if not ctx.can(ctx.chat).buttons:
        return Message(text=(*parts, "\n", *ctx.say(f"me.how_{wish}")))
    button = ctx.button(f"me.wish_{wish}", f"me:{wish}")
    return Message(text=tuple(parts), buttons=((button,),))


async def _titles(ctx: Context) -> list[Text]:
    zone = (await ctx.home_of(ctx.sender)).zone
    held = [
        ctx.label(
            "me.title", title=title_word(ctx, title.kind),
            day=ctx.texts.day(ctx.language, title.at.astimezone(zone).date()),
        )
        for title in await ctx.uow.titles.list_of(ctx.sender.id)
    ]  # fmt: skip
    return [ctx.say("me.titles", titles=ctx.label("list.comma").join(held))] if held else []


def _ladder(ctx: Context, total: int) -> Text:
    """Say where somebody stands, what is open to them, and what comes next; without any hurry."""
    ladder = ctx.settings.honours.ladder
    now, following = rung_at(ladder, total), rung_after(ladder, total)
    opened = ctx.label("list.comma").join(
        in_words(ctx, unlock, ctx.language) for rung in ladder if rung.at <= total for unlock in rung.unlocks
    )
    name = in_words(ctx, now.name, ctx.language)
    words = ctx.say("me.rung_opens", rung=name, opened=opened) if opened else ctx.say("me.rung", rung=name)
    if following is None:
        return words
    next_name = in_words(ctx, following.name, ctx.language)
    return (*words, "\n", *ctx.say("me.next", rung=next_name, count=following.at - total))
