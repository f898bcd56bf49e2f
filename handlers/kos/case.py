"""Intent `case`, 公开课: a complaint that the group may watch, if its contributor allows it.

Without words it asks for consent; with words it adds progress. Writes: cases, consents, audit, outbox.
"""

from __future__ import annotations

from handlers import casework, orders
from handlers.base import Context, Settings, UserError
from handlers.events import Event, called
from handlers.orders import Order
from handlers.quotes import quote_of
from handlers.references import parse, resolve, subject_of
from handlers.statuses import status_word
from handlers.tags import clean
from storage.cases import CaseState
from storage.consents import Purpose
from storage.messages import Message
from storage.records import OPEN, STAFF, Feedback, Member
from storage.verdicts import ASKED

NAME = "case"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("case", "公开课")
EXAMPLE = "/case 128 联系上仓库了，今天补发"
_LONGEST = 300  # characters of one piece of progress: a card has room for several
_QUOTED = 24


def match(event: Event, settings: Settings) -> Order | None:
    """Return which feedback, and the progress if any, or None if the event is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    return None if rest is None else Order(*parse(rest))


async def handle(event: Event, argument: Order, ctx: Context) -> None:
    """Ask whether it may be a case, or tell the group how it goes on."""
    del event
    feedback = await resolve(argument.ref, ctx)
    text = clean(argument.text).strip()
    if len(text) > _LONGEST:
        raise UserError("order.too_long", limit=_LONGEST, length=len(text))
    contributor = await ctx.uow.members.get(feedback.contributor_id)
    if text:
        await _add(ctx, feedback, contributor, text)
    else:
        await _ask(ctx, feedback, contributor)


async def _ask(ctx: Context, feedback: Feedback, contributor: Member) -> None:
    """Ask the contributor, once; a no, or a yes that was taken back, is not asked about again."""
    if not feedback.is_open_voice or feedback.on_behalf_of:
        raise UserError("case.hidden", number=feedback.id)
    if feedback.status not in OPEN | ASKED:
        raise UserError("case.over", number=feedback.id, status=status_word(ctx, feedback.status))
    chat = await casework.group_of(ctx, feedback, contributor)
    if chat is None:
        raise UserError("case.no_group", number=feedback.id)
    if await ctx.uow.cases.ask(feedback.id, chat_id=chat.id, by_id=ctx.sender.id, now=ctx.now) is None:
        await _say_where_it_stands(ctx, feedback, contributor)
        return
    subject = subject_of(feedback.id)
    language = await ctx.language_of(contributor)
    words = ctx.texts.text(
        language, "case.ask", who=contributor.address, quote=quote_of(ctx, feedback, _QUOTED, language),
        group=chat.title, kos=ctx.sender.address,
    )  # fmt: skip
    buttons = casework.choices(ctx, feedback.id, language)
    message = Message(text=words, buttons=tuple((button,) for button in buttons), about=f"#{feedback.id}")
    await ctx.tell(contributor, message, key=f"{subject}:case", subject=subject)
    await casework.expect_answer(ctx, feedback, contributor)
    await orders.record(ctx, feedback, NAME)
    await orders.done(ctx, feedback, ctx.say("case.asked", number=feedback.id, who=contributor.address))


async def _say_where_it_stands(ctx: Context, feedback: Feedback, contributor: Member) -> None:
    case = await ctx.uow.cases.find(feedback.id)
    state = case.state if case else CaseState.ENDED
    raise UserError(_STANDS[state], number=feedback.id, who=contributor.address)


_STANDS = {
    CaseState.ASKED: "case.asked_before",
    CaseState.OPEN: "case.is_open",
    CaseState.ENDED: "case.declined_before",
}


async def _add(ctx: Context, feedback: Feedback, contributor: Member, text: str) -> None:
    """Add progress, if the group may read it."""
    consent = await ctx.uow.consents.find(feedback.contributor_id, Purpose.CASE, subject_of(feedback.id))
    if consent is None or not consent.allows:
        case = await ctx.uow.cases.find(feedback.id)
        if case is None:
            raise UserError("case.not_yet", number=feedback.id)
        raise UserError(_STANDS[case.state], number=feedback.id, who=contributor.address)
    await ctx.uow.cases.add_line(feedback.id, ctx.sender.id, text, ctx.now)
    await casework.refresh(ctx, feedback, line=text)
    await orders.record(ctx, feedback, NAME, "progress")
    await orders.done(ctx, feedback, ctx.say("case.added", number=feedback.id))
