"""Ritual `immunity`, 免疫报告: what hurt, why, whether it came back, and thanks to who brought the bad news.

Goes to staff alone, each once a period however many groups there are; the timer `immunity` tells one of them now.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rituals import service
from rituals.base import Context, RitualSettings, SkippedError
from rituals.budget import NOTHING_MOVED
from storage.complaints import CAUSES
from storage.immunity import CauseCount, Fix
from storage.messages import Message, Part, Strong, Text
from storage.records import Chat, Member
from storage.runs import Run
from storage.suppression import is_shown, part, shown
from storage.timers import Timer

KIND = "immunity"
PERIOD = timedelta(days=30)
_FIXES, _MESSENGERS = 6, 5


async def begin(run: Run, chat: Chat, ritual: RitualSettings, ctx: Context) -> None:
    """Tell all staff about the thirty days until now; once a day, whichever group's turn it is."""
    del ritual
    day = run.due.astimezone(chat.zone).date()
    reports: dict[str, Text | None] = {}
    for member in await ctx.uow.members.list_staff():
        language = await ctx.language_of(member)
        if language not in reports:
            reports[language] = await report(run.due - PERIOD, run.due, language, ctx)
        words = reports[language]
        if words is not None:
            key = f"{KIND}:{day}:{member.id}"
            await service.call(member, Message(text=words), ctx, key=key, subject="", is_urgent=False)
    if not any(reports.values()):
        raise SkippedError(NOTHING_MOVED)


async def tell(timer: Timer, ctx: Context) -> None:
    """Tell one of the staff, who asked."""
    member = await ctx.uow.members.get(int(timer.data["by"]))
    language = await ctx.language_of(member)
    words = await report(ctx.now - PERIOD, ctx.now, language, ctx)
    message = Message(text=words or ctx.say(language, "immunity.nothing", days=PERIOD.days))
    await service.call(member, message, ctx, key=f"timer:{timer.id}:{KIND}", subject="")


async def report(since: datetime, until: datetime, language: str, ctx: Context) -> Text | None:
    """Return the report on a while, None if nothing hurt in it and nothing was fixed."""
    causes = await ctx.uow.immunity.count_causes(since, until)
    fixes = await ctx.uow.immunity.list_fixes(since, until, _FIXES)
    recovered = await ctx.uow.recoveries.count_(since, until)
    if not causes and not fixes and not recovered.members:
        return None
    parts: list[Part] = [Strong(ctx.label(language, "immunity.head", days=(until - since).days))]
    former = {c.cause: c for c in await ctx.uow.immunity.count_causes(since - (until - since), since)}
    parts += _causes(causes, former, language, ctx)
    unnamed = await ctx.uow.immunity.count_unnamed(since, until)
    if unnamed:
        parts += ["\n", ctx.label(language, "immunity.unnamed", count=unnamed)]
    parts += _fixes(fixes, language, ctx)
    privacy = ctx.settings.privacy
    parts += [
        "\n\n",
        *ctx.say(
            language, "immunity.recovered", count=shown(recovered.members, privacy),
            called=part(recovered.called, recovered.members, privacy),
            praised=part(recovered.praised, recovered.members, privacy),
        ),
    ]  # fmt: skip
    parts += await _messengers(since, until, language, ctx)
    return tuple(parts)


def _causes(
    causes: list[CauseCount], former: dict[str, CauseCount], language: str, ctx: Context
) -> list[Part]:
    """Return a line a cause; of few people only that there are some."""
    if not causes:
        return []
    parts: list[Part] = ["\n\n", ctx.label(language, "immunity.causes")]
    for cause in causes:
        name = _word(cause.cause, language, ctx)
        if not is_shown(cause.people, ctx.settings.privacy):
            few = shown(cause.people, ctx.settings.privacy)
            parts += ["\n· ", ctx.label(language, "immunity.cause_few", name=name, people=few)]
            continue
        before = former.get(cause.cause)
        is_known = before is None or is_shown(before.people, ctx.settings.privacy)
        parts += [
            "\n· ",
            ctx.label(
                language, "immunity.cause" if is_known else "immunity.cause_alone", name=name, count=cause.count,
                people=cause.people, before=before.count if before else 0,
            ),
        ]  # fmt: skip
    return parts


def _fixes(fixes: list[Fix], language: str, ctx: Context) -> list[Part]:
    if not fixes:
        return []
    parts: list[Part] = ["\n\n", ctx.label(language, "immunity.fixes")]
    zone = ZoneInfo(ctx.settings.timezone)
    for fix in fixes:
        day = fix.fixed_at.astimezone(zone).date()
        what = f"T{fix.topic_id} {fix.title}".strip() if fix.topic_id else f"#{fix.feedback_id}"
        cause = (
            ctx.label(language, "immunity.because", name=_word(fix.cause, language, ctx)) if fix.cause else ""
        )
        parts += [
            "\n· ",
            ctx.label(
                language, "immunity.fix", what=what, cause=cause, before=shown(fix.before, ctx.settings.privacy),
                after=shown(fix.after, ctx.settings.privacy), day=ctx.texts.day(language, day),
            ),
        ]  # fmt: skip
    return parts


async def _messengers(since: datetime, until: datetime, language: str, ctx: Context) -> list[Part]:
    """Thank who brought bad news that led to fixes; staff are no slice of members."""
    found = await ctx.uow.immunity.list_messengers(since, until, _MESSENGERS)
    if not found:
        return []
    people = await ctx.uow.members.list_by_id([one.member_id for one in found])
    names = [_named(people[one.member_id], one.count, language, ctx) for one in found]
    comma = ctx.label(language, "list.comma")
    return ["\n\n", ctx.label(language, "immunity.messengers", names=comma.join(names))]


def _named(member: Member, count: int, language: str, ctx: Context) -> str:
    return ctx.label(language, "immunity.messenger", who=member.shown_name, count=count)


def _word(cause: str, language: str, ctx: Context) -> str:
    return ctx.label(language, f"cause.{cause}") if cause in CAUSES else cause
