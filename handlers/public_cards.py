"""The card a group sees: a member's words or a topic's title, how many met it, two buttons. Used by whoever resonates.

It is posted when staff ask for it, or once by itself when several joined in and the group's budget allows; from then
on it is edited in place, or one line says so now and then where nothing can be edited.
"""

from __future__ import annotations

import re

from handlers.base import Context
from handlers.matters import Matter
from handlers.quotes import quote_of
from handlers.references import subject_of
from storage.manners import is_quiet
from storage.messages import Button, Message, Quote, decode
from storage.records import OPEN, Chat, ChatKind, ChatState, Feedback, Status
from storage.resonances import Spread
from storage.suppression import is_shown

JOINED_IN = 2
"""How many others must say that they met it before a card shows by itself: one might be chance."""

SAID_AT = frozenset({5, 10, 20, 50, 100, 200, 500, 1000})
"""At how many people a line says so where no card can be edited: rarely, and ever more rarely."""

_QUOTED = 60
_MOST_OF = 0.6  # from this share on, a facet's answer is what most of them say
_NUMBERS = re.compile(r"\D*(\d+(?:\.\d+)*)\D*")


def is_public(feedback: Feedback, chat: Chat) -> bool:
    """Tell whether a group may see these words again: said in it by somebody who is known, and not taken back."""
    is_said_here = chat.kind is ChatKind.GROUP and feedback.chat_id == chat.id
    return is_said_here and feedback.is_open_voice and feedback.status is not Status.WITHDRAWN


def title_of(ctx: Context, matter: Matter, chat: Chat) -> str:
    """Return what a group calls it: the topic's title, else the words said there first; empty if there are none."""
    if matter.topic is not None and matter.topic.title:
        return matter.topic.title
    shown = (f for f in (matter.named, *matter.feedback) if is_public(f, chat))
    voice = next(shown, None)
    return quote_of(ctx, voice, _QUOTED) if voice else ""


async def spread_of(ctx: Context, matter: Matter) -> Spread:
    """Return who met it and who did not."""
    ids = [feedback.id for feedback in matter.feedback]
    return await ctx.uow.resonances.count_(ids, matter.topic.id if matter.topic else None)


def spread_line(ctx: Context, language: str, spread: Spread) -> str:
    """Return 「18 人遇到，5 人没有；18 人都在 4.2 以上」; a facet that too few people answered is not named."""
    words = ctx.texts.plain(language, "spread.me", count=spread.me)
    if spread.not_me:
        words += ctx.texts.plain(language, "spread.not_me", count=spread.not_me)
    for facet in ctx.settings.facets:
        answers = {choice: spread.mine[facet.key, choice] for choice in facet.choices}
        answers = {choice: count for choice, count in answers.items() if count}
        told = sum(answers.values())
        if told < ctx.settings.privacy.least:
            continue
        most = max(answers, key=lambda answer: answers[answer])
        ordered = [choice for choice in facet.choices if _version(choice)]
        least = min(answers, key=_version) if len(ordered) == len(facet.choices) else ""
        if len(answers) == 1:
            return words + ctx.texts.plain(language, "spread.all", count=told, answer=most)
        if least and _version(least) > min(map(_version, facet.choices)):
            return words + ctx.texts.plain(language, "spread.from", count=told, answer=least)
        is_clear = is_shown(told - answers[most], ctx.settings.privacy)  # who is left is not few either
        if is_clear and answers[most] >= max(told * _MOST_OF, ctx.settings.privacy.least):
            return words + ctx.texts.plain(language, "spread.most", count=answers[most], answer=most)
    return words


def _version(choice: str) -> tuple[int, ...]:
    """Return the numbers of a version, so that versions can be compared; empty if it is none. Pure."""
    found = _NUMBERS.fullmatch(choice)
    return tuple(map(int, found[1].split("."))) if found else ()


async def public_card(ctx: Context, matter: Matter, chat: Chat) -> Message:
    """Return the card for a group."""
    language, can = chat.language, ctx.can(chat)
    name = matter.topic.name if matter.topic else f"#{matter.named.id}"
    title = title_of(ctx, matter, chat)
    if not title:
        return Message(text=ctx.texts.text(language, "public.gone", name=name))
    spread = spread_line(ctx, language, await spread_of(ctx, matter))
    text = ctx.texts.text(language, "public.card", name=name, title=Quote(title), spread=spread)
    reference = matter.topic.name if matter.topic else f"{matter.named.id}"
    if not can.buttons:
        return Message(text=(*text, *ctx.texts.text(language, "public.how", reference=reference)))
    return Message(text=text, buttons=(_buttons(ctx, language, reference),))


