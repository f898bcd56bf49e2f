"""Who hears what a member answered: the group is thanked with, the owner is told. Used by the intent `verify`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from handlers import honours
from handlers.base import Context, mention
from handlers.quotes import quote_of
from handlers.references import subject_of
from storage.manners import after_quiet
from storage.messages import Button, Message, Quote
from storage.records import ADMINS, Change, Chat, ChatKind, ChatState, Feedback, Member
from storage.reports import is_about_service

_QUOTED = 24
_SENTENCE = 300


async def thank_in_group(ctx: Context, feedback: Feedback, question: Change) -> bool:
    """Thank the contributor once, under the message it started with; tell whether that was done.

    Nothing is said of what came in private or on behalf of somebody, nor while its contributor wants peace.
    """
    chat = await ctx.uow.chats.get(feedback.chat_id)
    wants_peace = ctx.sender.wants_peace(ctx.now)
    if (
        chat.kind is not ChatKind.GROUP
        or chat.state is not ChatState.SERVED
        or feedback.on_behalf_of
        or wants_peace
    ):
        return False
    words = await thanks(ctx, chat, feedback, is_named=ctx.sender.is_named)
    return await ctx.uow.outbox.put(
        chat.id, words, key=thanks_key(feedback, question.id),
        now=ctx.now, subject=subject_of(feedback.id), due=after_quiet(ctx.settings.manners, ctx.now, chat.zone),
        is_unprompted=True,
    )  # fmt: skip


async def thanks(ctx: Context, chat: Chat, feedback: Feedback, *, is_named: bool) -> Message:
    """Return the thank-you for a group: by name and new title under the original message, or without any of it."""
    quote = quote_of(ctx, feedback, _QUOTED, chat.language)
    if not is_named:
        return Message(text=ctx.texts.text(chat.language, "outcome.group_thanks_nameless", quote=quote))
    text_id = "outcome.group_thanks_service" if is_about_service(feedback) else "outcome.group_thanks"
    words = ctx.texts.text(chat.language, text_id, who=mention(ctx.sender), quote=quote)
    title = await ctx.uow.titles.find_by_subject(ctx.sender.id, subject_of(feedback.id))
    if title is not None and ctx.sender.is_honoured:
        word = honours.title_word(ctx, title.kind, chat.language)
        words = (*words, *ctx.texts.text(chat.language, "honours.theirs", title=word))
    return Message(text=words, reply_to=feedback.message_id)


def thanks_key(feedback: Feedback, change_id: int) -> str:
    """Return the key of the thank-you for one resolution."""
    return f"{subject_of(feedback.id)}:change:{change_id}:thanks"


def naming_button(ctx: Context, feedback: Feedback, change_id: int, *, is_named: bool) -> Button:
    """Return the button that changes whether its contributor is named when the group is thanked."""
    wish = "no" if is_named else "yes"
    label = ctx.label("named.no" if is_named else "named.yes")
    return Button(label, action=f"named:{feedback.id}:{change_id}:{wish}")


async def tell_owner(ctx: Context, feedback: Feedback, question: Change, text_id: str) -> None:
    """Tell who looked after it that the contributor is content."""
    owner_id = feedback.owner_id or question.by_id
    if owner_id is not None:
        owner = await ctx.uow.members.get(owner_id)
        await _tell(ctx, [owner], feedback, text_id, f"change:{question.id}:verified")


async def tell_reopened(
    ctx: Context, feedback: Feedback, change: Change, owner_id: int | None, *, note: str, due: datetime
) -> None:
    """Tell the owner and the admins that it is not better, and by when it wants an answer."""
    people = {member.id: member for member in await ctx.uow.members.list_staff(ADMINS)}
    if owner_id is not None:
        people.setdefault(owner_id, await ctx.uow.members.get(owner_id))
    text_id = "outcome.reopened_because" if note else "outcome.reopened"
    await _tell(ctx, people.values(), feedback, text_id, f"change:{change.id}:reopened", note=note, due=due)


async def tell_explained(ctx: Context, feedback: Feedback, change_id: int, note: str) -> None:
    """Tell the owner the sentence that came after; the admins if there is no owner."""
    if feedback.owner_id is not None:
        people = [await ctx.uow.members.get(feedback.owner_id)]
    else:
        people = await ctx.uow.members.list_staff(ADMINS)
    await _tell(ctx, people, feedback, "outcome.explained", f"change:{change_id}:explained", note=note)


async def _tell(
    ctx: Context, people: Iterable[Member], feedback: Feedback, text_id: str, key: str, *, note: str = "",
    due: datetime | None = None,
) -> None:  # fmt: skip
    """Tell each of them in private, in their language; nobody hears about their own act."""
    subject = subject_of(feedback.id)
    for member in people:
        if member.id == ctx.sender.id:
            continue
        language = await ctx.language_of(member)
        home = await ctx.home_of(member)
        words = ctx.texts.text(
            language, text_id, number=feedback.id, who=ctx.sender.address,
            quote=quote_of(ctx, feedback, _QUOTED, language),
            note=(Quote(note[:_SENTENCE]),) if note else "",
            moment=ctx.texts.moment(language, due, home.zone) if due else "",
        )  # fmt: skip
        message = Message(text=words, about=f"#{feedback.id}")
        await ctx.tell(member, message, key=f"{subject}:{key}:member:{member.id}", subject=subject)
