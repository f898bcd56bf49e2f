"""Intent `ritual`: see the rituals of a group and change when they are held. Writes: overrides, timers, audit, outbox.

What is said here is laid over the config, survives restarts, and is shown as changed in chat.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from handlers.agenda import show_history, show_list, show_next
from handlers.base import Context, NotUnderstoodError, Settings, UserError
from handlers.events import Event, called, pressed
from handlers.places import Place, find_place, title
from handlers.recurrence import in_words
from storage.messages import Message, plain
from storage.records import ADMINS
from storage.runs import EVERY_CHAT

NAME = "ritual"
ROLES = ADMINS
COMMANDS: tuple[str, ...] = ("ritual", "例行")
EXAMPLE = "/ritual time morning 08:30"

_VERBS = {
    "list": "list", "列表": "list", "next": "next", "下次": "next", "history": "history", "记录": "history",
    "on": "on", "开": "on", "开启": "on", "off": "off", "关": "off", "关闭": "off", "time": "time", "时间": "time",
    "cron": "cron", "now": "now", "现在": "now", "reset": "reset", "恢复": "reset",
}  # fmt: skip
_SHOWN = {"list": show_list, "next": show_next, "history": show_history}
_TIME = re.compile(r"([01]?\d|2[0-3])(?:[:：]([0-5]\d)|点(半|[0-5]?\d分?)?)", re.ASCII)
_CRON_FIELDS = 5
_KEYS = ("on", "time", "cron", "calendar")


@dataclass(frozen=True, slots=True)
class Order:
    """What to do; the words still hold the name of the ritual, the value and the group."""

    verb: str
    words: tuple[str, ...] = ()
    chat_id: int | None = None  # of a pressed button


def match(event: Event, settings: Settings) -> Order | None:
    """Return the order, None if it is something else. Pure."""
    del settings
    if (arguments := pressed(event, NAME)) is not None:
        verb, *rest = arguments
        if verb not in ("keep", "off") or len(rest) != 2 or not rest[1].isdecimal():
            return None
        return Order(verb, (rest[0],), int(rest[1]))
    rest_of = called(event, COMMANDS)
    if rest_of is None:
        return None
    words = [word.strip("`'\"“”") for word in rest_of.split()]
    place = next((index for index, word in enumerate(words[:2]) if word.casefold() in _VERBS), None)
    if place is None:
        return Order("" if words else "list", tuple(words))
    return Order(_VERBS[words.pop(place).casefold()], tuple(words))


async def handle(event: Event, argument: Order, ctx: Context) -> None:
    """Show, or change; a malformed order gets one line with an example."""
    if argument.chat_id is not None:
        await _answer(argument, ctx)
        return
    verb, words = argument.verb, list(argument.words)
    if not verb and words[0].casefold() in {name.casefold() for name in ctx.settings.rituals}:
        verb = "list"
    if not verb:
        raise NotUnderstoodError("rituals.how", example=EXAMPLE, word=words[0][:20])
    if verb in _SHOWN:
        name = _take_name(words, ctx)
        where = " ".join(words) or ("all" if event.is_private else "")
        place = await find_place(where, ctx, example=f"/ritual {verb}")
        await ctx.reply(await _SHOWN[verb](place, name, ctx))
        return
    name = _named(words, verb, ctx)
    value = _take_value(verb, name, words, ctx)
    place = await find_place(" ".join(words), ctx, example=f"/ritual {verb} {name}{value and ' ' + value}")
    if verb != "on":
        _check_held(name, place, ctx)
    if verb == "now":
        await _hold_now(event, name, place, ctx)
    else:
        await _change(name, verb, value, place, ctx)


def _take_name(words: list[str], ctx: Context) -> str:
    """Take the name of a ritual out of the words; "" if there is none."""
    known = {name.casefold(): name for name in ctx.settings.rituals}
    for index, word in enumerate(words[:2]):
        if word.casefold() in known:
            del words[index]
            return known[word.casefold()]
    return ""


def _named(words: list[str], verb: str, ctx: Context) -> str:
    """Take the name of the ritual, which may be left out where there is only one. **Errors**: UserError."""
    name = _take_name(words, ctx)
    names = ctx.settings.rituals
    if name:
        return name
    if not names:
        raise UserError("rituals.none_configured")
    takes_value = verb in ("time", "cron")
    if len(names) == 1 and (not words or (takes_value and words[0][:1] in "0123456789*")):
        return names[0]
    listed = ctx.label("place.comma").join(names)
    nearest = difflib.get_close_matches(words[0].casefold(), names, 1, 0.5) if words else []
    example = f"/ritual {verb} {(nearest or names)[0]}" + {"time": " 08:30", "cron": " 0 9 * * *"}.get(
        verb, ""
    )
    if not words:
        raise NotUnderstoodError("rituals.which", names=listed, example=example)
    raise NotUnderstoodError("rituals.unknown", word=words[0][:30], names=listed, example=example)


def _take_value(verb: str, name: str, words: list[str], ctx: Context) -> str:
    """Take the new value out of the words. **Errors**: NotUnderstoodError, with why and an example."""
    if verb == "time":
        found = _TIME.fullmatch(words[0]) if words else None
        if found is None:
            raise NotUnderstoodError("rituals.no_time", example=f"/ritual time {name} 08:30")
        del words[0]
        half = found[3] or ""
        minute = found[2] or ("30" if half == "半" else half.rstrip("分") or "0")
        return f"{int(found[1]):02}:{int(minute):02}"
    if verb == "cron":
        cron = " ".join(words[:_CRON_FIELDS])
        why = ctx.plans.explain_cron(cron)
        if why is not None:
            raise NotUnderstoodError(
                "rituals.no_cron", why=why, example=f"/ritual cron {name} 0 9 * * mon-fri"
            )
        del words[:_CRON_FIELDS]
        return cron
    return ""


def _check_held(name: str, place: Place, ctx: Context) -> None:
    """Refuse to change what a group has not got. **Errors**: UserError that says how to turn it on."""
    for chat in place.chats:
        if not place.is_all and name not in {info.name for info in ctx.plans.list_rituals(chat, ctx.now)}:
            raise UserError("rituals.not_here", name=name, group=title(chat), example=f"/ritual on {name}")


async def _change(name: str, verb: str, value: str, place: Place, ctx: Context) -> None:
    """Store the change where it is meant, write it down, and say what holds from now on."""
    for chat_id in (EVERY_CHAT,) if place.is_all else tuple(chat.id for chat in place.chats):
        if verb == "reset":
            for key in _KEYS:
                await _set(name, chat_id, key, "", ctx)
        elif verb in ("on", "off"):
            await _set(name, chat_id, "on", "yes" if verb == "on" else "no", ctx)
        else:
            await _set(name, chat_id, verb, value, ctx)
        await _record(f"ritual.{verb}", name, chat_id, value, ctx)
    groups = ctx.label("rituals.all_groups") if place.is_all else place.name
    lines = {
        "on": "rituals.turned_on", "off": "rituals.turned_off", "time": "rituals.moved", "cron": "rituals.recast",
        "reset": "rituals.reset",
    }  # fmt: skip
    shown = in_words(ctx.texts, ctx.language, value) if verb == "cron" else value
    await ctx.reply(ctx.say(lines[verb], name=name, group=groups, value=shown))


async def _set(name: str, chat_id: int, key: str, value: str, ctx: Context) -> None:
    await ctx.uow.runs.set_override(name, chat_id, key, value, by_id=ctx.sender.id, now=ctx.now)


async def _hold_now(event: Event, name: str, place: Place, ctx: Context) -> None:
    """Promise to begin it at once; budget, pause and limits are looked after when it begins."""
    for chat in place.chats:
        data = {"ritual": name, "chat_id": chat.id, "by": ctx.sender.id}
        key = f"begin:{event.platform}:{event.update_id}:{chat.id}"
        await ctx.uow.timers.put(key, "begin", ctx.now, data=data)
        await _record("ritual.now", name, chat.id, "", ctx)
    if event.is_private:
        groups = ctx.label("rituals.all_groups") if place.is_all else place.name
        await ctx.reply(ctx.say("rituals.begun", name=name, group=groups))


async def _answer(order: Order, ctx: Context) -> None:
    """Keep a ritual that nobody answers, or turn it off, as the pressed button says; the question is replaced."""
    chat = await ctx.uow.chats.get(order.chat_id or 0)
    (name,) = order.words
    if order.verb == "off":
        await _set(name, chat.id, "on", "no", ctx)
    await _record(f"ritual.{order.verb}", name, chat.id, "", ctx)
    text = ctx.say(
        "rituals.turned_off" if order.verb == "off" else "rituals.kept",
        name=name,
        group=title(chat),
        value="",
    )
    ctx.toast = plain(text)
    await ctx.replace(Message(text=text))


async def _record(action: str, name: str, chat_id: int, value: str, ctx: Context) -> None:
    detail = f"{name} {value}".strip()
    await ctx.uow.audit.add(
        action, by_id=ctx.sender.id, now=ctx.now, subject=f"chat:{chat_id}", detail=detail
    )
