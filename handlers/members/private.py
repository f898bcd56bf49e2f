"""Intent `private`: speak under an alias or sealed, read the answers. Writes: members, veils, feedback, outbox.

In private only. Whatever the bot says about it leaves encrypted and is forgotten once sent, so that no row of the
database tells who spoke in hiding, nor when. Stands first in the routing table: words said in hiding are nothing else.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import timedelta

from handlers import hidden, letters
from handlers.base import Context, Settings, UserError
from handlers.capture import Voice, examine, receipt, record
from handlers.digressions import calls_off
from handlers.events import Event, EventKind, called, pressed
from handlers.orders import LONE_WORDS, is_sentence
from handlers.quotes import quote_of
from handlers.references import parse, subject_of
from handlers.statuses import status_word
from handlers.tags import clean, find_tags
from storage.messages import Button, Message, Part, Strong
from storage.modes import Mode
from storage.records import CLOSED, EVERYBODY, Feedback

NAME = "private"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = hidden.PRIVATE_WORDS
EXAMPLE = "/private"

_WAIT_FOR = timedelta(hours=2)
_CHOOSE_FOR = timedelta(minutes=10)
_SAID_A_DAY, _TRIED_A_DAY = 8, 30
_LISTED = 8
_ENDS = " \t\n。.!！~～"
_MODES = {
    "化名": Mode.ALIAS, "alias": Mode.ALIAS, "密封": Mode.SEALED, "匿名": Mode.SEALED, "sealed": Mode.SEALED,
}  # fmt: skip
_OWN = frozenset({"我的", "mine"})
_CLAIM = re.compile(r"(?:取信|claim)(?:码|\s+code)?[\s:：]*(?P<code>.*)", re.IGNORECASE | re.DOTALL)


class Step(enum.Enum):
    """What a member wants of the intent."""

    MENU = "menu"
    OWN = "own"
    STOP = "stop"
    FIRST = "first"  # words came before a way was chosen


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody says in hiding, in the mode they chose."""

    mode: Mode


@dataclass(frozen=True, slots=True)
class Code:
    """A claim code, or none where it was forgotten."""

    code: str


@dataclass(frozen=True, slots=True)
class Further:
    """More words to a thread of one's own, or none yet."""

    number: int
    text: str


Wish = Step | Mode | Words | Code | Further


def match(event: Event, settings: Settings) -> Wish | None:
    """Return the wish, None if it is something else. Pure."""
    del settings
    arguments = pressed(event, NAME)
    if arguments is not None:
        return _pressed(arguments[0]) if arguments else Step.MENU
    rest = called(event, COMMANDS)
    if rest is not None and not is_sentence(event):
        return _typed(rest.strip())
    if called(event, ("start",)) == NAME:
        return Step.MENU
    awaited = event.awaited
    if event.kind is not EventKind.MESSAGE or event.is_command:
        return None
    if (code := letters.written(event.text)) is not None:  # it leads to words nobody may know they said
        return Code(code)
    if awaited is None or awaited.intent != NAME:
        return None
    said = event.text.strip()
    if calls_off(said):
        return Step.STOP
    if said in LONE_WORDS:
        return None
    chosen = awaited.data["mode"]
    return Words(Mode(chosen)) if chosen else _MODES.get(said.strip(_ENDS).casefold(), Step.FIRST)


def _pressed(argument: str) -> Wish:
    if argument in (Mode.ALIAS, Mode.SEALED):
        return Mode(argument)
    return Step(argument) if argument in {step.value for step in Step} else Step.MENU


def _typed(rest: str) -> Wish:
    if not rest:
        return Step.MENU
    if rest.casefold() in _MODES:
        return _MODES[rest.casefold()]
    if rest.casefold() in _OWN:
        return Step.OWN
    if found := _CLAIM.fullmatch(rest):
        return Code(found["code"].strip())
    ref, text = parse(rest)
    return Step.FIRST if ref.number is None else Further(ref.number, text)


async def handle(event: Event, argument: Wish, ctx: Context) -> None:
    """Go the next step; in a group only the way to the private chat is shown."""
    if not ctx.veil.is_up:
        await ctx.reply(ctx.say("private.unavailable"))
    elif not event.is_private:
        await _invite(ctx, "private.code_in_group" if isinstance(argument, Code) else "private.in_group")
    elif isinstance(argument, Words):
        await _take(argument.mode, ctx)
    elif isinstance(argument, Mode):
        await _promise(argument, ctx)
    elif isinstance(argument, Code):
        await _claim(argument.code, ctx)
    elif isinstance(argument, Further):
        await _further(argument, ctx)
    elif argument is Step.OWN:
        await _list_own(ctx)
    elif argument is Step.STOP:
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
        await hidden.whisper(ctx, ctx.say("private.stopped"))
    else:
        await _menu(ctx, "private.choose_first" if argument is Step.FIRST else "private.menu")


async def _invite(ctx: Context, text_id: str) -> None:
    button = Button(ctx.label("start.open"), start=NAME)
    buttons = ((button,),) if ctx.can(ctx.chat).deep_links else ()
    await hidden.whisper(ctx, Message(text=ctx.say(text_id), buttons=buttons))


