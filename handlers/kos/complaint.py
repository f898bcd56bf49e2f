"""Intent `complaint`: staff look at untagged words that hurt: take them up, keep them, or let them be.

Writes: complaints, feedback, audit, timers, outbox.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, replace

from handlers.asides import aside
from handlers.base import Context, Settings, UserError
from handlers.capture import NOTED, Voice, record
from handlers.cards import card
from handlers.claims import close_alerts, take_up_complaint
from handlers.events import Event, pressed
from handlers.references import subject_of
from storage.complaints import Complaint
from storage.messages import Button, Message, decode
from storage.records import STAFF

NAME = "complaint"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""
_ID = re.compile(r"\d{1,15}", re.ASCII)


class Step(enum.StrEnum):
    """What to do with the words."""

    CLAIM = "claim"  # speak to them
    KEEP = "keep"  # capture it as their feedback
    DROP = "drop"  # it was none


@dataclass(frozen=True, slots=True)
class Wish:
    """Which words, and what to do."""

    complaint_id: int
    step: Step


def match(event: Event, settings: Settings) -> Wish | None:
    """Return the wish, None if it is something else. Pure."""
    del settings
    arguments = pressed(event, NAME)
    if arguments is None or len(arguments) != 2 or arguments[0] not in set(Step):
        return None
    return Wish(int(arguments[1]), Step(arguments[0])) if _ID.fullmatch(arguments[1]) else None


async def handle(event: Event, argument: Wish, ctx: Context) -> None:
    """Do it once; who comes second is told what became of it."""
    del event
    complaint = await ctx.uow.complaints.find(argument.complaint_id)
    if complaint is None:
        raise UserError("complaint.gone")
    if complaint.feedback_id is not None:
        raise UserError("complaint.kept_before", number=complaint.feedback_id)
    if not complaint.text:
        raise UserError("complaint.gone")
    if argument.step is Step.CLAIM:
        await _claim(ctx, complaint)
    elif argument.step is Step.KEEP:
        await _keep(ctx, complaint)
    else:
        await _drop(ctx, complaint)


async def _claim(ctx: Context, complaint: Complaint) -> None:
    if not await ctx.uow.complaints.claim(complaint.id, ctx.sender.id):
        fresh = await ctx.uow.complaints.find(complaint.id)
        owner_id = (fresh.claimed_by_id if fresh else None) or ctx.sender.id
        if owner_id == ctx.sender.id:
            raise UserError("complaint.yours")
        raise UserError("complaint.taken", who=(await ctx.uow.members.get(owner_id)).address)
    await _audit(ctx, complaint, "claim")
    await take_up_complaint(ctx, complaint)
    ctx.toast = ctx.label("complaint.claimed")
    keep = Button(ctx.label("alert.keep"), action=f"{NAME}:{Step.KEEP}:{complaint.id}")
    await _reword(ctx, ctx.label("complaint.claimed"), ((keep,),))


async def _keep(ctx: Context, complaint: Complaint) -> None:
    """Capture the words as their author's feedback, where they were said."""
    group = await ctx.uow.chats.get(complaint.chat_id)
    author = await ctx.uow.members.get(complaint.member_id)
    known = await ctx.uow.feedback.find_by_message(group.id, complaint.message_id)
    there = replace(ctx, chat=group)
    voice = Voice(complaint.message_id, complaint.text, link=complaint.link)
    feedback = known or await record(there, voice, author)
    if feedback is None:
        raise UserError("complaint.gone")
    await ctx.uow.complaints.link_feedback(complaint.id, feedback.id)
    await ctx.uow.timers.cancel(complaint.subject)
    if not feedback.negative:  # a person has said that it hurts
        await ctx.uow.feedback.amend(feedback.id, ctx.now, negative=True)
    if complaint.claimed_by_id is not None and feedback.owner_id is None:
        await ctx.uow.feedback.take(feedback.id, complaint.claimed_by_id, ctx.now)
    feedback = await ctx.uow.feedback.get(feedback.id)
    await _audit(ctx, complaint, "keep", subject_of(feedback.id))
    if ctx.can(group).reactions:
        key = f"react:{complaint.subject}"
        await ctx.uow.outbox.react(group.id, complaint.message_id, NOTED, key=key, now=ctx.now)
    await close_alerts(ctx, complaint.subject, text_id="complaint.kept_by")
    ctx.toast = ctx.label("complaint.kept", number=feedback.id)
    await _reword(ctx, ctx.label("complaint.kept", number=feedback.id), ())
    await aside(ctx, await card(ctx, feedback), subject=subject_of(feedback.id))


async def _drop(ctx: Context, complaint: Complaint) -> None:
    """Forget the words at once, everywhere."""
    await _audit(ctx, complaint, "drop")
    await ctx.uow.complaints.forget(complaint.id)
    await ctx.uow.timers.cancel(complaint.subject)
    await close_alerts(ctx, complaint.subject, text_id="complaint.dropped_by", keeps_words=False)
    await ctx.uow.retractions.blank(complaint.subject)
    ctx.toast = ctx.label("complaint.dropped")
    await _reword(ctx, ctx.label("complaint.dropped"), (), keeps_words=False)


async def _audit(ctx: Context, complaint: Complaint, step: str, detail: str = "") -> None:
    await ctx.uow.audit.add(
        f"complaint.{step}", by_id=ctx.sender.id, now=ctx.now, subject=complaint.subject, detail=detail
    )


async def _reword(
    ctx: Context, line: str, buttons: tuple[tuple[Button, ...], ...], *, keeps_words: bool = True
) -> None:
    """Let the pressed alert end in what was done; where nothing can be edited, the toast has said it."""
    shown = await ctx.pressed()
    if shown is None:
        if not keeps_words:
            return
        await ctx.reply(Message(text=(line,), buttons=buttons))
        return
    text = (*decode(shown.content).text, "\n", line) if keeps_words else (line,)
    await ctx.uow.outbox.edit(shown.key, Message(text=text, buttons=buttons), now=ctx.now)
