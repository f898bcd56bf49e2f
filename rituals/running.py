"""The life of a run: claimed, begun, finished, each in one transaction. Called by the clock and by `begin` timers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from rituals import COLLECTING, FOR_STAFF, RITUALS, quiet
from rituals.base import Context, RitualSettings, SkippedError
from rituals.budget import LEFT, why_silent
from rituals.schedule import Slot, closing
from storage.records import Chat, ChatState
from storage.runs import Run, RunState


async def hold(
    slot: Slot, chat_id: int, ritual: RitualSettings, ctx: Context, *, data: dict[str, Any] | None = None,
    closes_after: timedelta | None = None, is_asked: bool = False,
) -> Run | None:  # fmt: skip
    """Claim a Slot and begin its run; None when it was claimed before, by whatever process.

    A run that is held back is recorded as skipped, with the reason. `is_asked` says that a person wants
    it now: neither a pause nor the fatigue budget stands in the way.
    """
    chat = await ctx.uow.chats.get(chat_id)
    run = await ctx.uow.runs.claim(
        ritual=ritual.name, kind=ritual.kind, chat_id=chat.id, day=slot.day, slot=slot.slot, due=slot.due,
        closes_at=_closes_at(slot.due, ritual, chat, closes_after), data=data,
    )  # fmt: skip
    if run is None:
        return None
    try:
        async with ctx.uow.savepoint():
            await _refuse_silence(chat, ctx, is_asked=is_asked or ritual.kind in FOR_STAFF)
            await RITUALS[ritual.kind].begin(run, chat, ritual, ctx)
    except SkippedError as skipped:
        await ctx.uow.runs.change(run, state=str(RunState.SKIPPED), reason=skipped.reason)
        return replace(run, state=RunState.SKIPPED, reason=skipped.reason)
    if ritual.kind not in COLLECTING:
        await ctx.uow.runs.close(run.id)
    return await ctx.uow.runs.get(run.id)


async def skip(slot: Slot, chat_id: int, ritual: RitualSettings, reason: str, ctx: Context) -> bool:
    """Record a Slot as not held; False when it was claimed before."""
    run = await ctx.uow.runs.claim(
        ritual=ritual.name, kind=ritual.kind, chat_id=chat_id, day=slot.day, slot=slot.slot, due=slot.due,
        skip_reason=reason,
    )  # fmt: skip
    return run is not None


async def finish(run: Run, ctx: Context) -> bool:
    """Sum a run up and close it; False when it was closed before, by whatever process."""
    if not await ctx.uow.runs.close(run.id):
        return False
    run = await ctx.uow.runs.get(run.id)
    chat = await ctx.uow.chats.get(run.chat_id)
    ritual = ctx.plans.find(run.ritual, chat.id) or RitualSettings(run.ritual, run.kind, cron="")
    if chat.state is not ChatState.SERVED:
        await ctx.uow.runs.change(run, reason=LEFT)
        return True
    if run.kind not in COLLECTING:
        return True
    people = await COLLECTING[run.kind].finish(run, chat, ritual, ctx)
    await quiet.note(await ctx.uow.runs.get(run.id), chat, people, ctx)
    return True


def _closes_at(
    due: datetime, ritual: RitualSettings, chat: Chat, closes_after: timedelta | None
) -> datetime | None:
    if ritual.kind not in COLLECTING:
        return None
    if closes_after is not None:
        return due + closes_after
    window = ritual.window or COLLECTING[ritual.kind].WINDOW
    return closing(due, ritual.close or window, chat.zone)


async def _refuse_silence(chat: Chat, ctx: Context, *, is_asked: bool) -> None:
    """Let a run begin only where a group may hear it now. **Errors**: SkippedError."""
    reason = await why_silent(chat, ctx)
    if reason and not (is_asked and reason != LEFT):
        raise SkippedError(reason)
