"""What happens when a timer comes due. `FOLLOWUPS` is the table of kinds; called by the clock.

Each looks first whether its reason still holds: a timer is a promise to look, not to speak.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from rituals import (
    alerts,
    asked,
    beta,
    checkin,
    handovers,
    immunity,
    packet,
    reach,
    recovery,
    report,
    retention,
    service,
    talk,
    verification,
    voices,
)
from rituals.alike import KIND as ALIKE
from rituals.alike import look as look_for_likeness
from rituals.base import Context, Followup
from rituals.forget import forget
from rituals.heard import heard
from storage.hurts import KIND as HURTS
from storage.messages import Message
from storage.records import ADMINS, OPEN
from storage.runs import RunState
from storage.service import CLOCK, SILENT
from storage.timers import Timer

_FORGOTTEN = timedelta(days=365 * 10)  # what rests longer has no end


async def refresh(timer: Timer, ctx: Context) -> None:
    """Bring the counter of an open check-in up to date."""
    number = voices.number_of(timer.subject, "run")
    run = None if number is None else await ctx.uow.runs.find(number)
    if run is not None and run.state is RunState.OPEN and run.kind == checkin.KIND:
        await checkin.refresh(run, await ctx.uow.chats.get(run.chat_id), ctx)


async def held(timer: Timer, ctx: Context) -> None:
    """Remind who looks after a feedback, or its topic, that the day has come on which to look at it again: once."""
    number = voices.number_of(timer.subject, "feedback")
    feedback = None if number is None else await ctx.uow.feedback.find(number)
    if feedback is None or feedback.status not in OPEN or feedback.held_until is None:
        return
    chat = await ctx.uow.chats.get(feedback.chat_id)
    if feedback.held_until > ctx.now.astimezone(chat.zone).date():
        return
    subject = timer.subject if feedback.topic_id is None else f"topic:{feedback.topic_id}"
    key = f"{subject}:held:{feedback.held_until}"
    await voices.tell_carers(feedback, "followup.held", ctx, key=key)


async def paused(timer: Timer, ctx: Context) -> None:
    """Ask the admins, once, whether a group that rests without an end was forgotten."""
    number = voices.number_of(timer.subject, "chat")
    chat = None if number is None else await ctx.uow.chats.get(number)
    if chat is None or chat.paused_until is None or chat.paused_until - ctx.now < _FORGOTTEN:
        return
    for admin in await ctx.uow.members.list_staff(ADMINS):
        text = ctx.say(await ctx.language_of(admin), "followup.paused", group=chat.title or chat.external_id)
        await ctx.tell(admin, Message(text=text), key=f"{timer.key}:{admin.id}")


async def year_unknown(timer: Timer, ctx: Context) -> None:
    """Tell the admins, once, that a year's make-up working days are not known yet."""
    year = int(timer.data["year"])
    if ctx.calendar.is_known(year):
        return
    for admin in await ctx.uow.members.list_staff(ADMINS):
        text = ctx.say(await ctx.language_of(admin), "followup.year_unknown", year=year)
        await ctx.tell(admin, Message(text=text), key=f"year_unknown:{year}:{admin.id}")


FOLLOWUPS: Mapping[str, Followup] = {
    ALIKE: look_for_likeness,
    "refresh": refresh,
    "begin": asked.begin,
    "verify_reminder": verification.remind,
    "unconfirmed": verification.give_up,
    "reach": reach.climb,
    "held": held,
    "heard": heard,
    HURTS: alerts.late,
    "complaint": alerts.complaint,
    "climb": alerts.climb,
    "forget_complaint": alerts.forget_complaint,
    "recovery": recovery.remind,
    "immunity": immunity.tell,
    "forget": forget,
    "retention": retention.sweep,
    "handovers": handovers.remind,
    "year_unknown": year_unknown,
    "paused": paused,
    CLOCK: service.climb,
    SILENT: service.silent,
    "strays": packet.strays,
    "beta": beta.remind,
    talk.KIND: talk.remind,
    report.TIMER: report.again,
}
