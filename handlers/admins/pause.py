"""Intent `pause`: the rituals of a group rest, for a while or until /resume. Writes: chats, audit, outbox."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.base import Context, NotUnderstoodError, Settings, UserError
from handlers.days import NUMERALS, parse_day
from handlers.events import Event, called
from handlers.places import find_place, title
from storage.durations import parse_duration
from storage.records import ADMINS

NAME = "pause"
ROLES = ADMINS
COMMANDS: tuple[str, ...] = ("pause", "暂停")
EXAMPLE = "/pause 2h"

_REMIND_AFTER = timedelta(days=7)  # a pause without an end is easily forgotten
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The end of a pause without an end."""

_LONGEST = timedelta(days=366)
_UNTIL = re.compile(r"^(?:until|till|到|直到|至)\s*", re.IGNORECASE)
_HOUR = r"([01]?\d|2[0-3])"
_TIME = re.compile(rf"^{_HOUR}[:：]([0-5]\d)(?!\d)|^{_HOUR}点(半)?", re.ASCII)
_SPAN = re.compile(r"^(\d{1,4}|[一两二三四五六七八九十半])\s*(?:个)?\s*(分钟|小时|钟头|天|周|星期)")
_UNITS = {"分钟": "m", "小时": "h", "钟头": "h", "天": "d", "周": "w", "星期": "w"}


@dataclass(frozen=True, slots=True)
class Pause:
    """What was said: until when, and in which group."""

    words: str


def match(event: Event, settings: Settings) -> Pause | None:
    """Return what is asked, None if it is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    return None if rest is None else Pause(rest.strip())


async def handle(event: Event, argument: Pause, ctx: Context) -> None:
    """Let the rituals rest; what members say is heard as before."""
    del event
    until, group = read_until(argument.words, ctx.now, ctx.chat.zone) or (None, argument.words)
    if until is None and group and not await _names_a_group(group, ctx):
        raise NotUnderstoodError("pause.how", example=EXAMPLE)
    place = await find_place(group, ctx, example=EXAMPLE)
    if until is not None and until <= ctx.now:
        raise UserError("pause.past", moment=ctx.texts.moment(ctx.language, until, ctx.chat.zone))
    if until is not None and until - ctx.now > _LONGEST:
        raise UserError("pause.too_long")
    for chat in place.chats:
        await ctx.uow.chats.pause(chat.id, until or FOREVER)
        if until is None:
            key = f"chat:{chat.id}:paused:{ctx.event.update_id}"
            await ctx.uow.timers.put(key, "paused", ctx.now + _REMIND_AFTER, subject=f"chat:{chat.id}")
        await ctx.uow.audit.add(
            "chat.paused", by_id=ctx.sender.id, now=ctx.now, subject=f"chat:{chat.id}",
            detail=until.isoformat() if until else "",
        )  # fmt: skip
    groups = ctx.label("place.comma").join(title(chat) for chat in place.chats)
    if until is None:
        await ctx.reply(ctx.say("pause.done", group=groups))
    else:
        moment = ctx.texts.moment(ctx.language, until, place.chats[0].zone)
        await ctx.reply(ctx.say("pause.done_until", group=groups, moment=moment))


def read_until(words: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, str] | None:
    """Return the moment that words begin with and the words after it; None if they begin with none. Pure."""
    is_moment = bool(_UNTIL.match(words))
    words = _UNTIL.sub("", words)
    first, _, rest = words.partition(" ")
    if not is_moment:
        if found := _SPAN.match(words):
            return now + _span(found), words[found.end() :].strip()
        try:
            return now + parse_duration(first.lower()), rest.strip()
        except (ValueError, OverflowError):
            pass
    local = now.astimezone(zone)
    if found := _TIME.match(words):
        at = datetime.combine(local.date(), _time(found), zone)
        moment = at if at > local else at + timedelta(days=1)
        return moment.astimezone(UTC), words[found.end() :].strip()
    if day := parse_day(words, local.date()):
        found = _TIME.match(day[1])
        at = datetime.combine(day[0], _time(found) if found else time(), zone)
        return at.astimezone(UTC), (day[1][found.end() :] if found else day[1]).strip()
    return None


def _span(found: re.Match[str]) -> timedelta:
    unit = _UNITS[found[2]]
    number = 0.5 if found[1] == "半" else float(NUMERALS.get(found[1]) or found[1])
    return timedelta(**{{"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}[unit]: number})


def _time(found: re.Match[str]) -> time:
    hour = int(found[1] or found[3])
    minute = int(found[2] or 0) if found[1] else (30 if found[4] else 0)
    return time(hour, minute)


async def _names_a_group(words: str, ctx: Context) -> bool:
    try:
        await find_place(words, ctx, example=EXAMPLE)
    except UserError:
        return False
    return True
