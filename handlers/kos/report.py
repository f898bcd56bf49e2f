"""Intent `report`, 简报: how each department keeps its word. Writes: outbox."""

from __future__ import annotations

from datetime import timedelta

from handlers.asides import aside
from handlers.base import Context, Settings, UserError
from handlers.events import Event, called
from storage.keeping import Figures, figures_of
from storage.messages import Part, Strong
from storage.records import STAFF

NAME = "report"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("report", "简报")
EXAMPLE = "/report"
_OVER = timedelta(days=90)


def match(event: Event, settings: Settings) -> str | None:
    """Return what follows the command, None if it is something else. Pure."""
    del settings
    return called(event, COMMANDS)


async def handle(event: Event, argument: str, ctx: Context) -> None:
    """Say for each department how much waits, what it answered in time, and which promises came by their day."""
    del event, argument
    if not ctx.settings.departments:
        raise UserError("route.no_departments")
    answered = await ctx.uow.routes.list_answered(ctx.now - _OVER)
    figures = figures_of(answered, ctx.now, ctx.chat.zone)
    waiting = await ctx.uow.routes.count_waiting()
    parts: list[Part] = [*ctx.say("report.head", days=_OVER.days)]
    for department in ctx.settings.departments:
        mine = figures.get(department.key, Figures())
        if mine.median is None and not mine.judged and not mine.came_due:
            words = ctx.say("report.not_yet", waiting=waiting.get(department.key, 0))
            parts += ["\n", Strong(department.name), " ", *words]
            continue
        days = "—" if mine.median is None else f"{mine.median / timedelta(days=1):.1f}"
        parts += [
            "\n", Strong(department.name), " ",
            *ctx.say(
                "report.department", waiting=waiting.get(department.key, 0), in_time=f"{mine.in_time}/{mine.judged}",
                kept=f"{mine.kept}/{mine.came_due}", accepted=mine.accepted, declined=mine.declined, days=days,
            ),
        ]  # fmt: skip
    strays = sum(
        count for key, count in waiting.items() if key not in {d.key for d in ctx.settings.departments}
    )
    if strays:
        parts += ["\n", *ctx.say("report.strays", count=strays)]
    await aside(ctx, tuple(parts))
