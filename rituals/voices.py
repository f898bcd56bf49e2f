"""How feedback and people are called in what rituals and timers say; who looks after a feedback, where it began."""

from __future__ import annotations

from collections.abc import Sequence

from rituals.base import Context
from storage.messages import Mention, Message, Part, Text
from storage.records import STAFF, Chat, ChatKind, ChatState, Feedback, Member, Role
from storage.text.quotes import short_quote

_QUOTED = 20


def quote(feedback: Feedback, language: str, ctx: Context) -> str:
    """Return the first words of a feedback, without its tags, on one line."""
    return short_quote(feedback.text, _QUOTED) or ctx.label(language, "feedback.no_words")


def mentions(members: Sequence[Member], most: int, language: str, ctx: Context) -> Text:
    """Name people, so that they are notified; when they are many, the first of them."""
    parts: list[Part] = []
    for member in members[:most]:
        if parts:
            parts.append(ctx.label(language, "list.comma"))
        parts.append(Mention(member.external_id, member.shown_name))
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


async def group_of(member: Member, feedback: Feedback, ctx: Context) -> Chat | None:
    """Return the group where it started, else where the member lives; None if we serve neither."""
    for chat_id in (feedback.chat_id, member.home_chat_id):
        if chat_id is None:
            continue
        chat = await ctx.uow.chats.get(chat_id)
        is_theirs = chat.platform is member.platform and chat.kind is ChatKind.GROUP
        if is_theirs and chat.state is ChatState.SERVED:
            return chat
    return None
