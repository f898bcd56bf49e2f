"""Which department and which point are meant. Used by handlers/kos/ and handlers/departments/."""

from __future__ import annotations

from handlers.base import Context, NotAllowedError, UserError
from handlers.events import EventKind
from handlers.references import FeedbackRef, not_there, resolve
from storage.departments import Department
from storage.messages import Part
from storage.points import Point
from storage.records import STAFF, Feedback
from storage.routes import Route, RouteState
from storage.text.quotes import short_quote

_QUOTED = 24
HANDS = {
    RouteState.ASKED: "route.hands_asked",
    RouteState.NEED_INFO: "route.hands_need_info",
    RouteState.ACCEPTED: "route.hands_accepted",
    RouteState.DECLINED: "route.hands_declined",
}


async def find_point(ref: FeedbackRef, ctx: Context) -> Point:
    """Return what is meant; a feedback that is part of a topic stands for all of it. **Errors**: UserError."""
    feedback = await resolve(ref, ctx)
    found = await ctx.uow.points.find(feedback.id)
    assert found is not None  # noqa: S101 - it was just found
    return found


async def find_asked(ref: FeedbackRef, ctx: Context) -> tuple[Point, Route | None]:
    """Return what is meant and whose hands it is in, to staff and to the department that was asked.

    **Errors**: UserError. Who may not see it learns from no number whether it is there.
    """
    check_insider(ctx)
    is_staff = ctx.sender.role in STAFF
    point = await find_point(ref, ctx)
    route = await ctx.uow.routes.find(point)
    department = department_of(route, ctx) if route else None
    if not is_staff and (department is None or not department.has(ctx.sender)):
        raise not_there(ref, ctx)
    return point, route


def find_department(word: str, ctx: Context) -> Department:
    """Return the department somebody names by key or name. **Errors**: UserError that lists them."""
    wanted = word.strip().casefold()
    for department in ctx.settings.departments:
        if wanted in (department.key.casefold(), department.name.casefold()):
            return department
    begun = [each for each in ctx.settings.departments if wanted and each.name.casefold().startswith(wanted)]
    if len(begun) == 1:
        return begun[0]
    names = ctx.label("place.comma").join(department.name for department in ctx.settings.departments)
    if not names:
        raise UserError("route.no_departments")
    raise UserError("route.unknown", word=word.strip()[:20], departments=names)


def department_of(route: Route, ctx: Context) -> Department | None:
    """Return the department of a route, None if the config does not name it any more."""
    return next((each for each in ctx.settings.departments if each.key == route.department), None)


def department_name(route: Route, ctx: Context) -> str:
    """Return what the department of a route is called; its key if the config does not name it any more."""
    department = department_of(route, ctx)
    return department.name if department else route.department


def check_insider(ctx: Context) -> None:
    """Let staff and people of a department pass. **Errors**: UserError, in other words for a plain word."""
    if ctx.sender.role in STAFF or any(each.has(ctx.sender) for each in ctx.settings.departments):
        return
    if ctx.event.kind is EventKind.MESSAGE and not ctx.event.is_command:
        raise UserError("unknown.staffs", word=ctx.event.word)
    raise NotAllowedError


def check_may_answer(route: Route, point: Point, ctx: Context) -> Department:
    """Return the department that is answered for. **Errors**: UserError if it is gone; NotAllowedError."""
    department = department_of(route, ctx)
    if ctx.sender.role not in STAFF and (department is None or not department.has(ctx.sender)):
        raise NotAllowedError
    if department is None:
        raise UserError("route.gone", name=point.name, department=route.department)
    return department


def shown_words(point: Point, ctx: Context) -> str:
    """Return what a point is about, in words that a department may read."""
    if point.title:
        return short_quote(point.title, _QUOTED)
    if point.quotes:
        return short_quote(point.quotes[0].text, _QUOTED)
    return ctx.label("packet.unquoted")


async def hands_block(ctx: Context, feedback: Feedback) -> list[Part]:
    """Say whose hands a feedback or its topic is in, and what they said, for a card of staff."""
    topics = [] if feedback.topic_id is None else [feedback.topic_id]
    routes = await ctx.uow.routes.list_of([feedback.id], topics)
    if not routes:
        return []
    route = routes[-1]
    day = route.promised_for or route.due.astimezone(ctx.chat.zone).date()
    return [
        *ctx.say(
            HANDS[route.state], department=department_name(route, ctx), day=ctx.texts.day(ctx.language, day)
        )
    ]
