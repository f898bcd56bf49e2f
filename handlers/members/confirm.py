"""Intent `confirm`: a private text may be feedback; its author says so. Writes: drafts, feedback, expectations, outbox.

Last in the routing table: it takes every private message that nothing else understood.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from handlers.base import Context, Settings, UserError
from handlers.capture import (
    NO,
    YES,
    Voice,
    examine,
    offer,
    over_limit,
    question_key,
    receipt,
    record,
)
from handlers.digressions import asks_for_somebody
from handlers.events import Event, EventKind, pressed
from handlers.facts import ask_on
from handlers.references import subject_of
from handlers.tags import find_tags
from storage.expectations import Expectation
from storage.messages import Message, Text
from storage.records import EVERYBODY, FeedbackClass

NAME = "confirm"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""

_ENDS = " \t\n。.!！~～,，"


class Answer(enum.StrEnum):
    """What its author says of a text."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Talk:
    """A private message: an answer to our question about a message, or new words."""

    message_id: str = ""
    answer: Answer | None = None


def match(event: Event, settings: Settings) -> Talk | None:
    """Return the answer or the new words, None if it was not said in private. Pure."""
    del settings
    arguments = pressed(event, NAME)
    if arguments is not None:
        *message_id, answer = arguments
        return Talk(":".join(message_id), Answer.YES if answer == Answer.YES else Answer.NO)
    if event.kind is not EventKind.MESSAGE or not event.is_private or event.is_command:
        return None
    if event.awaited is not None and (asked := _asked(event.awaited)):
        said = event.text.strip(_ENDS).casefold()
        if said in YES or said in NO:
            return Talk(asked, Answer.YES if said in YES else Answer.NO)
    return Talk()


def _asked(awaited: Expectation) -> str:
    """Return the message we asked about, alone or while another question of ours stands; empty if none."""
    return str(awaited.data.get("message_id" if awaited.intent == NAME else "offered", ""))


async def handle(event: Event, argument: Talk, ctx: Context) -> None:
    """Ask about new words; keep or forget those that were answered for."""
    del event
    if argument.answer is None:
        await offer(ctx)
        return
    await _settle_draft(argument, ctx)
    asked = await ctx.uow.expectations.find(ctx.chat.id, ctx.sender.id, ctx.now)
    if asked is not None and asked.data.get("offered") == argument.message_id:
        await ask_on(ctx, asked)


async def _settle_draft(argument: Talk, ctx: Context) -> None:
    """Keep or forget the words, and say so."""
    draft = await ctx.uow.drafts.take(ctx.chat.id, ctx.sender.id, argument.message_id, ctx.now)
    if draft is None:
        ctx.toast = ctx.label("confirm.gone")
        return
    asked = await ctx.uow.expectations.find(ctx.chat.id, ctx.sender.id, ctx.now)
    if asked is not None and asked.intent == NAME and asked.data["message_id"] == draft.message_id:
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
    if argument.answer is Answer.NO:
        await _settle(ctx, draft.message_id, ctx.say("confirm.not_kept"))
        ctx.toast = ctx.label("confirm.not_kept")
        return
    tags = find_tags(draft.text, ctx.settings.tags)
    voice = Voice(draft.message_id, draft.text, tags, draft.attachments, draft.album, draft.link)
    refusal: UserError | None = examine(ctx, voice) or await over_limit(ctx)
    if refusal is not None:
        raise refusal
    asks = asks_for_somebody(voice.text)
    kind = FeedbackClass.SERVICE if asks else None  # they said themselves that they want an answer
    feedback = await record(ctx, voice, ctx.sender, feedback_class=kind)
    if feedback is None:
        ctx.toast = ctx.label("confirm.gone")
        return
    words = await receipt(ctx, feedback, text_id="capture.asked" if asks else "")
    await _settle(ctx, draft.message_id, words, subject=subject_of(feedback.id))
    ctx.toast = ctx.label("confirm.asked" if asks else "confirm.kept", number=feedback.id)


async def _settle(ctx: Context, message_id: str, words: Text, *, subject: str = "") -> None:
    """Let our question become its answer where messages can be edited; say it anew elsewhere."""
    question = await ctx.uow.promises.find(question_key(ctx.chat.id, message_id))
    if question is not None and ctx.event.kind is EventKind.PRESS and ctx.can(ctx.chat).edits:
        await ctx.uow.outbox.edit(question.key, Message(text=words), now=ctx.now)
    else:
        await ctx.reply(words, subject=subject)
