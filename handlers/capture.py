"""How words become a feedback: limits, the guess, the row, the receipt. Used by every intent that captures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.base import Context, NotUnderstoodError, UserError
from handlers.digressions import CALLS, Digression, asks_for_somebody, digression
from handlers.events import Replied
from handlers.references import subject_of
from handlers.spans import span
from handlers.tags import clean, weight, without_tags
from storage.drafts import KEEP_DRAFTS_FOR, Draft
from storage.messages import Message, Quote, Text
from storage.modes import Mode
from storage.records import STAFF, Attachment, ChatKind, Feedback, FeedbackClass, Member
from storage.text.hints import NEGATIVE_HINTS
from storage.text.quotes import short_quote

NOTED, THANKED = "✍", "❤"  # Source: two of the emoji Telegram allows bots to react with
LEAST_WEIGHT = 6  # Source: PRODUCT §3; a Chinese character says as much as two letters
MOST_CHARACTERS = 4_000
_LIMITS = (  # Source: PRODUCT §3
    (timedelta(seconds=5), 1),
    (timedelta(minutes=5), 3),
    (timedelta(hours=1), 10),
    (timedelta(days=1), 24),
)
_SAY_AGAIN_AFTER = timedelta(minutes=5)
AUTHOR_ASKED = "whose"  # what somebody is asked whose quote has no author
_ASK_AUTHOR_FOR = timedelta(hours=1)
_HINT_AGAIN_AFTER = timedelta(hours=1)
_EMPTY_MEDIA = frozenset({"sticker"})
# What somebody says to our question about their words.
YES = frozenset({
    "记下来", "记", "记下", "记吧", "记一下", "是", "是的", "好", "好的", "嗯", "对", "可以", "行", "要", "要的", "转",
    "转吧", "yes", "y", "ok", "okay", "sure", "yes please",
})  # fmt: skip
NO = frozenset({"不用", "不用了", "不", "不要", "不是", "算了", "别记", "不记", "不必", "no", "n", "nope"})
_HEARD_AFTER = timedelta(seconds=2)  # a burst is captured first, and its author sees the receipt first
_ONLY_NUMBER = re.compile(r"[#＃]?\s*([TtＴｔ]?\d{1,15})\s*[号条]?")
_QUOTED_BACK = 24  # characters: enough to know which message it was


@dataclass(frozen=True, slots=True)
class Voice:
    """What somebody said, wherever it was found."""

    message_id: str
    text: str
    tags: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    album: str = ""
    link: str = ""


def has_media(attachments: tuple[Attachment, ...]) -> bool:
    """Tell whether a picture, a recording or a file speaks for itself; a sticker does not."""
    return any(file.kind not in _EMPTY_MEDIA for file in attachments)


async def hear(ctx: Context, text: str, tags: tuple[str, ...]) -> None:
    """Capture what the Event says, or the message it replies to when nothing but a tag was said."""
    event = ctx.event
    voice = Voice(event.message_id, clean(text), tags, event.attachments, event.album, event.link)
    if has_media(voice.attachments) or weight(without_tags(voice.text, ctx.settings.tags)):
        await _capture(ctx, voice, ctx.sender)
    elif event.reply_to is not None:
        await _capture_replied(ctx, event.reply_to, tags)
    else:
        example = ctx.label("feedback.example")
        if tags:
            example = f"#{tags[0]} {example.partition(' ')[2]}"
        await refuse(ctx, NotUnderstoodError("capture.empty", example=example))


async def refuse(ctx: Context, refusal: UserError) -> None:
    """Say why nothing was kept, once in a window, then keep silent; a text too long is returned each time."""
    until = ctx.now + _SAY_AGAIN_AFTER
    if refusal.text_id == "capture.too_long" or await ctx.uow.expectations.caution(
        ctx.sender.id, refusal.text_id, ctx.now, until
    ):
        await ctx.reply(ctx.say(refusal.text_id, **refusal.params))


async def _capture_replied(ctx: Context, replied: Replied, tags: tuple[str, ...]) -> None:
    """Capture the message replied to, credited to its author, if there is a person to come back to."""
    author = replied.sender
    text = clean(replied.text)
    example = ctx.label("feedback.example")
    if replied.by_us or (author is not None and author.is_bot):
        await refuse(ctx, UserError("capture.not_a_person", example=example))
    elif author is None and text and not ctx.can(ctx.chat).quotes_author:
        await _ask_author(ctx, text, tags)
    elif author is None or not author.is_person or not author.external_id:
        await refuse(ctx, UserError("capture.unknown_author", example=example))
    elif not text and not has_media(replied.attachments):
        await refuse(ctx, UserError("capture.nothing_there", example=example))
    else:
        people = [(author.external_id, author.name, author.username)]
        met = await ctx.uow.members.meet(ctx.chat.platform, people, ctx.now)
        voice = Voice(replied.message_id, text, tags, replied.attachments, link=replied.link)
        await _capture(ctx, voice, met[author.external_id])


async def _ask_author(ctx: Context, text: str, tags: tuple[str, ...]) -> None:
    """Ask the quoter whose words these are; nothing is captured until they say."""
    data = {"message_id": ctx.event.message_id, "text": text, "tags": list(tags)}
    await ctx.uow.expectations.put(ctx.chat.id, ctx.sender.id, AUTHOR_ASKED, data, ctx.now + _ASK_AUTHOR_FOR)
    await ctx.reply(ctx.say("whose.question", quote=(Quote(short_quote(text, 24)),)))


async def _capture(ctx: Context, voice: Voice, contributor: Member) -> None:
    """Keep a voice; what speaks against it is looked for only where it was not kept."""
    known = await ctx.uow.feedback.find_by_album(ctx.chat.id, voice.album) if voice.album else None
    refusal = examine(ctx, voice)
    if known is None and refusal is None:
        is_free = ctx.sender.role in STAFF
        limits = () if is_free else tuple((ctx.now - window, most) for window, most in _LIMITS)
        feedback = await record(ctx, voice, contributor, limits=limits)
        if feedback is not None:
            await acknowledge(ctx, feedback)
            return
    await _tell_why_not(ctx, voice, known, refusal)


async def _tell_why_not(
    ctx: Context, voice: Voice, known: Feedback | None, refusal: UserError | None
) -> None:
    known = known or await ctx.uow.feedback.find_by_message(ctx.chat.id, voice.message_id)
    if known is None:
        refusal = refusal or await over_limit(ctx)
        if refusal is not None:
            await refuse(ctx, refusal)
    elif voice.message_id != ctx.event.message_id:
        await acknowledge(ctx, known, text_id="capture.known")


def examine(ctx: Context, voice: Voice) -> UserError | None:
    """Return what is wrong with a voice, None if it can be captured."""
    if len(voice.text) > MOST_CHARACTERS:
        return UserError("capture.too_long", length=len(voice.text), most=MOST_CHARACTERS)
    bare = without_tags(voice.text, ctx.settings.tags)
    if (number := _ONLY_NUMBER.fullmatch(bare)) and not has_media(voice.attachments):
        return UserError("capture.only_number", number=number[1])
    if weight(bare) < LEAST_WEIGHT and not has_media(voice.attachments) and not CALLS.fullmatch(bare):
        return UserError("capture.too_short", text=short_quote(bare, _QUOTED_BACK) or "…")
    return None


async def over_limit(ctx: Context) -> UserError | None:
    """Return which limit the sender has reached, None if they may go on; staff have none."""
    if ctx.sender.role in STAFF:
        return None
    moments = [ctx.now - window for window, _ in _LIMITS]
    counts = await ctx.uow.feedback.count_since(ctx.sender.id, moments)
    for (window, most), count in zip(_LIMITS, counts, strict=True):
        if count < most:
            continue
        if most == 1:
            return UserError("capture.too_fast")
        return UserError("capture.too_many", span=span(ctx, window), most=most)
    return None


async def record(
    ctx: Context, voice: Voice, contributor: Member, *, feedback_class: FeedbackClass | None = None,
    on_behalf_of: str = "", mode: Mode = Mode.NAMED, limits: Sequence[tuple[datetime, int]] = (),
) -> Feedback | None:  # fmt: skip
    """Write the feedback with its guess, its pictures and its next date.

    None if it was captured before, or the sender has reached one of `limits`: so many since when. With
    `feedback_class` a person has said what it is, and nothing is guessed.
    """
    tag = next((tag for tag in voice.tags if ctx.settings.tags.get(tag)), next(iter(voice.tags), ""))
    hint = ctx.settings.tags.get(tag) or None
    bare = without_tags(voice.text, ctx.settings.tags)
    guess = ctx.triage.guess(bare, hint)
    feedback = await ctx.uow.feedback.add(
        chat_id=ctx.chat.id, contributor_id=contributor.id, captured_by_id=ctx.sender.id,
        message_id=voice.message_id, text=voice.text, tag=tag, link=voice.link, album=voice.album, now=ctx.now,
        feedback_class=feedback_class or FeedbackClass(guess.kind), is_guess=feedback_class is None,
        is_unsure=feedback_class is None and not guess.sure,
        review_due=ctx.now + ctx.settings.times.review_within, urgent=guess.urgent, on_behalf_of=on_behalf_of,
        negative=guess.negative or tag in NEGATIVE_HINTS,
        attachments=voice.attachments, mode=mode, limits=limits,
    )  # fmt: skip
    if feedback is None:
        return None
    subject = subject_of(feedback.id)
    await ctx.uow.timers.put_new(f"{subject}:heard", "heard", ctx.now + _HEARD_AFTER, subject=subject)
    if voice.album:
        parts = await ctx.uow.drafts.list_parts(ctx.chat.id, voice.album)
        await ctx.uow.feedback.add_attachments(feedback.id, parts)
    return feedback


async def acknowledge(ctx: Context, feedback: Feedback, *, text_id: str = "") -> None:
    """Answer a capture: one reaction in groups where reactions exist, one line elsewhere, a receipt in private."""
    if ctx.chat.kind is ChatKind.GROUP and ctx.can(ctx.chat).reactions and ctx.event.message_id:
        emoji = THANKED if _is_praise(feedback) else NOTED
        key = f"react:{ctx.event.platform}:{ctx.event.update_id}"
        await ctx.uow.outbox.react(ctx.chat.id, ctx.event.message_id, emoji, key=key, now=ctx.now)
        return
    words = await receipt(ctx, feedback, text_id=text_id)
    await ctx.reply(Message(text=words, about=f"#{feedback.id}"), subject=subject_of(feedback.id))


def _is_praise(feedback: Feedback) -> bool:
    """Tell whether it may be thanked for as praise: a picture without words may show what is broken."""
    return feedback.feedback_class is FeedbackClass.PRAISE and not feedback.is_unsure


async def receipt(ctx: Context, feedback: Feedback, *, text_id: str = "") -> Text:
    """Return the words that say what was kept, its number and its next date."""
    if not text_id:
        is_praise = _is_praise(feedback)
        where = "line" if ctx.chat.kind is ChatKind.GROUP else "receipt"
        text_id = _RECEIPTS[is_praise, where]
    home = await ctx.home_of(ctx.sender)
    due = feedback.review_due.astimezone(home.zone).date()
    return ctx.say(
        text_id,
        number=feedback.id,
        weekday=ctx.texts.weekday(ctx.language, due),
        day=ctx.texts.day(ctx.language, due),
        quote=short_quote(without_tags(feedback.text, ctx.settings.tags), 24)
        or ctx.label("feedback.no_words"),
    )


_RECEIPTS = {
    (False, "line"): "capture.received",
    (False, "receipt"): "capture.receipt",
    (True, "line"): "capture.praised",
    (True, "receipt"): "capture.praise_receipt",
}


async def offer(ctx: Context) -> bool:
    """Ask whether a private text is feedback, and keep it until its author answers; small talk gets a hint.

    Returns whether it was asked.
    """
    event = ctx.event
    voice = Voice(event.message_id, clean(event.text), (), event.attachments, event.album, event.link)
    refusal = examine(ctx, voice)
    is_chat = digression(voice.text) is Digression.CHAT and not has_media(voice.attachments)
    if refusal is None and is_chat:
        refusal = UserError("capture.hint")
    if refusal is not None and refusal.text_id == "capture.too_long":
        await refuse(ctx, refusal)
        return False
    if refusal is not None and ctx.sender.role in STAFF and not is_chat:
        await ctx.reply(ctx.say("capture.hint_staff", text=short_quote(voice.text, _QUOTED_BACK) or "…"))
        return False
    if refusal is not None:
        until = ctx.now + _HINT_AGAIN_AFTER
        if await ctx.uow.expectations.caution(ctx.sender.id, "capture.hint", ctx.now, until):
            await ctx.reply(ctx.say("capture.hint"))
        return False
    first = await ctx.uow.drafts.find_album(ctx.chat.id, voice.album) if voice.album else None
    if first is not None:
        if voice.text:
            await ctx.uow.drafts.reword(ctx.chat.id, first, voice.text)
        await ctx.uow.drafts.add_parts(ctx.chat.id, voice.album, voice.attachments, ctx.now)
        return False
    return await offer_voice(ctx, voice)


async def offer_voice(ctx: Context, voice: Voice, *, opening: str = "") -> bool:
    """Ask whether these words are feedback; a question is offered to a person. False if it was asked before."""
    draft = Draft(voice.message_id, voice.text, voice.album, voice.link, voice.attachments, ctx.now)
    if not await ctx.uow.drafts.put(ctx.chat.id, ctx.sender.id, draft):
        return False
    asks = asks_for_somebody(voice.text)
    quote = (Quote(short_quote(voice.text, 60) or ctx.label("feedback.no_words")),)
    words = ctx.say("confirm.question_asked" if asks else "confirm.question", quote=quote)
    buttons = (
        ctx.button("confirm.yes_asked" if asks else "confirm.yes", f"confirm:{voice.message_id}:yes"),
        ctx.button("confirm.no", f"confirm:{voice.message_id}:no"),
    )
    key = question_key(ctx.chat.id, voice.message_id)
    message = Message(text=(opening, *words) if opening else words, buttons=(buttons,))
    await ctx.uow.outbox.put(ctx.chat.id, message, key=key, now=ctx.now)
    await ctx.uow.expectations.put(
        ctx.chat.id, ctx.sender.id, "confirm", {"message_id": voice.message_id}, ctx.now + KEEP_DRAFTS_FOR
    )
    return True


def question_key(chat_id: int, message_id: str) -> str:
    """Return the key of the Delivery that asks about a private message."""
    return f"confirm:{chat_id}:{message_id}"
