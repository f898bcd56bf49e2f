"""Intent `resonate`: I met it too, or I did not. Writes: resonances, followers, expectations, outbox.

By a button of the card, by +1, 同感, 我也是 or "me too" as a reply, or with the number behind it.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import timedelta

from handlers.base import Context, Settings, UserError
from handlers.events import Event, EventKind, pressed
from handlers.knowing import resolve_known
from handlers.references import FeedbackRef, parse
from handlers.resonance import resonate, take_back
from storage.records import EVERYBODY

NAME = "resonate"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""

_DOUBLE_TAP = timedelta(seconds=5)
_REFERENCE = r"(?:(?:[\s,，:：]+|(?<=\D)|(?=[#＃]))(?P<ref>[#＃]?[TtＴｔ]?\d{1,15})号?)?[\s。.!！~～]*"


class Word(enum.StrEnum):
    """What somebody says."""

    ME = "me"
    NOT_ME = "not"
    UNDO = "undo"


_SAID = {
    word: re.compile(rf"(?:{words}){_REFERENCE}", re.IGNORECASE)
    for word, words in (
        (Word.ME, r"[+＋]\s?[1１]|同感|同问|我也是|我也遇到(?:了|过)?|我也一样|me too|same here"),
        (Word.NOT_ME, r"我?没(?:有)?遇到(?:过)?|我没有这个问题|not me"),
        (Word.UNDO, r"[-－]\s?[1１]|撤回\s?[+＋]1|取消\s?[+＋]1"),
    )
}


@dataclass(frozen=True, slots=True)
class Said:
    """One word about one feedback; without a reference about what is replied to."""

    ref: FeedbackRef
    word: Word


def match(event: Event, settings: Settings) -> Said | None:
    """Return what is said, None if it is something else. Pure."""
    del settings
    arguments = pressed(event, NAME)
    if arguments is not None:
        if len(arguments) != 2 or arguments[1] not in set(Word):
            return None
        ref, rest = parse(arguments[0])
        return Said(ref, Word(arguments[1])) if not rest and ref != FeedbackRef() else None
    if event.kind is not EventKind.MESSAGE or event.is_command:
        return None
    said = f"{event.word} {event.rest}".strip() if event.mentions_us and event.word else event.text.strip()
    return read(said, is_reply=event.reply_to is not None or event.mentions_us)


def read(text: str, *, is_reply: bool) -> Said | None:
    """Return what a text says: nothing but one of the words, with a number or as a reply. Pure."""
    for word, pattern in _SAID.items():
        if found := pattern.fullmatch(text):
            ref = parse(found["ref"])[0] if found["ref"] else FeedbackRef()
            return Said(ref, word) if is_reply or found["ref"] else None
    return None


async def handle(event: Event, argument: Said, ctx: Context) -> None:
    """Write it down; what is about no feedback is none of our business, unless somebody calls us."""
    calls_us = event.kind is EventKind.PRESS or event.is_private or event.mentions_us
    try:
        feedback = await resolve_known(argument.ref, ctx)
    except UserError:
        if calls_us:
            raise
        return
    is_press = event.kind is EventKind.PRESS
    if argument.word is Word.UNDO:
        await take_back(ctx, feedback)
    else:
        await resonate(
            ctx, feedback, is_me=argument.word is Word.ME, takes_back_after=_DOUBLE_TAP if is_press else None
        )
