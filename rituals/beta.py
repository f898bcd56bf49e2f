"""Timer `beta`: who said they would try a change first, and has said nothing since, is asked once how it went."""

from __future__ import annotations

from rituals import voices
from rituals.base import Context
from storage.betas import TrialState
from storage.messages import Button, Message
from storage.records import CLOSED, Verdict
from storage.timers import Timer
from storage.verdicts import ASKED

_WORDS = {
    Verdict.BETTER: "verdict.better",
    Verdict.STILL: "verdict.still",
    Verdict.CANNOT_TRY: "verdict.cannot_try",
}


async def remind(timer: Timer, ctx: Context) -> None:
    """Ask those who are still trying, unless the matter is over."""
    number = voices.number_of(timer.subject, "beta")
    beta = None if number is None else await ctx.uow.betas.find(number)
    feedback = None if beta is None else await ctx.uow.feedback.find(beta.feedback_id)
    if beta is None or feedback is None or feedback.status in CLOSED | ASKED:
        return  # what is out is asked about with everybody
    trials = await ctx.uow.betas.list_trials(beta.id)
    trying = {
        trial.member_id for trial in trials if trial.state is TrialState.TRYING and trial.verdict is None
    }
    for member in (await ctx.uow.members.list_by_id(trying)).values():
        language = await ctx.language_of(member)
        words = ctx.say(language, "beta.remind", who=member.address, text=beta.text)
        row = tuple(
            Button(ctx.label(language, text_id), action=f"trial:{beta.id}:{verdict}")
            for verdict, text_id in _WORDS.items()
        )
        message = Message(text=words, buttons=(row,), about=f"#{feedback.id}")
        await ctx.tell(member, message, key=f"{timer.key}:{member.id}", subject=f"feedback:{feedback.id}")
