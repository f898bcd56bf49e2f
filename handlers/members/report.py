"""Intent `details`: a member tells the facts of their feedback, one question at a time. Writes: facts, outbox.

The dialogue's state is rows: what was answered says what comes next, whatever restarts in between.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.base import Context, NotUnderstoodError, Settings, UserError
from handlers.capture import NO, YES, Voice, examine, has_media, offer, offer_voice
from handlers.digressions import Digression, digression
from handlers.events import Event, EventKind, called, pressed
from handlers.facts import ask_next, asked_of, attach, end, place, settle, wait
from handlers.knowing import resolve_own
from handlers.references import LONE_LATIN, FeedbackRef, parse
from handlers.tags import clean, find_tags
from storage.promises import DeliveryState
from storage.questions import INTENT, SKIP, SKIP_ALL, UNDO, choices_of
from storage.records import CLOSED, EVERYBODY, Feedback
from storage.reports import Field

NAME = INTENT
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ("details", "补充")
EXAMPLE = "/details 128"

_OPEN = "open"
_MORE = "more"  # what was said beside all questions
_LONGEST = 500
_ID_CHARACTERS = 32  # of a message that words are kept under: it rides in a button
_REMIND_AGAIN_AFTER = timedelta(minutes=10)
_ID = re.compile(r"\d{1,15}", re.ASCII)
_ENDS = " \t\n。.!！~～,，"
_SKIPS = frozenset({"跳过", "下一个", "不知道", "不清楚", "没有", "skip", "next", "no idea", "don't know"})
_ENOUGH = frozenset({
    "都跳过", "全部跳过", "跳过全部", "不用了", "算了", "别问了", "取消", "不说了", "不想说",
    "cancel", "skip all", "enough", "stop",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """A member wants to add something; with words, those are part of it."""

    ref: FeedbackRef
    text: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to one question: words, a choice by its place, or a skip."""

    feedback_id: int
    key: str
    text: str = ""
    choice: int | None = None
    skip: str = ""
    is_press: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """Words that are no answer, said while a question stands; `is_matter` if they are worth keeping."""

    feedback_id: int
    key: str
    is_matter: bool


