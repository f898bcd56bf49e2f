"""Intent `route`: a feedback or topic is handed to who can change it. Writes: routes, feedback, audit, outbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from handlers import orders
from handlers.asides import aside
from handlers.base import Context, Settings, UserError
from handlers.events import Event, EventKind, called, pressed
from handlers.references import FeedbackRef, parse
from handlers.routing import (
    department_name,
    find_department,
    find_point,
    shown_words,
)
from storage.announcements import ASKED
from storage.departments import Department
from storage.messages import Button, Message, Part, Strong, plain
from storage.points import Point
from storage.records import STAFF, Status
from storage.routes import Route, RouteState

NAME = "route"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("route", "转交")
EXAMPLE = "/route 128 产品部"
_BACK = frozenset({"off", "取消", "收回", "none"})
_LISTED = 10
_ACROSS = 3


@dataclass(frozen=True, slots=True)
class Handing:
    """What goes to which department; without either, where everything is."""

    ref: FeedbackRef = field(default_factory=FeedbackRef)
    word: str = ""
    is_list: bool = False


def match(event: Event, settings: Settings) -> Handing | None:
    """Return what goes where, or None if the event is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is not None:
        ref, word = parse(rest)
        return Handing(ref, word, is_list=not rest.strip() and event.reply_to is None)
    arguments = pressed(event, NAME)
    if not arguments or not arguments[0].removeprefix("T").isdecimal():
        return None
    number = int(arguments[0].removeprefix("T")[:15])
    ref = FeedbackRef(topic=number) if arguments[0].startswith("T") else FeedbackRef(number)
    return Handing(ref, ":".join(arguments[2:]))


async def handle(event: Event, argument: Handing, ctx: Context) -> None:
    """Hand it over; ask to which department if none was named; list what is where if nothing was."""
    if argument.is_list:
        await aside(ctx, await _list(ctx))
        return
    point = await find_point(argument.ref, ctx)
    if not argument.word:
        await aside(ctx, await _ask(point, ctx), subject=point.subject)
        return
    if argument.word.casefold() in _BACK:
        await _take_back(point, ctx)
        return
    department = find_department(argument.word, ctx)
    if not point.open_voices:
        raise UserError("route.is_over", name=point.name)
    due = ctx.now + department.answer_within
    route = await ctx.uow.routes.open_(point, department.key, by_id=ctx.sender.id, now=ctx.now, due=due)
    if route is None:
        raise UserError("route.already", name=point.name, department=department.name)
    await _look_after(point, ctx)
    await _record(point, department.key, ctx)
    await ctx.uow.announcements.put(
        ASKED, f"route:{route.id}",
        {"name": point.name, "department": department.key, "decide_by": _day(route, ctx).isoformat()}, now=ctx.now,
    )  # fmt: skip
    line = ctx.say(
        "route.done", name=point.name, department=department.name,
        day=ctx.texts.day(ctx.language, _day(route, ctx)),
    )  # fmt: skip
    if event.kind is EventKind.PRESS:
        ctx.toast = plain(line)
        return
    await aside(ctx, line, subject=point.subject)


def _day(route: Route, ctx: Context) -> date:
    return route.due.astimezone(ctx.chat.zone).date()


async def _look_after(point: Point, ctx: Context) -> None:
    """Handing on what nobody looked at is the first look: it is in review then, and who did it looks after it."""
    for voice in point.open_voices:
        if voice.status is Status.RECEIVED:
            await orders.move(ctx, voice, Status.IN_REVIEW, note="", intent=NAME)
        elif voice.owner_id is None:
            await ctx.uow.feedback.take(voice.id, ctx.sender.id, ctx.now)


async def _take_back(point: Point, ctx: Context) -> None:
    route = await ctx.uow.routes.find(point)
    if route is None:
        raise UserError("route.nowhere", name=point.name)
    await ctx.uow.routes.answer(route, RouteState.MOVED, by_id=ctx.sender.id, now=ctx.now)
    await _record(point, "off", ctx)
    line = ctx.say("route.taken_back", name=point.name, department=department_name(route, ctx))
    await aside(ctx, line, subject=point.subject)


async def _record(point: Point, detail: str, ctx: Context) -> None:
    await ctx.uow.audit.add("route", by_id=ctx.sender.id, now=ctx.now, subject=point.subject, detail=detail)


async def _ask(point: Point, ctx: Context) -> Message:
    """Return the departments as buttons, and in words where there are none."""
    if not ctx.settings.departments:
        raise UserError("route.no_departments")
    route = await ctx.uow.routes.find(point)
    here = department_name(route, ctx) if route else ctx.label("route.nobody")
    names = ctx.label("place.comma").join(department.name for department in ctx.settings.departments)
    text = ctx.say("route.ask", name=point.name, here=here, departments=names)
    marks = [_button(point, department) for department in ctx.settings.departments]
    rows = tuple(tuple(marks[start : start + _ACROSS]) for start in range(0, len(marks), _ACROSS))
    return Message(text=text, buttons=rows, about=point.name)


def _button(point: Point, department: Department) -> Button:
    return Button(department.name, action=f"{NAME}:{point.name.lstrip('#')}:0:{department.key}")


async def _list(ctx: Context) -> Message:
    """Say how much each department has in hand, and name what is with none that the config knows."""
    counts = await ctx.uow.routes.count_waiting()
    parts: list[Part] = [*ctx.say("route.list" if ctx.settings.departments else "route.no_departments")]
    for department in ctx.settings.departments:
        parts += [
            "\n", Strong(department.name), " ",
            *ctx.say("route.list_line", count=counts.pop(department.key, 0)),
        ]  # fmt: skip
    if not counts:
        return Message(text=tuple(parts))
    strays = await ctx.uow.routes.list_strays([each.key for each in ctx.settings.departments], _LISTED)
    points = await ctx.uow.points.list_of(strays)
    parts += ["\n\n", *ctx.say("route.strays", count=sum(counts.values()))]
    for route in strays:
        if route.id in points:
            point = points[route.id]
            words = ctx.say("route.stray", department=route.department, what=shown_words(point, ctx))
            parts += ["\n", Strong(point.name), " ", *words]
    return Message(text=tuple(parts))
