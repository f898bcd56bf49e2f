"""Timer `recovery`: a week after something negative was verified, whoever looked after it is reminded to call back."""

from __future__ import annotations

from rituals import service, voices
from rituals.base import Context
from storage.messages import Button, Message
from storage.records import Status
from storage.timers import Timer


async def remind(timer: Timer, ctx: Context) -> None:
    """Remind them, unless it was reopened, called back already, or verified anew since."""
    number = voices.number_of(timer.subject, "feedback")
    feedback = None if number is None else await ctx.uow.feedback.find(number)
    if feedback is None or feedback.status is not Status.VERIFIED or not feedback.negative:
        return
    recovery = await ctx.uow.recoveries.find(feedback.id)
    if recovery is None or recovery.called_by_id is not None:
        return
    if recovery.verified_at + ctx.settings.complaints.call_back_after > ctx.now:
        return
    contributor = await ctx.uow.members.get(feedback.contributor_id)
    for carer in await voices.carers(feedback, ctx):
        language = await ctx.language_of(carer)
        words = ctx.say(
            language, "recovery.remind", number=feedback.id, who=feedback.on_behalf_of or contributor.shown_name,
            quote=voices.quote(feedback, language, ctx), days=(ctx.now - recovery.verified_at).days,
        )  # fmt: skip
        buttons = (
            Button(ctx.label(language, "recovery.called"), action=f"recovery:{feedback.id}"),
            Button(ctx.label(language, "alert.show"), action=f"show:{feedback.id}"),
        )
        await service.call(
            carer, Message(text=words, buttons=(buttons,), about=f"#{feedback.id}"), ctx,
            key=f"{timer.key}:{carer.id}", subject=timer.subject, is_urgent=False,
        )  # fmt: skip
