"""Intent `edit`: somebody changed a message of theirs. Writes: feedback, drafts, outbox."""

from __future__ import annotations

from handlers.base import Context, Settings
from handlers.capture import MOST_CHARACTERS, hear
from handlers.events import Event, EventKind
from handlers.tags import clean, find_tags, without_tags
from storage.hurts import hurts_late
from storage.records import EVERYBODY, Feedback, FeedbackClass, Status

NAME = "edit"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""


def match(event: Event, settings: Settings) -> tuple[str, ...] | None:
    """Return the tags of the edited text, None if nothing was edited. Pure."""
    return find_tags(event.text, settings.tags) if event.kind is EventKind.EDIT else None


async def handle(event: Event, argument: tuple[str, ...], ctx: Context) -> None:
    """Follow the edit: of a feedback, of a text that may become one, or of talk that now has a tag.

    A tag taken away changes nothing but the text: what was said stays said.
    """
    known = await ctx.uow.feedback.find_by_message(ctx.chat.id, event.message_id)
    if known is not None:
        await _reword(event, known, ctx)
    elif event.is_private and await ctx.uow.drafts.reword(ctx.chat.id, event.message_id, clean(event.text)):
        return
    elif (
        argument and not event.is_private
    ):  # nobody remembers what was said in hiding: it must not surface now
        await hear(ctx, event.text, argument)


async def _reword(event: Event, known: Feedback, ctx: Context) -> None:
    """Keep the former words as a version; guess anew as long as nobody confirmed the class."""
    text = clean(event.text)
    is_author = ctx.sender.id == known.contributor_id
    if not is_author or known.status is Status.WITHDRAWN or len(text) > MOST_CHARACTERS:
        return
    if not text or text == known.text:
        return
    await ctx.uow.feedback.edit_text(known, text, ctx.now)
    if known.is_guess:
        hint = ctx.settings.tags.get(known.tag) or None
        guess = ctx.triage.guess(without_tags(text, ctx.settings.tags), hint)
        await ctx.uow.feedback.amend(
            known.id,
            ctx.now,
            feedback_class=str(FeedbackClass(guess.kind)),
            urgent=guess.urgent,
            is_unsure=not guess.sure,
        )
        if guess.urgent and not (known.urgent or known.negative):
            await hurts_late(ctx.uow, known, ctx.now)
