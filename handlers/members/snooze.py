"""Intent `snooze`: a member wants peace for a while, or no longer. Writes: members, outbox."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.base import Context, NotUnderstoodError, Settings
from handlers.days import parse_day
from handlers.events import Event, called
from storage.durations import parse_duration
from storage.manners import after_quiet
from storage.records import EVERYBODY

NAME = "snooze"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ("snooze", "勿扰")
EXAMPLE = "/snooze 3d"

LONGEST = timedelta(days=365)
_MOST_CHARACTERS = 40
_OFF = frozenset(("off", "结束", "取消", "关", "关闭", "解除", "恢复"))
_UNITS = (
    ("minutes?|mins?|分钟|分", "m"),
    ("hours?|hrs?|个?小时|个?钟头?", "h"),
    ("days?|天|日", "d"),
)
_WEEKS = re.compile(r"(\d{1,2})\s*(?:w|weeks?|周|个?星期|个?礼拜)")
_MONTHS = re.compile(r"(\d{1,2})\s*(?:months?|个月)")
_HAN = str.maketrans("一二两三四五六七八九", "1223456789")
_DAY = re.compile(r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")


@dataclass(frozen=True, slots=True)
class Wish:
    """For how long, until which day (its numbers; year 0 is the next that comes), or off; nothing: just asking."""

    span: timedelta | None = None
    day: tuple[int, int, int] | None = None
    off: bool = False
    unclear: bool = False
    said: str = ""  # what was not clear by itself: a day as people call it, perhaps


def match(event: Event, settings: Settings) -> Wish | None:
    """Return the wish, None if it is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is None:
        return None
    said = unicodedata.normalize("NFKC", rest).casefold().strip(" 。.!！")
    if said in _OFF:
        return Wish(off=True)
    if not said:
        return Wish()
    if len(said) > _MOST_CHARACTERS:
        return Wish(unclear=True)
    said = re.sub(r"^(?:until|till|to|到|直到)\s*|\s*(?:为止|前)$", "", said)
    if found := _DAY.fullmatch(said):
        return Wish(day=(int(found[1] or 0), int(found[2]), int(found[3])))
    span = read_span(said)
    return Wish(unclear=True, said=said) if span is None else Wish(span=span)


async def handle(event: Event, argument: Wish, ctx: Context) -> None:
    """Hold private messages back until the moment, or bring those held back forward; say which."""
    del event
    home = await ctx.home_of(ctx.sender)
    before = ctx.sender.snoozed_until
    if argument.off:
        await _end(before, home.zone, ctx)
    elif argument.span is None and argument.day is None and not argument.unclear:
        is_on = before is not None and before > ctx.now
        moment = ctx.texts.moment(ctx.language, before, home.zone) if before else ""
        await ctx.reply(ctx.say("snooze.on" if is_on else "snooze.how", moment=moment, example=EXAMPLE))
    else:
        await _begin(argument, home.zone, ctx)


def read_span(said: str) -> timedelta | None:
    """Return a time span as people write it: `3d`, `1h30m`, 3天, 两小时, 一周, 半天; None if it is none."""
    said = said.translate(_HAN).replace(" ", "")
    if said in ("半天", "half a day"):
        return timedelta(hours=12)
    if found := _WEEKS.fullmatch(said):
        return timedelta(weeks=int(found[1]))
    if found := _MONTHS.fullmatch(said):
        return timedelta(days=30 * int(found[1]))
    for words, unit in _UNITS:
        said = re.sub(rf"(?<=\d)(?:{words})(?=\d|$)", unit, said)
    try:
        return parse_duration(said)
    except ValueError:
        return None


async def _begin(wish: Wish, zone: ZoneInfo, ctx: Context) -> None:
    named = parse_day(wish.said, ctx.now.astimezone(zone).date()) if wish.said else None
    day = (named[0].year, named[0].month, named[0].day) if named and not named[1] else wish.day
    until = ctx.now + wish.span if wish.span is not None else _beginning_of(day, zone, ctx.now)
    if until is None or not ctx.now < until <= ctx.now + LONGEST:
        text_id = "snooze.unclear" if until is None else "snooze.out_of_range"
        raise NotUnderstoodError(text_id, example=EXAMPLE)
    await ctx.uow.members.change(ctx.sender.id, snoozed_until=until)
    due = after_quiet(ctx.settings.manners, until, zone)
    await ctx.uow.outbox.move_held(ctx.sender.id, since=ctx.now, before=due, due=due)
    await ctx.reply(ctx.say("snooze.begun", moment=ctx.texts.moment(ctx.language, until, zone)))


async def _end(before: datetime | None, zone: ZoneInfo, ctx: Context) -> None:
    if before is None or before <= ctx.now:
        await ctx.reply(ctx.say("snooze.how", example=EXAMPLE))
        return
    await ctx.uow.members.change(ctx.sender.id, snoozed_until=None)
    due = after_quiet(ctx.settings.manners, ctx.now, zone)
    await ctx.uow.outbox.move_held(ctx.sender.id, since=before, before=before + LONGEST, due=due)
    await ctx.reply(ctx.say("snooze.ended"))


def _beginning_of(numbers: tuple[int, int, int] | None, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return when a day begins there; None if there is no such day."""
    if numbers is None:
        return None
    today = now.astimezone(zone).date()
    year, month, number = numbers
    try:
        day = date(year or today.year, month, number)
        if not year and day <= today:
            day = day.replace(year=today.year + 1)
    except ValueError:
        return None
    return datetime.combine(day, time.min, zone).astimezone(now.tzinfo)