async def _menu(ctx: Context, text_id: str) -> None:
    """Offer the two ways; what is said before one is chosen is kept by nobody, least of all by name."""
    await ctx.uow.expectations.put(ctx.chat.id, ctx.sender.id, NAME, {"mode": ""}, ctx.now + _CHOOSE_FOR)
    rows = (
        (
            ctx.button("private.alias", f"{NAME}:{Mode.ALIAS}"),
            ctx.button("private.sealed", f"{NAME}:{Mode.SEALED}"),
        ),
        (
            ctx.button("private.own", f"{NAME}:{Step.OWN.value}"),
            ctx.button("private.stop", f"{NAME}:{Step.STOP.value}"),
        ),
    )
    await hidden.whisper(ctx, Message(text=ctx.say(text_id), buttons=rows))


async def _promise(mode: Mode, ctx: Context) -> None:
    """Say in two lines what is hidden from whom, then wait for the words."""
    await ctx.uow.expectations.put(ctx.chat.id, ctx.sender.id, NAME, {"mode": str(mode)}, ctx.now + _WAIT_FOR)
    words = ctx.say("private.promise_alias" if mode is Mode.ALIAS else "private.promise_sealed")
    row = (ctx.button("private.stop", f"{NAME}:{Step.STOP.value}"),)
    await hidden.whisper(ctx, Message(text=words, buttons=(row,)))


async def _take(mode: Mode, ctx: Context) -> None:
    """Capture the words for a hidden contributor made for them; what is wrong with them is said in a whisper."""
    event = ctx.event
    text = clean(event.text)
    if event.attachments:
        await hidden.whisper(ctx, ctx.say("private.words_only"))
        return
    voice = Voice("", text, find_tags(text, ctx.settings.tags))
    refusal = examine(ctx, voice)
    if refusal is None and not await hidden.allow(ctx, NAME, _SAID_A_DAY):
        refusal = UserError("private.enough")
    if refusal is not None:
        await hidden.whisper(ctx, ctx.say(refusal.text_id, **refusal.params))
        return
    await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
    member, chat = await hidden.meet(ctx, mode)
    worn = hidden.acting(ctx, member, chat)
    feedback = await record(worn, Voice(worn.event.message_id, voice.text, voice.tags), member, mode=mode)
    assert feedback is not None  # noqa: S101 - its message id has just been drawn
    if mode is Mode.SEALED:
        code = await letters.new_code(ctx, member)
        await hidden.whisper(ctx, ctx.say("private.sealed_receipt", number=feedback.id, code=Strong(code)))
        return
    words = (*await receipt(worn, feedback), "\n", *worn.say("private.alias_receipt", name=member.name))
    row = (worn.button("private.withdraw", f"withdraw:{feedback.id}:{feedback.version}"),)
    await worn.reply(
        Message(text=words, buttons=(row,), about=f"#{feedback.id}"), subject=subject_of(feedback.id)
    )


async def _claim(code: str, ctx: Context) -> None:
    """Show what waits behind a claim code, and let its buttons and further words be the thread's for a while."""
    if not code:
        await hidden.whisper(ctx, ctx.say("private.which_code"))
        return
    if not await hidden.allow(ctx, "claim", _TRIED_A_DAY):
        await hidden.whisper(ctx, ctx.say("private.enough"))
        return
    member = await letters.claimed(ctx, code)
    if member is None:
        await hidden.whisper(ctx, ctx.say("private.no_such_code"))
        return
    await hidden.grant(ctx, member)
    await hidden.whisper(ctx, await letters.letters(ctx, member))


async def _further(wish: Further, ctx: Context) -> None:
    """Add words to a thread of one's own; whose a thread is, nobody else learns by trying."""
    feedback = await ctx.uow.feedback.find(wish.number)
    member = None if feedback is None else await ctx.uow.members.get(feedback.contributor_id)
    if feedback is None or member is None or not await hidden.is_behind(ctx, member):
        await hidden.whisper(ctx, ctx.say("private.not_found", number=wish.number))
        return
    chat = await ctx.uow.chats.find(member.platform, member.external_id)
    assert chat is not None  # noqa: S101 - made together with the member
    worn = hidden.acting(ctx, member, chat)
    if wish.text:
        await letters.answer(worn, feedback, wish.text)
    else:
        await letters.await_answer(worn, feedback)
        await hidden.grant(ctx, member)


async def _list_own(ctx: Context) -> None:
    """List the sender's threads under an alias; nobody can list the sealed ones."""
    found: list[tuple[Feedback, int]] = []
    for way in reversed(await hidden.lead_to(ctx)):
        found += [(each, way.member_id) for each in await ctx.uow.feedback.list_of(way.member_id, limit=1)]
        if len(found) == _LISTED:
            break
    if not found:
        await hidden.whisper(ctx, ctx.say("private.none"))
        return
    parts: list[Part] = [*ctx.say("private.own_head")]
    for feedback, _ in found:
        status = status_word(ctx, feedback.status)
        parts += ["\n", Strong(f"#{feedback.id}"), f" · {status} · {quote_of(ctx, feedback, 24)}"]
    rows = tuple(
        (
            ctx.button(
                "private.write_to", f"{hidden.WORN}:{member_id}:{letters.ANSWER}:{each.id}", number=each.id
            ),
        )
        for each, member_id in found
        if each.status not in CLOSED
    )
    await hidden.whisper(ctx, Message(text=tuple(parts), buttons=rows))
