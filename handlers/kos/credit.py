"""Intent `credit`: a detail that somebody gave was adopted. Writes: contributions, audit, outbox."""

from __future__ import annotations

from dataclasses import dataclass

from handlers import honours
from handlers.asides import aside
from handlers.base import Context, NotUnderstoodError, Settings, UserError
from handlers.events import Event, called
from handlers.hidden import hides
from handlers.quotes import quote_of
from handlers.references import FeedbackRef, parse, resolve, subject_of
from handlers.tags import clean
from handlers.whom import find_named
from storage.contributions import Credit
from storage.messages import Message
from storage.records import STAFF, Feedback, Member

NAME = "credit"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("credit", "感谢")
EXAMPLE = "/credit 128 @小雨 低温下才会出现"

_LONGEST = 200
_QUOTED = 20


@dataclass(frozen=True, slots=True)
class Detail:
    """To which feedback, and the words after it: whose detail it was, and what."""

    ref: FeedbackRef
    words: str


def match(event: Event, settings: Settings) -> Detail | None:
    """Return the detail, None if it is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    return None if rest is None else Detail(*parse(rest))


async def handle(event: Event, argument: Detail, ctx: Context) -> None:
    """Credit whoever gave the detail, once a feedback, and thank them in private."""
    del event
    if argument.ref.number is None:
        raise NotUnderstoodError("credit.which", example=ctx.label("credit.example"))
    feedback = await resolve(argument.ref, ctx)
    giver, detail = await _giver(feedback, clean(argument.words), ctx)
    if giver.role in STAFF:
        raise UserError("credit.staff", who=giver.address)
    subject = subject_of(feedback.id)
    earned = await honours.credit(ctx, giver, Credit.USEFUL_DETAIL, subject, by_id=ctx.sender.id)
    if earned is None:
        raise UserError("credit.again", who=giver.address, number=feedback.id)
    await ctx.uow.audit.add(
        "credit.detail", by_id=ctx.sender.id, now=ctx.now, subject=subject, detail=f"member:{giver.id}"
    )
    if detail:
        await ctx.uow.notes.add(
            feedback.id, ctx.sender.id, ctx.label("credit.note", who=giver.address, detail=detail), ctx.now
        )
    await _thank(ctx, feedback, giver, detail)
    await honours.tell_earned(ctx, giver, earned)
    await aside(ctx, ctx.say("credit.done", who=giver.address, number=feedback.id), subject=subject)


async def _giver(feedback: Feedback, words: str, ctx: Context) -> tuple[Member, str]:
    """Return whose detail it was, and the detail: `@name detail`, a reply to it, or else the contributor's own."""
    example = ctx.label("credit.example")
    if words[:1] in ("@", "＠"):
        name, _, detail = words.partition(" ")
        return await find_named(ctx, name.replace("＠", "@"), example=example), detail.strip()[:_LONGEST]
    first, _, detail = words.partition(" ")
    called = await ctx.uow.members.list_named(ctx.chat.platform, first, 2)
    if len(called) == 1:
        return called[0], detail.strip()[:_LONGEST]
    replied = ctx.event.reply_to
    if replied is not None and not replied.by_us:
        return await find_named(ctx, "", example=example), (words or clean(replied.text))[:_LONGEST]
    if feedback.on_behalf_of:
        raise UserError("award.not_here", who=feedback.on_behalf_of)
    return await ctx.uow.members.get(feedback.contributor_id), words[:_LONGEST]


async def _thank(ctx: Context, feedback: Feedback, giver: Member, detail: str) -> None:
    """Thank them in the KOS's name; a stranger learns no more of the feedback than its number."""
    if hides(giver):
        return
    language = await ctx.language_of(giver)
    is_own = giver.id == feedback.contributor_id
    words = ctx.texts.text(
        language, "credit.thanks_own" if is_own else "credit.thanks", who=giver.address, number=feedback.id,
        quote=quote_of(ctx, feedback, _QUOTED, language), by=ctx.sender.address,
        detail=ctx.texts.plain(language, "credit.detail", detail=detail[:_QUOTED]) if detail else "",
    )  # fmt: skip
    key = f"{subject_of(feedback.id)}:credit:member:{giver.id}"
    await ctx.tell(giver, Message(text=words, about=f"#{feedback.id}"), key=key)
