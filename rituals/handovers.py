"""Timer `handovers`: on the morning after a rung opened something or a discovery came, each KOS is told what waits."""

from __future__ import annotations

from datetime import timedelta

from rituals.base import Context
from storage.messages import Button, Message
from storage.records import Role
from storage.timers import Timer

_FRESH = timedelta(days=2)
_MOST = 50


async def remind(timer: Timer, ctx: Context) -> None:
    """Tell each KOS in one line what waits for a person, if anything still does."""
    handovers = await ctx.uow.ladder.count_open()
    found = len(await ctx.uow.discoveries.list_open(_MOST, since=ctx.now - _FRESH))
    if not handovers and not found:
        return
    staff = await ctx.uow.members.list_staff(frozenset({Role.KOS})) or await ctx.uow.members.list_staff()
    for kos in staff:
        language = await ctx.language_of(kos)
        lines = [
            ctx.label(language, text_id, count=count)
            for text_id, count in (("handovers.due", handovers), ("handovers.found", found))
            if count
        ]
        button = Button(ctx.label(language, "handovers.look"), action="award:waiting")
        words = ctx.say(language, "handovers.waiting", what=ctx.label(language, "list.comma").join(lines))
        await ctx.tell(kos, Message(text=words, buttons=((button,),)), key=f"{timer.key}:{kos.id}")
