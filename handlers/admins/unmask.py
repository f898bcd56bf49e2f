"""Intent `unmask`: two admins and a reason look behind an alias. Writes: unmaskings, audit, outbox.

The contributor is told in the same transaction. The name itself is written down nowhere: it leaves encrypted, to the
two admins alone. What is sealed keeps no identity, so nobody can look behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

from handlers import hidden
from handlers.base import Context, NotUnderstoodError, Settings, UserError
from handlers.events import Event, called, pressed
from handlers.references import FeedbackRef, parse, resolve, subject_of
from handlers.tags import clean, weight
from storage.messages import Button, Message, Quote, Strong, Text, plain
from storage.modes import Mode
from storage.records import ADMINS, Feedback, Member
from storage.unmaskings import Unmasking

NAME = "unmask"
ROLES = ADMINS
COMMANDS: tuple[str, ...] = ("unmask", "揭开")
EXAMPLE = "/unmask 128 匿名威胁了店员，法务要求核实"

_AGREE, _REFUSE = "yes", "no"
_LEAST_WEIGHT, _LONGEST_REASON = 6, 500


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose alias, and why; a pressed button says to which wish it belongs."""

    ref: FeedbackRef
    reason: str = ""
    asked_id: int = 0
    refuses: bool = False


def match(event: Event, settings: Settings) -> Wish | None:
    """Return the wish, None if it is something else. Pure."""
    del settings
    arguments = pressed(event, NAME)
    if arguments is not None:
        return _press(arguments)
    rest = called(event, COMMANDS)
    return None if rest is None else Wish(*parse(rest))


async def handle(event: Event, argument: Wish, ctx: Context) -> None:
    """Ask for the agreement of a second admin, give it, or refuse it."""
    if not event.is_private:
        raise UserError("unmask.staff_only")
    if argument.ref.number is None:
        raise NotUnderstoodError("unmask.how", example=ctx.label(f"{NAME}.example"))
    feedback = await resolve(argument.ref, ctx)
    if feedback.mode is Mode.NAMED:
        raise UserError("unmask.named", number=feedback.id)
    if feedback.mode is Mode.SEALED:
        raise UserError("unmask.sealed", number=feedback.id)
    asked = await ctx.uow.unmaskings.find_open(feedback.id, ctx.now)
    if argument.asked_id and (asked is None or asked.id != argument.asked_id):
        await _settle(ctx.say("unmask.over", number=feedback.id), ctx)
        return
    if asked is not None and argument.refuses and asked.by_id != ctx.sender.id:
        await _refuse(feedback, asked, ctx)
        return
    person = await _person(feedback, ctx)
    if asked is None:
        await _ask(feedback, clean(argument.reason)[:_LONGEST_REASON], ctx)
    elif asked.by_id == ctx.sender.id:
        raise UserError("unmask.again", number=feedback.id)
    elif await ctx.uow.unmaskings.agree(asked, ctx.sender.id, ctx.now):
        await _show(feedback, person, asked, ctx)


def _press(arguments: tuple[str, ...]) -> Wish | None:
    if len(arguments) != 3 or not (arguments[0].isdecimal() and arguments[2].isdecimal()):
        return None
    if arguments[1] not in (_AGREE, _REFUSE):
        return None
    return Wish(FeedbackRef(int(arguments[0])), asked_id=int(arguments[2]), refuses=arguments[1] == _REFUSE)


async def _settle(words: Text, ctx: Context) -> None:
    """Let our question end in these words; where it cannot be edited, say them anew."""
    ctx.toast = plain(words)
    if not await ctx.replace(Message(text=words)):
        await ctx.reply(words)


