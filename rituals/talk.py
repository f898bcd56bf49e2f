"""Timer `talk_waits`: a member wrote back to who answered them, and hears nothing: silence is ours to break."""

from __future__ import annotations

from rituals import service, voices
from rituals.base import Context
from storage.messages import Button, Message
from storage.records import CLOSED
from storage.timers import Timer

KIND = "talk_waits"


async def remind(timer: Timer, ctx: Context) -> None:
    """Remind who is written to; the second time, ask whoever is next instead. Whatever was said since is an answer."""
    number = voices.number_of(timer.subject, "feedback")
    feedback = None if number is None else await ctx.uow.feedback.find(number)
    if feedback is None or feedback.status in CLOSED or feedback.version != timer.data["version"]:
        return
    carer = await ctx.uow.members.get(int(timer.data["carer"]))
    is_first = int(timer.data["step"]) == 1
    people = [carer] if is_first else await ctx.uow.service.list_next({carer.id})
    contributor = await ctx.uow.members.get(feedback.contributor_id)
    for member in people:
        language = await ctx.language_of(member)
        words = ctx.say(
            language, "talk.waits" if is_first else "talk.waits_longer", who=contributor.shown_name,
            number=feedback.id, quote=voices.quote(feedback, language, ctx), carer=carer.shown_name,
        )  # fmt: skip
        row = (
            Button(ctx.label(language, "step.reply"), action=f"reply:{feedback.id}:{feedback.version}"),
            Button(ctx.label(language, "service.show"), action=f"show:{feedback.id}"),
        )
        message = Message(text=words, buttons=(row,), about=f"#{feedback.id}")
        await service.call(member, message, ctx, key=f"{timer.key}:{member.id}", subject=timer.subject)