@dataclass(frozen=True, slots=True)
class Undo:
    """What was taken for the answer to a question was none."""

    feedback_id: int
    key: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A further picture of the album that answered a question."""

    feedback_id: int


def match(event: Event, settings: Settings) -> Opened | Answer | Beside | Undo | Picture | None:
    """Return what is added or answered, None if the event is something else. Pure."""
    arguments = pressed(event, NAME)
    if arguments is not None:
        return _press(arguments)
    rest = called(event, COMMANDS)
    if rest is not None:
        return Opened(*parse(rest))
    if event.kind is not EventKind.MESSAGE or event.is_command or not event.is_private:
        return None
    if event.awaited is None or event.awaited.intent != NAME:
        return None
    data = event.awaited.data
    if event.album and event.album == data.get("album"):
        return Picture(int(data["feedback"]))
    said = event.text.strip()
    is_else = said.casefold() in settings.checkin_words or said.startswith("反馈") or event.is_album_rest
    if is_else or said.casefold() in LONE_LATIN or not data["key"] or find_tags(said, settings.tags):
        return None
    asked_at = datetime.fromisoformat(data["since"]).replace(microsecond=0)  # platforms date in whole seconds
    if event.at < asked_at:
        return None  # said before our question
    words = said.strip(_ENDS).casefold()
    if data.get("offered") and words in YES | NO:
        return None  # the answer to another question of ours
    skip = SKIP_ALL if words in _ENOUGH else SKIP if words in _SKIPS else ""
    beside = None if skip or has_media(event.attachments) else digression(said)
    if beside is Digression.TAKEN_WRONG:
        return Undo(int(data["feedback"]), str(data.get("last", "")))
    if beside is not None:
        return Beside(int(data["feedback"]), str(data["key"]), is_matter=beside is Digression.MATTER)
    return Answer(int(data["feedback"]), str(data["key"]), said, skip=skip)


def _press(arguments: tuple[str, ...]) -> Opened | Answer | Undo | None:
    if len(arguments) not in (2, 3) or not _ID.fullmatch(arguments[0]):
        return None
    number, key, *what = arguments
    if not what:
        return Opened(FeedbackRef(int(number))) if key == _OPEN else None
    if what[0] == UNDO:
        return Undo(int(number), key)
    if what[0] in (SKIP, SKIP_ALL):
        return Answer(int(number), key, skip=what[0], is_press=True)
    return Answer(int(number), key, choice=int(what[0]), is_press=True) if _ID.fullmatch(what[0]) else None


async def handle(event: Event, argument: Opened | Answer | Beside | Undo | Picture, ctx: Context) -> None:
    """Keep the answer and ask the next question; open the questions again when the member wants to."""
    if isinstance(argument, Opened):
        await _open(argument, ctx)
    elif isinstance(argument, Beside):
        await _hear(argument, ctx)
    elif isinstance(argument, Undo):
        await _take_back(argument, ctx)
    elif isinstance(argument, Picture):
        await ctx.uow.feedback.add_attachments(argument.feedback_id, event.attachments)
    else:
        await _answer(event, argument, ctx)


async def _open(opened: Opened, ctx: Context) -> None:
    """Ask for everything that is missing, skipped questions too; words that came along are kept."""
    feedback = await _meant(opened, ctx)
    _refuse(ctx, feedback)
    if not ctx.event.is_private:
        raise UserError("details.in_private", number=feedback.id)
    await ctx.uow.reports.open(feedback.id, ctx.sender.id, ctx.now)
    await ctx.uow.reports.answer(feedback.id, ctx.now)
    await ctx.uow.reports.close(feedback.id, None)
    await ctx.uow.reports.forget_skips(feedback.id)
    if has_media(ctx.event.attachments):
        await attach(ctx, feedback)
    if opened.text:
        known = (await ctx.uow.reports.list_facts(feedback.id)).get(_MORE)
        text = f"{known.value}\n{_checked(opened.text)}" if known else _checked(opened.text)
        await ctx.uow.reports.put(feedback.id, _MORE, text, ctx.now)
    opening = ctx.label("details.noted") if opened.text or ctx.event.attachments else ""
    await ask_next(ctx, await ctx.uow.feedback.get(feedback.id), opening=opening, nth=1)


async def _meant(opened: Opened, ctx: Context) -> Feedback:
    """Return the feedback that is named or replied to, else the sender's newest that is open."""
    if opened.ref != FeedbackRef() or ctx.event.reply_to is not None:
        return await resolve_own(opened.ref, ctx, not_yours="details.not_yours")
    own = await ctx.uow.feedback.list_of(ctx.sender.id, limit=5)
    newest = next((feedback for feedback in own if feedback.status not in CLOSED), None)
    if newest is None:
        raise NotUnderstoodError("details.which", example=EXAMPLE)
    return await ctx.uow.feedback.get(newest.id)


def _refuse(ctx: Context, feedback: Feedback) -> None:
    """Refuse what is not the sender's own, or is over. **Errors**: UserError."""
    if feedback.contributor_id != ctx.sender.id:
        raise UserError("details.not_yours", number=feedback.id)
    if feedback.status in CLOSED:
        raise UserError("details.over", number=feedback.id)


