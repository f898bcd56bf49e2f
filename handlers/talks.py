"""A talk in private between a member and the person who looks after what hurts them: words are carried, not read.

Used by the intents `talk` and `verify`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers import orders
from handlers.base import Context
from handlers.claims import WAITS, listen
from handlers.digressions import Digression, digression
from handlers.quotes import quote_of
from handlers.references import subject_of
from handlers.tags import clean
from handlers.wordings import is_half, opinion
from storage.messages import Button, Message, Quote
from storage.records import Feedback, Member, Verdict


@dataclass(frozen=True, slots=True)
class Said:
    """What they speak about, a feedback or words nobody tagged; `is_opening` while they only came in.

    `to_id` is who answered them last, 0 for whoever looks after it.
    """

    feedback_id: int = 0
    complaint_id: int = 0
    to_id: int = 0
    is_opening: bool = False


def read(data: Mapping[str, Any]) -> Said:
    """Return what is spoken about by what is awaited."""
    return Said(int(data.get("feedback", 0)), int(data.get("complaint", 0)), int(data.get("to", 0)))


async def take(ctx: Context, said: Said) -> None:
    """Let the member in, or carry their words to the person and listen on."""
    feedback = await ctx.uow.feedback.find(said.feedback_id) if said.feedback_id else None
    carer = await _carer(said, feedback, ctx)
    if carer is None:
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
        await ctx.reply(ctx.say("talk.not_yours"))
        return
    if said.is_opening:
        await listen(ctx, ctx.sender, _data(said))
        await ctx.reply(ctx.say("talk.opened", who=carer.address))
        return
    text = clean(ctx.event.text)
    if feedback is not None:
        await ctx.uow.feedback.add_attachments(feedback.id, ctx.event.attachments)
        if text:
            await ctx.uow.notes.add(feedback.id, ctx.sender.id, text, ctx.now)
    await _carry(ctx, carer, feedback, text)
    said_solved = opinion(text)
    is_over = said_solved is not None and said_solved[0] is Verdict.BETTER and not is_half(said_solved[1])
    if feedback is not None and digression(text) is not Digression.CHAT and not is_over:
        await _expect_answer(ctx, feedback, carer)
    await listen(ctx, ctx.sender, _data(said))
    await ctx.reply(ctx.say("talk.carried", who=carer.address))


async def _expect_answer(ctx: Context, feedback: Feedback, carer: Member) -> None:
    """Have the carer reminded, then whoever is next, unless this is answered in the time of a first reply."""
    subject, service = subject_of(feedback.id), ctx.settings.service
    await ctx.uow.timers.cancel(subject, WAITS)
    for step in (1, 2):
        span = step * service.first_reply
        data = {"step": step, "carer": carer.id, "version": feedback.version}
        key = f"{subject}:talk:{ctx.event.platform}:{ctx.event.update_id}:{step}"
        due = service.hours.add(ctx.now, span) or ctx.now + span
        await ctx.uow.timers.put(key, WAITS, due, subject=subject, data=data)


async def _carer(said: Said, feedback: Feedback | None, ctx: Context) -> Member | None:
    """Return who looks after it, if it is the sender's own."""
    owner_id: int | None = None
    if feedback is not None and feedback.contributor_id == ctx.sender.id:
        owner_id = said.to_id or feedback.owner_id
    elif said.complaint_id:
        complaint = await ctx.uow.complaints.find(said.complaint_id)
        if complaint is not None and complaint.member_id == ctx.sender.id:
            owner_id = complaint.claimed_by_id
    return None if owner_id is None else await ctx.uow.members.get(owner_id)


def _data(said: Said) -> dict[str, int]:
    if not said.feedback_id:
        return {"complaint": said.complaint_id}
    return {"feedback": said.feedback_id} | ({"to": said.to_id} if said.to_id else {})


async def _carry(ctx: Context, carer: Member, feedback: Feedback | None, text: str) -> None:
    language = await ctx.language_of(carer)
    private = await ctx.uow.outbox.private_chat(carer, timezone=ctx.chat.timezone, language=language)
    what = ctx.texts.plain(language, "talk.untagged")
    if feedback is not None:
        what = ctx.texts.plain(
            language, "verify.one_of", number=feedback.id, quote=quote_of(ctx, feedback, 24, language)
        )
    buttons: tuple[tuple[Button, ...], ...] = ()
    if feedback is not None:
        reply = Button(
            ctx.texts.plain(language, "step.reply"), action=f"reply:{feedback.id}:{feedback.version}"
        )
        buttons = ((reply,),)
    words = ctx.texts.text(
        language, "talk.heard", who=ctx.sender.address, what=what,
        text=(Quote(text[: orders.LONGEST]),) if text else ctx.texts.plain(language, "feedback.no_words"),
    )  # fmt: skip
    await ctx.uow.outbox.put(
        private.id, Message(text=words, buttons=buttons), key=f"talk:{ctx.event.platform}:{ctx.event.update_id}",
        now=ctx.now, subject=subject_of(feedback.id) if feedback else "", member_id=carer.id,
    )  # fmt: skip
