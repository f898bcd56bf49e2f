"""Timers of the question whether it is really better: one reminder, and what becomes of silence."""

from __future__ import annotations

from rituals import voices
from rituals.base import Context
from storage.messages import Button, Message
from storage.promises import DeliveryState
from storage.records import Change, Feedback, Status, Verdict
from storage.reports import is_about_service
from storage.timers import Timer
from storage.verdicts import OPINIONS, QUESTIONS

_NOT_THERE_YET = frozenset({DeliveryState.WAITING, DeliveryState.PENDING, DeliveryState.SENDING})
_WORDS = {
    Verdict.BETTER: "verdict.better",
    Verdict.STILL: "verdict.still",
    Verdict.CANNOT_TRY: "verdict.cannot_try",
}
_WORDS_OF_A_SERVICE = {
    Verdict.BETTER: "verdict.solved",
    Verdict.STILL: "verdict.not_solved",
    Verdict.CANNOT_TRY: "verdict.not_known",
}
_WORDS_OF_AN_ANSWER = {Verdict.BETTER: "verdict.solved", Verdict.STILL: "verdict.not_solved"}


async def remind(timer: Timer, ctx: Context) -> None:
    """Ask the contributor once more, unless they answered or our first message has not reached them yet.

    Who could not try it then (`again` in the timer) is asked again although they answered.
    """
    asked = await _still_asking(timer, ctx)
    if asked is None:
        return
    feedback, change = asked
    member = await ctx.uow.members.get(int(timer.data["member"]))
    again = bool(timer.data.get("again", False))
    verdict = await ctx.uow.verdicts.find(change.id, member.id)
    if verdict is not None and not (again and verdict is Verdict.CANNOT_TRY):
        return
    key = f"{timer.subject}:change:{change.id}"
    echo = await ctx.uow.promises.find(f"{key}:member:{member.id}")
    if echo is not None and echo.state in _NOT_THERE_YET:
        return
    language = await ctx.language_of(member)
    text_id, words = "followup.reminder", _WORDS
    if change.after is Status.ANSWERED:
        text_id, words = "followup.reminder_answer", _WORDS_OF_AN_ANSWER
    elif is_about_service(feedback):
        text_id, words = "followup.reminder_service", _WORDS_OF_A_SERVICE
    message = Message(
        text=ctx.say(
            language,
            text_id,
            who=member.address,
            quote=voices.quote(feedback, language, ctx),
        ),
        buttons=(
            tuple(
                Button(
                    ctx.label(language, text_id),
                    action=f"verify:{feedback.id}:{change.id}:{verdict}",
                    opinion=OPINIONS.get(verdict, ""),
                )
                for verdict, text_id in words.items()
            ),
        ),
        about=f"#{feedback.id}",
    )
    await ctx.tell(member, message, key=f"{key}:reminder{':again' if again else ''}", subject=timer.subject)


async def give_up(timer: Timer, ctx: Context) -> None:
    """Let a feedback that nobody confirmed become UNCONFIRMED, and tell who looks after it in one line."""
    asked = await _still_asking(timer, ctx)
    if asked is None:
        return
    feedback, change = asked
    await ctx.uow.feedback.change(feedback, Status.UNCONFIRMED, by_id=None, note="", now=ctx.now)
    await ctx.uow.timers.cancel(timer.subject, "verify_reminder")
    contributor = await ctx.uow.members.get(feedback.contributor_id)
    await voices.tell_carers(
        feedback, "followup.unconfirmed", ctx, key=f"{timer.subject}:change:{change.id}:unconfirmed",
        who=contributor.shown_name, days=(ctx.now - change.at).days,
    )  # fmt: skip


async def _still_asking(timer: Timer, ctx: Context) -> tuple[Feedback, Change] | None:
    """Return the feedback and the change the timer is about, None if something happened since."""
    number = voices.number_of(timer.subject, "feedback")
    feedback = None if number is None else await ctx.uow.feedback.find(number)
    if feedback is None or feedback.status not in QUESTIONS:
        return None
    asked = await ctx.uow.verdicts.find_question(feedback.id)
    return (feedback, asked) if asked is not None and asked.id == timer.data.get("change") else None
