"""Timer `begin`: a ritual that somebody wants now (`/poll`, `/ritual morning now`)."""

from __future__ import annotations

from datetime import timedelta

from rituals import running
from rituals.base import Context, RitualSettings
from rituals.schedule import Slot
from storage.messages import Message
from storage.records import Chat
from storage.runs import RunState
from storage.timers import Timer

OWN_POLL_LASTS = timedelta(hours=24)


async def begin(timer: Timer, ctx: Context) -> None:
    """Hold the ritual at once; if it cannot be, tell whoever asked for it."""
    chat = await ctx.uow.chats.get(int(timer.data["chat_id"]))
    name = str(timer.data.get("ritual", ""))
    is_own_poll = "question" in timer.data
    ritual = ctx.plans.find(name, chat.id)
    if is_own_poll:
        ritual = RitualSettings(name or "poll", "poll", cron="")
    if ritual is None:
        await _explain(timer, chat, "unknown", ctx)
        return
    day = ctx.now.astimezone(chat.zone).date()
    run = await running.hold(
        Slot(day, f"now:{timer.id}", ctx.now),
        chat.id,
        ritual,
        ctx,
        data={key: timer.data[key] for key in ("question", "options", "multiple", "by") if key in timer.data},
        closes_after=OWN_POLL_LASTS if is_own_poll else None,
        is_asked=True,
    )
    if run is not None and run.state is RunState.SKIPPED:
        await _explain(timer, chat, run.reason, ctx)


async def _explain(timer: Timer, chat: Chat, reason: str, ctx: Context) -> None:
    by = timer.data.get("by")
    if by is None:
        return
    asker = await ctx.uow.members.get(int(by))
    language = await ctx.language_of(asker)
    text = ctx.say(
        language, "ritual.not_held", group=chat.title, reason=ctx.label(language, f"ritual.reason.{reason}")
    )
    await ctx.tell(asker, Message(text=text), key=f"timer:{timer.id}:not_held", subject="")
