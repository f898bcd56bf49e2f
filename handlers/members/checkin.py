"""Intent `checkin`: the button, a reaction on the post, a lone emoji or a word. Writes: checkins, timers."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime

from handlers.base import Context, Settings
from handlers.events import Event, EventKind, called, pressed
from storage.messages import Message
from storage.records import EVERYBODY, Chat, ChatKind
from storage.runs import Run, RunState

NAME = "checkin"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""

KIND = "checkin"  # the ritual's
IN_PRIVATE = ("打卡", "checkin")  # there a greeting is only a greeting
FOLD_FOR_SECONDS = 10  # Source: PRODUCT §2, the counter is edited at most once in 10 s
_MOST_CHARACTERS = 24
_PARTICLES = re.compile(r"(?<=[\u4e00-\u9fff])[啊呀哇呐哈]+$")
_JOINERS = "\u200d\ufe0f\ufe0e\u20e3"


@dataclass(frozen=True, slots=True)
class Sign:
    """How somebody says that they are here: by a button (its run), a reaction, or words.

    `is_hello`: a good morning in private, which may be no more than that; it is answered with a card to tap.
    """

    run_id: int | None = None
    on_message: str = ""
    is_hello: bool = False


def match(event: Event, settings: Settings) -> Sign | None:
    """Return the sign, None if the event is none. Pure."""
    arguments = pressed(event, NAME)
    if arguments is not None:
        return Sign(run_id=int(arguments[0])) if len(arguments) == 1 and arguments[0].isdecimal() else None
    if event.chat_kind is not ChatKind.GROUP:
        return _said_in_private(event, settings)
    if event.is_command:
        return None
    if event.kind is EventKind.REACTION:
        return Sign(on_message=event.message_id) if event.emoji and event.message_id else None
    if event.kind is EventKind.MESSAGE and is_greeting(event.text, settings.checkin_words):
        return Sign()
    return None


async def handle(event: Event, argument: Sign, ctx: Context) -> None:
    """Check the sender in while a check-in is open; answered in the toast of a press and in private, else nowhere."""
    home = await ctx.home_of(ctx.sender) if event.is_private else ctx.chat
    run = await _run_meant(argument, home, ctx)
    is_open = run is not None and run.chat_id == home.id and run.state is RunState.OPEN
    if argument.is_hello:
        await _greet(run if is_open else None, ctx)
        return
    if run is None or not is_open or (run.closes_at is not None and run.closes_at <= ctx.now):
        await _say(ctx, "attend.over")
    elif not await ctx.uow.checkins.add(run.id, ctx.sender.id, ctx.now):
        await _say(ctx, "attend.again")
    else:
        await _say(ctx, "attend.done", count=await ctx.uow.checkins.count(run.id))
        await _refresh(run, ctx)


async def _greet(run: Run | None, ctx: Context) -> None:
    """Wish a good morning back, with the button of a check-in that is open and still wants this member."""
    if run is None or await ctx.uow.checkins.has(run.id, ctx.sender.id):
        await ctx.reply(ctx.say("attend.hello"))
        return
    card = Message(ctx.say("attend.card"), ((ctx.button("checkin.button", f"{NAME}:{run.id}"),),))
    await ctx.reply(card, subject=f"run:{run.id}")


async def _say(ctx: Context, text_id: str, **params: int) -> None:
    """Answer a press in its toast and a private word with a line; a group is never answered one by one."""
    if ctx.event.kind is EventKind.PRESS:
        ctx.toast = ctx.label(text_id, **params)
    elif ctx.event.is_private:
        await ctx.reply(ctx.say(text_id, **params))


def _said_in_private(event: Event, settings: Settings) -> Sign | None:
    if called(event, IN_PRIVATE) == "":
        return Sign()
    is_said = event.kind is EventKind.MESSAGE and not event.is_command and event.awaited is None
    is_hello = (
        is_said and not _is_emoji(event.text.strip()) and is_greeting(event.text, settings.checkin_words)
    )
    return Sign(is_hello=True) if is_hello else None


def is_greeting(text: str, words: frozenset[str]) -> bool:
    """Tell whether a text is one of the words, whatever signs stand around it, or a lone emoji. Pure."""
    text = text.strip()
    if not text or len(text) > _MOST_CHARACTERS:
        return False
    kept = "".join(
        c if unicodedata.category(c)[0] in "LN" else " " for c in unicodedata.normalize("NFKC", text)
    )
    said = " ".join(kept.split()).casefold()
    if said:
        return said in words or _PARTICLES.sub("", said) in words
    return _is_emoji(text)


def _is_emoji(text: str) -> bool:
    """Tell whether a text is one emoji, perhaps repeated."""
    pictures = [c for c in text if unicodedata.category(c) == "So"]
    rest = (
        c for c in text if c not in pictures and c not in _JOINERS and not "\U0001f3fb" <= c <= "\U0001f3ff"
    )
    return bool(pictures) and not "".join(rest).strip()


async def _run_meant(sign: Sign, home: Chat, ctx: Context) -> Run | None:
    if sign.run_id is not None:
        run = await ctx.uow.runs.find(sign.run_id)
    elif sign.on_message:
        post = await ctx.uow.promises.find_by_receipt(ctx.chat.id, sign.on_message)
        number = post.subject.removeprefix("run:") if post is not None else ""
        run = await ctx.uow.runs.find(int(number)) if number.isdecimal() else None
    else:
        run = await ctx.uow.runs.find_open(home.id, KIND)
    return run if run is not None and run.kind == KIND else None


async def _refresh(run: Run, ctx: Context) -> None:
    """Have the counter brought up to date: at once for the first of a bucket of 10 s, at its end for the others."""
    bucket = int(ctx.now.timestamp()) // FOLD_FOR_SECONDS
    subject, key = f"run:{run.id}", f"refresh:{run.id}:{bucket}"
    if not await ctx.uow.timers.put(f"{key}:first", "refresh", ctx.now, subject=subject):
        end = datetime.fromtimestamp((bucket + 1) * FOLD_FOR_SECONDS, UTC)
        await ctx.uow.timers.put(f"{key}:last", "refresh", end, subject=subject)
