"""How somebody says that they met it too, or did not: counted once, subscribed, asked for one facet, undone in a tap.

Used by handlers/members/resonate.py, facet.py and whoever offers what may be the same thing.
"""

from __future__ import annotations

from datetime import timedelta

from handlers.base import Context
from handlers.events import EventKind
from handlers.matters import Matter, matter_of
from handlers.public_cards import refresh_cards, title_of
from handlers.statuses import status_word
from storage.messages import Button, Message, Text
from storage.records import ChatKind, Feedback, Status
from storage.resonances import Facet, Resonance

FACET = "facet"  # the intent that takes the answers
_OVER = frozenset({Status.VERIFIED, Status.WITHDRAWN})
_ANSWER_WITHIN = timedelta(hours=24)
_ACROSS = 3  # choices side by side
_NOD = "👌"


async def resonate(
    ctx: Context, feedback: Feedback, *, is_me: bool, takes_back_after: timedelta | None = None
) -> bool:
    """Write down what the sender says of a feedback, subscribe who met it, ask the one facet; False if refused.

    Said again `takes_back_after` the first time it is taken back: a button is pressed once more for that.
    """
    matter = await matter_of(ctx, feedback)
    if any(f.contributor_id == ctx.sender.id and not f.on_behalf_of for f in matter.feedback):
        await _answer(ctx, "resonate.own", matter)
        return False
    if feedback.status in _OVER:
        await _answer(ctx, "resonate.over", matter, status=status_word(ctx, feedback.status))
        return False
    former = next(iter(await _said(ctx, matter)), None)
    if former is not None and former.is_me is is_me:
        if takes_back_after is not None and ctx.now - former.at > takes_back_after:
            await take_back(ctx, feedback)
        else:
            await _answer(ctx, "resonate.again_me" if is_me else "resonate.again_not", matter)
        return True
    about = former.feedback_id if former else feedback.id
    facets = ctx.settings.facets
    known = await ctx.uow.resonances.recall(ctx.sender.id, facets[0].key) if facets else ""
    await ctx.uow.resonances.put(
        about, ctx.sender.id, is_me=is_me, now=ctx.now, facet=facets[0].key if known else "", answer=known,
        through_topic_id=matter.topic.id if matter.topic else None,
    )  # fmt: skip
    if is_me:
        await ctx.uow.followers.add(about, ctx.sender.id, ctx.now)
    elif former is not None:
        await ctx.uow.resonances.unsubscribe(former)
    await _answer(ctx, "resonate.done_me" if is_me else "resonate.done_not", matter)
    if facets and (not known or not is_me):
        await _ask(ctx, matter, is_me=is_me, needs_choice=not is_me and len(facets) > 1)
    if matter.topic is not None:
        await ctx.uow.topics.touch(matter.topic.id, ctx.now)
    await refresh_cards(ctx, matter)
    return True


async def take_back(ctx: Context, feedback: Feedback) -> None:
    """Forget what the sender said of a feedback or its topic, and no longer tell them of it."""
    matter = await matter_of(ctx, feedback)
    said = await _said(ctx, matter)
    for each in said:
        await ctx.uow.resonances.unsubscribe(each)
        await ctx.uow.resonances.drop(each.feedback_id, ctx.sender.id)
    await _answer(ctx, "resonate.undone" if said else "resonate.nothing", matter)
    if said:
        await refresh_cards(ctx, matter)


async def _said(ctx: Context, matter: Matter) -> list[Resonance]:
    ids = [feedback.id for feedback in matter.feedback]
    return await ctx.uow.resonances.list_of(ctx.sender.id, ids)


def undo_button(ctx: Context, feedback: Feedback) -> Button:
    """Return the one tap that takes it back."""
    return ctx.button("resonate.undo", f"resonate:{feedback.id}:undo")


def facet_question(ctx: Context, feedback: Feedback, index: int, *, is_me: bool) -> Message:
    """Return the question for one facet: a button a choice, and numbers where there are no buttons."""
    facet = ctx.settings.facets[index]
    buttons = [
        Button(choice, action=f"{FACET}:{feedback.id}:{index}:{number}")
        for number, choice in enumerate(facet.choices)
    ]
    rows = [tuple(buttons[start : start + _ACROSS]) for start in range(0, len(buttons), _ACROSS)]
    text = ctx.say(
        "resonate.ask_me" if is_me else "resonate.ask_not", question=facet.question_in(ctx.language)
    )
    return Message(text=text, buttons=(*rows, (undo_button(ctx, feedback),)))


def numbered(facet: Facet) -> str:
    """Return the choices as lines to answer with a number."""
    return "".join(f"\n{number}. {choice}" for number, choice in enumerate(facet.choices, 1))


async def _ask(ctx: Context, matter: Matter, *, is_me: bool, needs_choice: bool) -> None:
    """Ask in private for the one facet that matters, or first which of them differs; who cannot be reached is not."""
    feedback = matter.named
    private = await ctx.own_chat()
    if not (ctx.event.is_private or ctx.sender.reachable or ctx.can(private).reaches_first):
        return
    if needs_choice:
        row = tuple(
            Button(facet.name_in(ctx.language), action=f"{FACET}:{feedback.id}:{index}")
            for index, facet in enumerate(ctx.settings.facets)
        )
        message = Message(text=ctx.say("resonate.which"), buttons=(row, (undo_button(ctx, feedback),)))
    else:
        message = facet_question(ctx, feedback, 0, is_me=is_me)
    if not ctx.can(private).buttons:
        facets = ctx.settings.facets
        facet = Facet("", "", tuple(f.name_in(ctx.language) for f in facets)) if needs_choice else facets[0]
        message = Message(text=(*message.text, numbered(facet)))
    await expect_facet(ctx, private.id, feedback, None if needs_choice else 0)
    key = f"facet:{feedback.id}:{ctx.sender.id}:{'me' if is_me else 'not'}:{ctx.event.update_id}"
    await ctx.uow.outbox.put(private.id, message, key=key, now=ctx.now, member_id=ctx.sender.id)


async def expect_facet(ctx: Context, private_id: int, feedback: Feedback, index: int | None) -> None:
    """Let the answer be typed as well, unless something else is awaited of the member there."""
    awaited = await ctx.uow.expectations.find(private_id, ctx.sender.id, ctx.now)
    if awaited is None or awaited.intent == FACET:
        data = {"feedback": feedback.id, "facet": index}
        await ctx.uow.expectations.put(private_id, ctx.sender.id, FACET, data, ctx.now + _ANSWER_WITHIN)


async def _answer(ctx: Context, text_id: str, matter: Matter, **params: str) -> None:
    """Answer a tap in its toast, words with one reaction or one line."""
    name = matter.topic.name if matter.topic else f"#{matter.named.id}"
    origin = await ctx.uow.chats.get(matter.named.chat_id)
    words = {"name": name, "title": title_of(ctx, matter, origin) or name, **params}
    if ctx.event.kind is EventKind.PRESS:
        ctx.toast = ctx.label(text_id, **words)
        return
    line: Text = ctx.say(text_id, **words)
    if text_id.startswith("resonate.done") and ctx.chat.kind is ChatKind.GROUP:
        await ctx.acknowledge(_NOD, line)
    else:
        await ctx.reply(line)
