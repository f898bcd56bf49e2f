"""How feedback and people are called in what rituals and timers say, and who looks after a feedback."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rituals.base import Context
from storage.messages import Mention, Message, Part, Text
from storage.records import STAFF, Feedback, Member, Role

_TAG = re.compile(r"[#＃][^\s#＃]+")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f\u200b\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_QUOTED = 20


def quote(feedback: Feedback, language: str, ctx: Context) -> str:
    """Return the first words of a feedback, without its tags, on one line."""
    words = _BLANK.sub(" ", _TAG.sub(" ", feedback.text)).strip() or _BLANK.sub(" ", feedback.text).strip()
    if not words:
        return ctx.label(language, "feedback.no_words")
    return words if len(words) <= _QUOTED else words[: _QUOTED - 1].rstrip() + "…"


def words(feedback: Feedback) -> str:
    """Return all that was said, without its tags, on one line."""
    return _BLANK.sub(" ", _TAG.sub(" ", feedback.text)).strip()


def name(member: Member) -> str:
    """Return the name a member goes by in a group."""
    return member.name or member.username or member.external_id


def address(member: Member) -> str:
    """Return how a member is spoken to: the salutation staff chose, else the name they go by."""
    return member.salutation or name(member)


def mentions(members: Sequence[Member], most: int, language: str, ctx: Context) -> Text:
    """Name people, so that they are notified; when they are many, the first of them."""
    parts: list[Part] = []
    for member in members[:most]:
        if parts:
            parts.append(ctx.label(language, "list.comma"))
        parts.append(Mention(member.external_id, name(member)))
    if len(members) > most:
        parts.extend(ctx.say(language, "list.more", count=len(members) - most))
    return tuple(parts)


def number_of(subject: str, noun: str) -> int | None:
    """Return the id in a subject such as "feedback:128", None if it is about something else."""
    kind, _, number = subject.partition(":")
    return int(number) if kind == noun and number.isdecimal() else None


async def carers(feedback: Feedback, ctx: Context) -> list[Member]:
    """Return who is to be told about a feedback: its owner, else who moved it last, else every KOS."""
    if feedback.owner_id is not None:
        return [await ctx.uow.members.get(feedback.owner_id)]
    for change in reversed(await ctx.uow.feedback.list_changes(feedback.id)):
        if change.by_id is not None:
            by = await ctx.uow.members.get(change.by_id)
            if by.role in STAFF:
                return [by]
    return await ctx.uow.members.list_staff(frozenset({Role.KOS})) or await ctx.uow.members.list_staff()


async def tell_carers(feedback: Feedback, text_id: str, ctx: Context, *, key: str, **params: object) -> None:
    """Tell whoever looks after a feedback, in private; the text has its number and words, and `params`.

    `key` is completed by the person, so nobody is told twice of one thing.
    """
    for carer in await carers(feedback, ctx):
        language = await ctx.language_of(carer)
        words = ctx.say(language, text_id, number=feedback.id, quote=quote(feedback, language, ctx), **params)
        message = Message(text=words, about=f"#{feedback.id}")
        await ctx.tell(carer, message, key=f"{key}:{carer.id}", subject=f"feedback:{feedback.id}")