async def _answer(event: Event, answer: Answer, ctx: Context) -> None:
    feedback = await ctx.uow.feedback.find(answer.feedback_id)
    if feedback is None:
        raise UserError("feedback.unknown", number=answer.feedback_id)
    if not answer.is_press and not await _was_asked(ctx, feedback):
        await offer(ctx)
        return
    _refuse(ctx, feedback)
    field = next((field for field in asked_of(ctx, feedback) if field.key == answer.key), None)
    if field is None:
        raise UserError("details.old")
    facts = await ctx.uow.reports.list_facts(feedback.id)
    missing_before = answer.key not in facts
    await ctx.uow.reports.answer(feedback.id, ctx.now)
    if answer.skip == SKIP_ALL:
        report = await ctx.uow.reports.find(feedback.id)
        is_over = report is not None and report.closed_at is not None
        ctx.toast = ctx.label("details.old")
        if not is_over:
            if missing_before:
                await settle(ctx, ctx.label("details.skip_all"))
            await end(ctx, feedback, facts, is_enough=True)
        return
    if answer.skip:
        shown = ctx.label("details.skipped")
        if missing_before:
            await ctx.uow.reports.put(feedback.id, field.key, "", ctx.now, is_skipped=True)
    else:
        shown = await _keep(event, answer, field, feedback, ctx)
    await settle(ctx, shown)
    if not answer.is_press or missing_before:
        album = event.album if event.attachments else ""
        is_words = not answer.is_press and not answer.skip and not has_media(event.attachments)
        fresh = await ctx.uow.feedback.get(feedback.id)
        nth = await place(ctx, feedback) + 1
        await ask_next(ctx, fresh, album=album, last=field.key if is_words else "", nth=nth)


async def _hear(said: Beside, ctx: Context) -> None:
    """Offer to keep what is a matter of its own; the question stands, and small talk is reminded of it once."""
    feedback = await ctx.uow.feedback.find(said.feedback_id)
    if feedback is None or feedback.status in CLOSED or not await _was_asked(ctx, feedback):
        await offer(ctx)
    elif said.is_matter:
        if await offer(ctx):
            await wait(ctx, feedback, said.key, offered=ctx.event.message_id)
    elif await ctx.uow.expectations.caution(ctx.sender.id, NAME, ctx.now, ctx.now + _REMIND_AGAIN_AFTER):
        await ask_next(ctx, feedback, opening=ctx.label("details.no_hurry"))


async def _take_back(undo: Undo, ctx: Context) -> None:
    """Forget an answer that was none, offer to keep its words, and let the question stand again."""
    feedback = await ctx.uow.feedback.find(undo.feedback_id)
    if feedback is None:
        raise UserError("feedback.unknown", number=undo.feedback_id)
    _refuse(ctx, feedback)
    fact = (await ctx.uow.reports.list_facts(feedback.id)).get(undo.key)
    if fact is None or fact.is_skipped or undo.key not in {field.key for field in asked_of(ctx, feedback)}:
        if ctx.event.kind is EventKind.PRESS:
            raise UserError("details.old")
        await ask_next(ctx, feedback, opening=ctx.label("details.taken_back"))
        return
    await ctx.uow.reports.forget(feedback.id, undo.key)
    await ctx.uow.reports.close(feedback.id, None)
    ctx.toast = ctx.label("details.taken_back")
    words = Voice(f"{feedback.id}-{undo.key}-{ctx.event.update_id}"[:_ID_CHARACTERS], fact.value)
    if examine(ctx, words) is None and await offer_voice(ctx, words, opening=ctx.label("details.taken_back")):
        await wait(ctx, feedback, undo.key, offered=words.message_id)
    else:
        await ask_next(ctx, feedback, opening=ctx.label("details.taken_back"))


async def _keep(event: Event, answer: Answer, field: Field, feedback: Feedback, ctx: Context) -> str:
    """Store what was answered: a choice, words, a picture; return how it is shown below the question."""
    choices = choices_of(field, ctx.label)
    if answer.choice is not None:
        if answer.choice >= len(choices):
            raise UserError("details.old")
        value = choices[answer.choice]
    else:
        if has_media(event.attachments):
            await attach(ctx, feedback)
        value = _checked(answer.text)
        if value.isdecimal() and 1 <= int(value) <= len(choices):
            value = choices[int(value) - 1]
    if value:
        await ctx.uow.reports.put(feedback.id, field.key, value, ctx.now)
    return value


async def _was_asked(ctx: Context, feedback: Feedback) -> bool:
    """Tell whether our first question has reached the member: what they say before it is about something else."""
    first = await ctx.uow.promises.find(f"feedback:{feedback.id}:report")
    return first is None or first.state is not DeliveryState.PENDING


def _checked(text: str) -> str:
    text = clean(text)
    if len(text) > _LONGEST:
        raise UserError("details.too_long", most=_LONGEST, length=len(text))
    return text
