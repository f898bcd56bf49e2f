"""Intent `insight`: one topic on one page for who can change it; staff write its sentence. Writes: insights, outbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from handlers.asides import aside
from handlers.base import Context, NotAllowedError, Settings, UserError
from handlers.days import parse_day
from handlers.events import Event, called, pressed
from handlers.insights import page_of
from handlers.references import FeedbackRef, parse
from handlers.routing import department_of, find_asked
from handlers.tags import clean
from storage.departments import Place
from storage.messages import Quote
from storage.points import Point
from storage.records import EVERYBODY, STAFF
from storage.routes import Route

NAME = "insight"
ROLES = EVERYBODY  # people of a department need no role; who may see it is looked at in `handle`
LISTED_FOR = STAFF
COMMANDS: tuple[str, ...] = ("insight", "洞察")
EXAMPLE = "/insight 128 戴手套时 4.2 的按钮按不准"
LONGEST = 200  # characters: a page has room for one sentence
_DECISION = ("请定", "决定", "decide")


@dataclass(frozen=True, slots=True)
class Wish:
    """Which point; the sentence to write, or the decision to ask for."""

    ref: FeedbackRef = field(default_factory=FeedbackRef)
    text: str = ""
    is_decision: bool = False


def match(event: Event, settings: Settings) -> Wish | None:
    """Return the wish, or None if the event is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is not None:
        ref, text = parse(rest)
        word, _, after = text.partition(" ")
        if word.casefold() in _DECISION:
            return Wish(ref, after.strip(), is_decision=True)
        return Wish(ref, text)
    arguments = pressed(event, NAME)
    if not arguments:
        return None
    ref, rest = parse(arguments[0])
    return None if rest or ref == FeedbackRef() else Wish(ref)


async def handle(event: Event, argument: Wish, ctx: Context) -> None:
    """Show the page; or write its sentence or its decision, if staff say so."""
    del event
    point, route = await find_asked(argument.ref, ctx)
    if argument.text or argument.is_decision:
        await _write(argument, point, ctx)
        return
    page = await page_of(ctx, point, route)
    if await _is_place_of(route, ctx):
        await ctx.reply(page, subject=point.subject)
    else:
        await aside(ctx, page, subject=point.subject)


async def _is_place_of(route: Route | None, ctx: Context) -> bool:
    """Tell whether we are where this department reads its packet."""
    department = department_of(route, ctx) if route else None
    here = Place(ctx.chat.platform, ctx.chat.external_id, ctx.chat.kind)
    return department is not None and here in department.places


async def _write(wish: Wish, point: Point, ctx: Context) -> None:
    """Keep the words; who wrote the former ones is named, so that two who write at once see it."""
    if ctx.sender.role not in STAFF:
        raise NotAllowedError
    text = clean(wish.text)
    if len(text) > LONGEST:
        raise UserError("order.too_long", limit=LONGEST, length=len(text))
    before = await ctx.uow.insights.find(point)
    former = before.decision if wish.is_decision else before.sentence
    if wish.is_decision:
        today = ctx.now.astimezone(ctx.chat.zone).date()
        day, text = parse_day(text, today) or (None, text)
        _check_day(day, today, ctx)
        await ctx.uow.insights.put(
            point,
            by_id=ctx.sender.id,
            now=ctx.now,
            decision=text or former,
            decide_by=day or before.decide_by,
        )
    else:
        await ctx.uow.insights.put(point, by_id=ctx.sender.id, now=ctx.now, sentence=text)
    await ctx.uow.audit.add(
        "insight", by_id=ctx.sender.id, now=ctx.now, subject=point.subject,
        detail="decision" if wish.is_decision else "sentence",
    )  # fmt: skip
    line = ctx.say("insight.done", name=point.name)
    if former and former != text:
        line += ctx.say("insight.replaced", former=(Quote(former),))
    await aside(ctx, line, subject=point.subject)


def _check_day(day: date | None, today: date, ctx: Context) -> None:
    if day is not None and day < today:
        raise UserError("plan.past", day=ctx.texts.day(ctx.language, day))