async def _refuse(feedback: Feedback, asked: Unmasking, ctx: Context) -> None:
    """Leave the alias as it is, and say so to who asked."""
    if not await ctx.uow.unmaskings.refuse(asked, ctx.sender.id):
        await _settle(ctx.say("unmask.over", number=feedback.id), ctx)
        return
    subject = subject_of(feedback.id)
    await ctx.uow.audit.add("unmask.refuse", by_id=ctx.sender.id, now=ctx.now, subject=subject)
    first = await ctx.uow.members.get(asked.by_id)
    words = ctx.texts.text(
        await ctx.language_of(first), "unmask.refused", who=ctx.sender.address, number=feedback.id
    )
    message = Message(text=words, about=f"#{feedback.id}")
    await ctx.tell(first, message, key=f"unmask:{asked.id}:refused", subject=subject)
    await _settle(ctx.say("unmask.noted_no", number=feedback.id, who=first.address), ctx)


async def _person(feedback: Feedback, ctx: Context) -> Member:
    """Return who stands behind an alias. **Errors**: UserError if nobody can know any more."""
    way = await ctx.uow.veils.find(feedback.contributor_id)
    alias = await ctx.uow.members.get(feedback.contributor_id)
    found = ctx.veil.uncover(way.covered, hidden.scope_of(alias.external_id)) if way is not None else None
    person = await ctx.uow.members.find(alias.platform, found) if found is not None else None
    if person is None:
        raise UserError("unmask.no_way", number=feedback.id)
    return person


async def _ask(feedback: Feedback, reason: str, ctx: Context) -> None:
    """Note the reason, and ask the other admins."""
    if weight(reason) < _LEAST_WEIGHT:
        raise NotUnderstoodError("unmask.reason", example=ctx.label(f"{NAME}.example"))
    others = [member for member in await ctx.uow.members.list_staff(ADMINS) if member.id != ctx.sender.id]
    if not others:
        raise UserError("unmask.nobody")
    asked = await ctx.uow.unmaskings.add(feedback.id, ctx.sender.id, reason, ctx.now)
    subject = subject_of(feedback.id)
    await ctx.uow.audit.add("unmask.ask", by_id=ctx.sender.id, now=ctx.now, subject=subject, detail=reason)
    for admin in others:
        language = await ctx.language_of(admin)
        words = ctx.texts.text(
            language, "unmask.please", who=ctx.sender.address, number=feedback.id, reason=(Quote(reason),)
        )
        row = tuple(
            Button(
                ctx.texts.plain(language, label, number=feedback.id),
                action=f"{NAME}:{feedback.id}:{answer}:{asked.id}",
            )
            for label, answer in (("unmask.confirm", _AGREE), ("unmask.refuse", _REFUSE))
        )
        message = Message(text=words, buttons=(row,), about=f"#{feedback.id}")
        await ctx.tell(admin, message, key=f"unmask:{asked.id}:member:{admin.id}", subject=subject)
    await ctx.reply(ctx.say("unmask.asked", number=feedback.id))


async def _show(feedback: Feedback, person: Member, asked: Unmasking, ctx: Context) -> None:
    """Tell the two admins the name and the contributor that they were told; write down who, why and when."""
    alias = await ctx.uow.members.get(feedback.contributor_id)
    subject = subject_of(feedback.id)
    await ctx.uow.audit.add(
        NAME, by_id=ctx.sender.id, now=ctx.now, subject=subject, detail=f"{asked.by_id}: {asked.reason}"
    )
    first = await ctx.uow.members.get(asked.by_id)
    home = await ctx.home_of(first)
    private = await ctx.uow.outbox.private_chat(first, timezone=home.timezone, language=home.language)
    name = person.name + (f" (@{person.username})" if person.username else "")
    for chat_id, language in ((ctx.chat.id, ctx.language), (private.id, await ctx.language_of(first))):
        words = ctx.texts.text(
            language, "unmask.shown", number=feedback.id, name=alias.name, who=Strong(name),
            reason=(Quote(asked.reason),),
        )  # fmt: skip
        await hidden.whisper(ctx, words, chat_id=chat_id)
    language = alias.language or ctx.chat.language
    words = ctx.texts.text(language, "unmask.told", number=feedback.id, reason=(Quote(asked.reason),))
    message = Message(text=words, about=f"#{feedback.id}")
    await ctx.tell(alias, message, key=f"unmask:{asked.id}:told", subject=subject)
