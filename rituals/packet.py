"""Ritual `packet`, 部门简报: what a department is to decide, on one page, and whether it kept its word.

It is held where a department's packet goes: a group, a person's private chat, a folder or a webhook. Each line has
its buttons; their intent is `decide`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from rituals import voices
from rituals.base import Context, RitualSettings, SkippedError
from rituals.budget import NOTHING_ASKED
from storage.announcements import PACKET
from storage.departments import Department, Place
from storage.keeping import Figures, figures_of
from storage.messages import Button, Message, Part, Strong
from storage.points import Point
from storage.records import ADMINS, Chat, ChatKind, Platform
from storage.routes import Route, RouteState
from storage.runs import Run
from storage.timers import Timer

KIND = "packet"
DECISIONS = 6
"""How many decisions one packet asks for: with their buttons they fill a page."""

PROMISES = 4
FIGURES_OVER = timedelta(days=90)
_LOOK_AHEAD = timedelta(days=7)
_MOST_READ = 60
_STRAYS = 20
_ANSWERS = {"a": "packet.accept", "n": "packet.need_info", "d": "packet.decline"}


async def begin(run: Run, chat: Chat, ritual: RitualSettings, ctx: Context) -> None:
    """Put one page for each department whose place this chat is."""
    del ritual
    is_empty = True
    for department in ctx.settings.departments:
        if not await _is_place(department, chat, ctx):
            continue
        is_empty = not await _put(run, department, chat, ctx) and is_empty
    if is_empty:
        raise SkippedError(NOTHING_ASKED)


async def strays(timer: Timer, ctx: Context) -> None:
    """Tell the admins, once, what is in the hands of departments that the config does not name any more."""
    del timer
    known = [department.key for department in ctx.settings.departments]
    found = await ctx.uow.routes.list_strays(known, _STRAYS)
    points = await ctx.uow.points.list_of(found)
    names = [points[route.id].name for route in found if route.id in points]
    if not names:
        return
    keys = sorted({route.department for route in found})
    for admin in await ctx.uow.members.list_staff(ADMINS):
        language = await ctx.language_of(admin)
        comma = ctx.label(language, "list.comma")
        text = ctx.say(
            language, "packet.strays", departments=comma.join(keys), names=comma.join(names), example=names[0]
        )
        await ctx.tell(
            admin, Message(text=text), key=f"strays:{':'.join(str(route.id) for route in found)}:{admin.id}"
        )


async def _is_place(department: Department, chat: Chat, ctx: Context) -> bool:
    for place in department.places:
        if (place.platform, place.kind) == (chat.platform, chat.kind):
            present = await ctx.uow.chats.present_id(place.platform, place.external_id)
            if present == chat.external_id:
                return True
    return False


async def _put(run: Run, department: Department, chat: Chat, ctx: Context) -> bool:
    """Put a department's page; False if there is nothing to say."""
    waiting = await ctx.uow.routes.list_waiting([department.key], _MOST_READ)
    until = ctx.now.astimezone(chat.zone).date() + _LOOK_AHEAD
    promised = await ctx.uow.routes.list_promised([department.key], until, PROMISES)
    points = await ctx.uow.points.list_of([*waiting, *promised])
    asked = [(route, points[route.id]) for route in waiting if _is_open(route, points)]
    kept = [(route, points[route.id]) for route in promised if _is_open(route, points)]
    if not asked and not kept:
        return False
    answered = await ctx.uow.routes.list_answered(ctx.now - FIGURES_OVER)
    figures = figures_of(answered, ctx.now, chat.zone).get(department.key, Figures())
    if chat.platform is Platform.WEBHOOK:
        await _announce(run, department, chat, asked, ctx)
        return True
    text = (
        *ctx.say(chat.language, "packet.head", department=department.name),
        *_decisions(asked, chat, ctx),
        *_promises(kept, chat, ctx),
        "\n\n",
        *ctx.say(chat.language, _figures_id(figures), **_words_of(figures)),
    )
    buttons: tuple[tuple[Button, ...], ...] = ()
    if ctx.can(chat).buttons:
        buttons = tuple(_buttons(route, point, chat, ctx) for route, point in asked[:DECISIONS])
    elif asked:
        text += ("\n", *ctx.say(chat.language, "packet.by_hand", name=asked[0][1].name))
    member = None
    if chat.kind is ChatKind.PRIVATE:
        member = await ctx.uow.members.find(chat.platform, chat.external_id)
    await ctx.uow.outbox.put(
        chat.id, Message(text=text, buttons=buttons), key=f"run:{run.id}:packet:{department.key}", now=ctx.now,
        subject=f"packet:{department.key}", member_id=member.id if member else None,
        is_unprompted=chat.kind is ChatKind.GROUP,
    )  # fmt: skip
    return True