def _buttons(ctx: Context, language: str, reference: str) -> tuple[Button, ...]:
    return (
        Button(ctx.texts.plain(language, "resonate.me"), action=f"resonate:{reference}:me"),
        Button(ctx.texts.plain(language, "resonate.not_me"), action=f"resonate:{reference}:not"),
    )


def _key(subject: str, chat_id: int) -> str:
    return f"card:{subject}:{chat_id}"


async def show_card(ctx: Context, matter: Matter, chat: Chat, *, is_unprompted: bool = False) -> bool:
    """Post the card in a group, under the words it is about where they were said; False if it is there already."""
    said_here = [f for f in (matter.named, *matter.feedback) if is_public(f, chat) and not f.on_behalf_of]
    card = await public_card(ctx, matter, chat)
    message = Message(card.text, card.buttons, reply_to=said_here[0].message_id if said_here else "")
    # A card that repeats somebody's words is about these, so that it is found when they are to be forgotten.
    quoted = said_here[0] if said_here and not (matter.topic and matter.topic.title) else None
    return await ctx.uow.outbox.put(
        chat.id, message, key=_key(matter.subject, chat.id), now=ctx.now, is_unprompted=is_unprompted,
        subject=subject_of(quoted.id) if quoted else matter.subject,
    )  # fmt: skip


async def refresh_cards(ctx: Context, matter: Matter) -> None:
    """Bring the cards that show it up to date, or show one by itself when enough people joined in."""
    keys = [_key(subject_of(f.id), f.chat_id) for f in matter.feedback]
    if matter.topic is not None:
        keys += [_key(matter.topic.subject, chat_id) for chat_id in {f.chat_id for f in matter.feedback}]
    shown = await ctx.uow.echoes.list_by_key(keys)
    if not shown:
        await _show_by_itself(ctx, matter)
        return
    chats = await ctx.uow.chats.list_by_id({delivery.chat_id for delivery in shown})
    for delivery in shown:
        chat = chats[delivery.chat_id]
        if ctx.can(chat).edits:
            card = await public_card(ctx, matter, chat)
            message = Message(card.text, card.buttons, reply_to=decode(delivery.content).reply_to)
            await ctx.uow.outbox.edit(delivery.key, message, now=ctx.now)
        else:
            await _say_so(ctx, matter, chat, delivery.key)


async def _show_by_itself(ctx: Context, matter: Matter) -> None:
    """Show a card once several others met it, if the group has room for it today and the matter is no grievance."""
    origin = await ctx.uow.chats.get(matter.named.chat_id)
    if not is_public(matter.named, origin) or matter.named.status not in OPEN or matter.named.negative:
        return
    spread = await spread_of(ctx, matter)
    contributors = {(feedback.contributor_id, feedback.on_behalf_of) for feedback in matter.feedback}
    if spread.me - len(contributors) >= JOINED_IN and await _has_room(ctx, origin):
        await show_card(ctx, matter, origin, is_unprompted=True)


async def _say_so(ctx: Context, matter: Matter, chat: Chat, key: str) -> None:
    """Say in one line how many they are by now, rarely."""
    spread = await spread_of(ctx, matter)
    if spread.me not in SAID_AT or not await _has_room(ctx, chat):
        return
    name = matter.topic.name if matter.topic else f"#{matter.named.id}"
    line = ctx.texts.text(
        chat.language, "public.line", name=name, spread=spread_line(ctx, chat.language, spread)
    )
    await ctx.uow.outbox.put(
        chat.id,
        Message(line),
        key=f"{key}:{spread.me}",
        now=ctx.now,
        subject=matter.subject,
        is_unprompted=True,
    )


async def _has_room(ctx: Context, chat: Chat) -> bool:
    """Tell whether a group may hear something unprompted now: served, not paused, awake, within its budget."""
    manners = ctx.settings.manners
    is_paused = chat.paused_until is not None and chat.paused_until > ctx.now
    if chat.state is not ChatState.SERVED or is_paused or is_quiet(manners, ctx.now, chat.zone):
        return False
    return await ctx.uow.promises.has_room(chat, manners, ctx.now)
