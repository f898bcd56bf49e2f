"""Intent `forget`: a member wants to be forgotten, for good. Writes: everything of theirs, timers, audit, outbox."""

from __future__ import annotations

import enum
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta

from handlers import casework, hidden, storytelling
from handlers.base import Context, Settings, UserError
from handlers.events import Event, EventKind, called, pressed
from handlers.honours import show_beside_name
from handlers.references import number_of
from storage.consents import Purpose
from storage.messages import Message
from storage.records import EVERYBODY, STAFF, ChatKind, ChatState

NAME = "forget"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ("forget", "忘记我")
EXAMPLE = "/forget"

_SURE = frozenset({"忘记我", "forget me"})
_KEEP = frozenset({"算了", "取消", "不用了", "不要", "不", "no", "never mind", "cancel", "keep"})
_ANSWER_WITHIN = timedelta(minutes=10)
_SWEEP_AFTER = timedelta(seconds=5)


class _Step(enum.Enum):
    ASK = enum.auto()
    SURE = enum.auto()
    KEEP = enum.auto()


@dataclass(frozen=True, slots=True)
class Wish:
    """How far the wish has come; a button knows whose it is (`member_id`), words do not."""

    step: _Step
    member_id: int | None = None


def match(event: Event, settings: Settings) -> Wish | None:
    """Return the wish, None if the event is something else. Pure."""
    del settings
    arguments = pressed(event, NAME)
    if arguments is not None:
        if len(arguments) != 2 or arguments[0] not in ("yes", "no") or not arguments[1].isdecimal():
            return None
        return Wish(_Step.SURE if arguments[0] == "yes" else _Step.KEEP, int(arguments[1]))
    said = event.text.strip().casefold()
    if event.awaited is not None and event.awaited.intent == NAME and said in _SURE | _KEEP:
        return Wish(_Step.SURE if said in _SURE else _Step.KEEP)
    return None if called(event, COMMANDS) is None else Wish(_Step.ASK)


async def handle(event: Event, argument: Wish, ctx: Context) -> None:
    """Say what will happen and ask; then forget, and say goodbye."""
    if not event.is_private:
        await ctx.reply(ctx.say("forget.in_private"))
        return
    if ctx.sender.role in STAFF:
        raise UserError("forget.staff")
    if argument.member_id not in (None, ctx.sender.id):
        ctx.toast = ctx.label("forget.was_somebody_else")
    elif argument.step is _Step.ASK:
        await _ask(ctx)
    elif argument.step is _Step.SURE:
        await _forget(event, ctx)
    else:
        await _keep(ctx)


async def _ask(ctx: Context) -> None:
    text_id = "forget.question_delete" if ctx.settings.privacy.deletes_words else "forget.question"
    row = (
        ctx.button("forget.yes", f"{NAME}:yes:{ctx.sender.id}"),
        ctx.button("forget.no", f"{NAME}:no:{ctx.sender.id}"),
    )
    has_buttons = ctx.can(ctx.chat).buttons
    words = ctx.say(text_id) if has_buttons else (*ctx.say(text_id), "\n", *ctx.say("forget.how"))
    await ctx.uow.expectations.put(ctx.chat.id, ctx.sender.id, NAME, {}, ctx.now + _ANSWER_WITHIN)
    await ctx.reply(Message(text=words, buttons=(row,) if has_buttons else ()))


async def _keep(ctx: Context) -> None:
    await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
    ctx.toast = ctx.label("forget.kept")
    kept = Message(text=ctx.say("forget.kept"))
    if ctx.event.kind is EventKind.PRESS:
        await ctx.replace(kept)
    else:
        await ctx.reply(kept)


async def _forget(event: Event, ctx: Context) -> None:
    """Forget at once, in this transaction; what names them elsewhere follows within minutes."""
    uow, member, home = ctx.uow, ctx.sender, await ctx.home_of(ctx.sender)
    language = ctx.language
    await hidden.forget_ways(ctx)
    for story in await uow.stories.list_of(member.id):
        await storytelling.end(ctx, story.feedback_id)
    for consent in await uow.consents.revoke_all(member.id, ctx.now):
        number = number_of(consent.subject)
        if consent.purpose is Purpose.CASE and number is not None:
            await casework.take_down(ctx, number)
    titled = await uow.titles.list_of(member.id)
    needles = await uow.forgetting.forget(
        member, name=ctx.texts.plain(ctx.settings.language, "forget.former"),
        deletes=ctx.settings.privacy.deletes_words, now=ctx.now,
    )  # fmt: skip
    if titled:  # they hold none any more, so it takes the word away
        await show_beside_name(ctx, member, had_one=True)
    until = await uow.rewording.last_rows()
    chat = await uow.chats.add(
        member.platform, member.external_id, ChatKind.PRIVATE, title="", state=ChatState.SERVED, language=language,
        timezone=home.timezone,
    )  # fmt: skip
    farewell = f"farewell:{secrets.token_hex(8)}"
    await uow.outbox.put(
        chat.id, Message(text=ctx.texts.text(language, "forget.done")), key=farewell, now=ctx.now
    )
    data = {"needles": asdict(needles), "until": until, "step": 0, "after": 0, "farewell": farewell}
    subject = f"member:{member.id}"
    await uow.timers.put(f"{NAME}:{member.id}", NAME, ctx.now + _SWEEP_AFTER, subject=subject, data=data)
    await uow.audit.add("member.forget", by_id=None, now=ctx.now, subject=subject)
    if event.kind is EventKind.PRESS:
        ctx.toast = ctx.texts.plain(language, "forget.toast")
    ctx.has_left = True
