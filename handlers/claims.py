"""What follows when somebody takes up what hurts: the member hears who, the other staff see it is taken.

Used by handlers/kos/ and by the intent `talk`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from handlers.base import Context
from handlers.letters import ANSWER
from handlers.quotes import quote_of
from handlers.references import subject_of
from storage.complaints import Complaint
from storage.manners import after_quiet
from storage.messages import Button, Message, decode
from storage.promises import DeliveryState
from storage.questions import INTENT as QUESTIONS
from storage.records import ChatKind, ChatState, Feedback, Member

TALK = "talk"  # the intent of a member who speaks to the person who took it up
WAITS = "talk_waits"  # the timer of what they said there
TALK_FOR = timedelta(hours=24)
_QUOTED = 24
_YIELD = frozenset({TALK, "confirm", QUESTIONS})  # what we asked that may wait while a person is spoken to


@dataclass(frozen=True, slots=True)
class _Place:
    """Where something was said that somebody took up, and by whom."""

    subject: str
    chat_id: int
    message_id: str
    member: Member
    feedback_id: int = 0
    complaint_id: int = 0

    @property
    def start(self) -> str:
        """Return the payload of the button that leads to the private chat."""
        return f"{TALK}{self.feedback_id}" if self.feedback_id else f"{TALK}c{self.complaint_id}"

    @property
    def data(self) -> dict[str, int]:
        """Return what is awaited in the private chat."""
        return {"feedback": self.feedback_id} if self.feedback_id else {"complaint": self.complaint_id}


async def take_up(ctx: Context, feedback: Feedback) -> None:
    """Tell the member who looks after it now, and the other staff that somebody does; once a person."""
    subject = subject_of(feedback.id)
    await ctx.uow.timers.cancel(subject, "climb")
    await close_alerts(ctx, subject)
    if feedback.contributor_id == ctx.sender.id or feedback.on_behalf_of:
        return
    member = await ctx.uow.members.get(feedback.contributor_id)
    place = _Place(subject, feedback.chat_id, feedback.message_id, member, feedback_id=feedback.id)
    if feedback.is_open_voice and await _say_in_group(ctx, place):
        return
    language = await ctx.language_of(member)
    words = {"who": ctx.sender.address, "quote": quote_of(ctx, feedback, _QUOTED, language)}
    key, about = f"{subject}:claimed:{ctx.sender.id}", f"#{feedback.id}"
    if feedback.is_open_voice:
        message = Message(text=ctx.texts.text(language, "claimed.in_private", **words), about=about)
        if await ctx.tell(member, message, key=key, subject=subject):
            await listen(ctx, member, {"feedback": feedback.id})
        return
    button = Button(ctx.texts.plain(language, "private.write_back"), action=f"{ANSWER}:{feedback.id}")
    hidden = ctx.texts.text(language, "claimed.hidden", **words)
    await ctx.tell(member, Message(text=hidden, buttons=((button,),), about=about), key=key, subject=subject)


async def take_up_complaint(ctx: Context, complaint: Complaint) -> None:
    """Do the same for words that nobody tagged."""
    await ctx.uow.timers.cancel(complaint.subject, "climb")
    await close_alerts(ctx, complaint.subject)
    member = await ctx.uow.members.get(complaint.member_id)
    place = _Place(
        complaint.subject, complaint.chat_id, complaint.message_id, member, complaint_id=complaint.id
    )
    await _say_in_group(ctx, place)


async def listen(ctx: Context, member: Member, data: dict[str, int]) -> None:
    """Let what a member says next in private go to who looks after it.

    Who is about to say something else keeps the word: what was meant for a hidden voice must reach nobody by name.
    """
    home = await ctx.home_of(member)
    private = await ctx.uow.outbox.private_chat(
        member, timezone=home.timezone, language=await ctx.language_of(member)
    )
    awaited = await ctx.uow.expectations.find(private.id, member.id, ctx.now)
    if awaited is None or awaited.intent in _YIELD:
        await ctx.uow.expectations.put(private.id, member.id, TALK, data, ctx.now + TALK_FOR)


async def is_in_talk(ctx: Context, feedback: Feedback) -> bool:
    """Tell whether its contributor speaks with us about it right now."""
    if not feedback.is_open_voice or feedback.on_behalf_of:
        return False
    member = await ctx.uow.members.get(feedback.contributor_id)
    private = await ctx.uow.chats.find(member.platform, member.external_id)
    if private is None or not await ctx.uow.echoes.list_talking([member], ctx.now):
        return False
    awaited = await ctx.uow.expectations.find(private.id, member.id, ctx.now)
    return awaited is not None and awaited.intent == TALK and awaited.data.get("feedback") == feedback.id


async def end_talk(ctx: Context, feedback: Feedback) -> None:
    """Let what the sender says next be for us again: what they spoke about is over."""
    awaited = await ctx.uow.expectations.find(ctx.chat.id, ctx.sender.id, ctx.now)
    if awaited is not None and awaited.intent == TALK and awaited.data.get("feedback") == feedback.id:
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)


async def close_alerts(
    ctx: Context, subject: str, *, text_id: str = "claimed.by", keeps_words: bool = True
) -> None:
    """Take back the alerts that have not left, and let the others say who did what; the pressed one apart."""
    for delivery in await ctx.uow.promises.list_about(subject, limit=100):
        if not delivery.key.startswith(f"{subject}:alert:"):
            continue
        if await ctx.uow.retractions.take_back(delivery.key):
            continue
        chat = await ctx.uow.chats.get(delivery.chat_id)
        is_pressed = chat.id == ctx.chat.id and delivery.receipt == ctx.event.message_id
        if delivery.state is not DeliveryState.SENT or is_pressed or not ctx.can(chat).edits:
            continue
        said = decode(delivery.content)
        line = ctx.texts.text(chat.language, text_id, who=ctx.sender.address)
        message = Message(text=(*said.text, "\n", *line) if keeps_words else line, about=said.about)
        await ctx.uow.outbox.edit(delivery.key, message, now=ctx.now)


async def _say_in_group(ctx: Context, place: _Place) -> bool:
    """Say under their message who looks after it, with a way to speak in private; False if no group hears us.

    Where no button can lead to the private chat, what they write there goes to that person all the same.
    """
    chat = await ctx.uow.chats.get(place.chat_id)
    if chat.kind is not ChatKind.GROUP or chat.state is not ChatState.SERVED:
        return False
    buttons: tuple[tuple[Button, ...], ...] = ()
    text_id = "claimed.in_group_by_hand"
    if ctx.can(chat).deep_links:
        text_id = "claimed.in_group"
        buttons = ((Button(ctx.texts.plain(chat.language, "claimed.open"), start=place.start),),)
    else:
        await listen(ctx, place.member, place.data)
    words = ctx.texts.text(chat.language, text_id, who=ctx.sender.address)
    return await ctx.uow.outbox.put(
        chat.id, Message(text=words, buttons=buttons, reply_to=place.message_id),
        key=f"{place.subject}:claimed:{ctx.sender.id}", now=ctx.now, subject=place.subject, is_unprompted=True,
        due=after_quiet(ctx.settings.manners, ctx.now, chat.zone),
    )  # fmt: skip