def _is_open(route: Route, points: Mapping[int, Point]) -> bool:
    return route.id in points and bool(points[route.id].open_voices)


def _decisions(asked: Sequence[tuple[Route, Point]], chat: Chat, ctx: Context) -> list[Part]:
    if not asked:
        return []
    parts: list[Part] = ["\n\n", *ctx.say(chat.language, "packet.decisions", count=len(asked))]
    for route, point in asked[:DECISIONS]:
        day = ctx.texts.day(chat.language, route.due.astimezone(chat.zone).date())
        text_id = "packet.line_late" if route.due <= ctx.now else "packet.line"
        if route.state is RouteState.NEED_INFO:
            text_id = "packet.line_info"
        words = ctx.say(chat.language, text_id, what=_what(point, chat, ctx), count=point.people, day=day)
        parts += ["\n", Strong(point.name), " ", *words]
    if len(asked) > DECISIONS:
        parts += ["\n", *ctx.say(chat.language, "packet.more", count=len(asked) - DECISIONS)]
    return parts


def _promises(kept: Sequence[tuple[Route, Point]], chat: Chat, ctx: Context) -> list[Part]:
    if not kept:
        return []
    today = ctx.now.astimezone(chat.zone).date()
    parts: list[Part] = ["\n\n", *ctx.say(chat.language, "packet.promises")]
    for route, point in kept:
        day = route.promised_for or today
        text_id = "packet.promise_late" if day < today else "packet.promise"
        words = ctx.say(
            chat.language, text_id, what=_what(point, chat, ctx), day=ctx.texts.day(chat.language, day)
        )
        parts += ["\n", Strong(point.name), " ", *words]
    return parts


def _what(point: Point, chat: Chat, ctx: Context) -> str:
    """Return what it is about, in words that its department may read."""
    if point.title:
        return point.title
    if point.quotes:
        return voices.quote(point.quotes[0], chat.language, ctx)
    return ctx.label(chat.language, "packet.unquoted")


def _buttons(route: Route, point: Point, chat: Chat, ctx: Context) -> tuple[Button, ...]:
    answers = tuple(
        Button(
            ctx.label(chat.language, text_id, name=point.name),
            action=f"decide:{route.id}:{route.version}:{step}",
        )
        for step, text_id in _ANSWERS.items()
    )
    return (*answers, Button(ctx.label(chat.language, "packet.detail"), action=f"insight:{point.name}"))


def _figures_id(figures: Figures) -> str:
    """Return the text that says how a department keeps its word; a new one has nothing to be judged by."""
    is_new = figures.median is None and not figures.judged and not figures.came_due
    return "packet.no_figures" if is_new else "packet.figures"


def _words_of(figures: Figures) -> Mapping[str, str]:
    """Return the fields of the line that says how a department keeps its word."""
    days = "—" if figures.median is None else f"{figures.median / timedelta(days=1):.1f}"
    return {
        "in_time": f"{figures.in_time}/{figures.judged}",
        "kept": f"{figures.kept}/{figures.came_due}",
        "days": days,
    }


async def _announce(
    run: Run, department: Department, chat: Chat, asked: Sequence[tuple[Route, Point]], ctx: Context
) -> None:
    """Send the page to another program, as facts."""
    lines = [
        {
            "name": point.name, "what": _what(point, chat, ctx), "people": point.people, "state": str(route.state),
            "decide_by": route.due.astimezone(chat.zone).date().isoformat(),
        }
        for route, point in asked
    ]  # fmt: skip
    facts = {"department": department.key, "decisions": lines}
    await ctx.uow.announcements.put(
        PACKET,
        f"run:{run.id}:packet:{department.key}",
        facts,
        now=ctx.now,
        only=Place(chat.platform, chat.external_id),
    )
