"""What happens when a ritual meets silence: three runs without one answer, and the admins are asked once."""

from __future__ import annotations

from rituals.base import Context
from storage.messages import Button, Message
from storage.records import ADMINS, Chat
from storage.runs import Run

ENOUGH = 3
"""So many runs in a row without an answer raise the question. **Source**: PRODUCT §2."""


async def note(run: Run, chat: Chat, people: int, ctx: Context) -> None:
    """Write into a closed run how many took part and for how long nobody has; ask the admins when it is time.

    The question comes up once a silence: only an answered run makes the next one possible. What staff
    started by hand (a /poll of their own) is no plan, and nobody is asked about it.
    """
    silent = 0
    if not people:
        earlier = await ctx.uow.runs.list_held(run, limit=1)
        silent = 1 + (int(earlier[0].data.get("silent", 0)) if earlier else 0)
    await ctx.uow.runs.change(run, data=run.data | {"people": people, "silent": silent})
    if silent != ENOUGH or ctx.plans.find(run.ritual, chat.id) is None:
        return
    for admin in await ctx.uow.members.list_staff(ADMINS):
        language = await ctx.language_of(admin)
        buttons = (
            Button(ctx.label(language, "ritual.keep"), action=f"ritual:keep:{run.ritual}:{chat.id}"),
            Button(ctx.label(language, "ritual.off"), action=f"ritual:off:{run.ritual}:{chat.id}"),
        )
        kind = ctx.label(language, f"rituals.kind.{run.kind}")
        text = ctx.say(
            language, "ritual.silent", ritual=run.ritual, kind=kind, group=chat.title, count=silent
        )
        key = f"run:{run.id}:silent:{admin.id}"
        await ctx.tell(admin, Message(text=text, buttons=(buttons,)), key=key, subject=f"run:{run.id}")
