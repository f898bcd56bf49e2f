"""Intent `facet`: what somebody who met it, or did not, says of themselves. Writes: resonances, expectations, outbox.

By a button, or as a number or the words themselves where it was asked in private.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.base import Context, Settings
from handlers.events import Event, EventKind, pressed
from handlers.matters import matter_of
from handlers.public_cards import refresh_cards
from handlers.resonance import FACET, expect_facet, facet_question, numbered, undo_button
from storage.messages import Message, Text
from storage.records import EVERYBODY, Feedback
from storage.resonances import Facet

NAME = FACET
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""

_ENDS = " 。.!！~～、)）"


@dataclass(frozen=True, slots=True)
class Answer:
    """Which facet of which feedback, and which choice; None: which of the facets differs is said only now."""

    feedback_id: int
    facet: int
    choice: int | None = None


def match(event: Event, settings: Settings) -> Answer | None:
    """Return the answer, None if it is something else. Pure."""
    arguments = pressed(event, NAME)
    if arguments is not None:
        numbers = [int(each) for each in arguments if each.isdecimal()]
        return Answer(*numbers) if len(numbers) == len(arguments) and len(numbers) in (2, 3) else None
    if event.kind is not EventKind.MESSAGE or event.awaited is None or event.awaited.intent != NAME:
        return None
    number, facet = event.awaited.data["feedback"], event.awaited.data["facet"]
    facets = settings.facets
    if facet is not None and facet >= len(facets):
        return None
    choices = [each.key for each in facets] if facet is None else list(facets[facet].choices)
    chosen = _chosen(event.text, choices)
    if chosen is None and facet is None:
        chosen = _named(event.text, facets)
    if chosen is None:
        return None
    return Answer(number, chosen) if facet is None else Answer(number, facet, chosen)


def _chosen(text: str, choices: list[str]) -> int | None:
    """Return which choice a text names, by its words or else its number. Pure."""
    said = text.strip(_ENDS).casefold()
    for index, choice in enumerate(choices):
        if said == choice.casefold():
            return index
    return int(said) - 1 if said.isdecimal() and 0 < int(said) <= len(choices) else None


def _named(text: str, facets: Sequence[Facet]) -> int | None:
    """Return which facet a text names in another language. Pure."""
    said = text.strip(_ENDS).casefold()
    for index, facet in enumerate(facets):
        if said in {each.name.casefold() for each in facet.translations}:
            return index
    return None


async def handle(event: Event, argument: Answer, ctx: Context) -> None:
    """Keep the answer with what the sender said and for next time; ask for the value where only the facet was named."""
    feedback = await ctx.uow.feedback.find(argument.feedback_id)
    facets = ctx.settings.facets
    matter = await matter_of(ctx, feedback) if feedback else None
    ids = [each.id for each in matter.feedback] if matter else []
    said = next(iter(await ctx.uow.resonances.list_of(ctx.sender.id, ids)), None)
    is_known = argument.facet < len(facets) and (argument.choice or 0) < len(facets[argument.facet].choices)
    if feedback is None or matter is None or said is None or not is_known:
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
        await _settle(ctx, ctx.say("facet.gone"))
        return
    if argument.choice is None:
        await _ask_value(ctx, feedback, argument.facet, is_me=said.is_me)
        return
    if event.awaited is not None or event.is_private:
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
    facet = facets[argument.facet]
    answer = facet.choices[argument.choice]
    await ctx.uow.resonances.remember(ctx.sender.id, facet.key, answer, ctx.now)
    await ctx.uow.resonances.put(
        said.feedback_id, ctx.sender.id, is_me=said.is_me, now=ctx.now, facet=facet.key, answer=answer
    )
    await _settle(ctx, ctx.say("facet.noted", answer=answer), feedback)
    await refresh_cards(ctx, matter)


async def _ask_value(ctx: Context, feedback: Feedback, index: int, *, is_me: bool) -> None:
    """Ask for the value of the facet that differs, in place of the former question."""
    message = facet_question(ctx, feedback, index, is_me=is_me)
    if not ctx.can(ctx.chat).buttons:
        message = Message(text=(*message.text, numbered(ctx.settings.facets[index])))
    await expect_facet(ctx, ctx.chat.id, feedback, index)
    await _replace(ctx, message)


async def _settle(ctx: Context, words: Text, feedback: Feedback | None = None) -> None:
    """Let the question become its answer, which still can be taken back."""
    buttons = ((undo_button(ctx, feedback),),) if feedback else ()
    await _replace(ctx, Message(text=words, buttons=buttons))


async def _replace(ctx: Context, message: Message) -> None:
    """Put a message in place of the pressed one where messages can be edited; say it anew elsewhere."""
    if not await ctx.replace(message):
        await ctx.reply(message)
