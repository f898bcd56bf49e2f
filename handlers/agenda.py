"""What `/ritual list`, `next` and `history` show. Used by `ritual`."""

from __future__ import annotations

from handlers.base import Context, RitualInfo, UserError
from handlers.places import Place, title
from handlers.recurrence import in_words
from storage.messages import Part, Strong, Text
from storage.records import Chat
from storage.runs import Run, RunState

KINDS = {
    "checkin": "rituals.kind.checkin",
    "poll": "rituals.kind.poll",
    "digest": "rituals.kind.digest",
    "packet": "rituals.kind.packet",
    "honours": "rituals.kind.honours",
    "nudge": "rituals.kind.nudge",
    "immunity": "rituals.kind.immunity",
}
"""The word of each kind of ritual: a text id."""

_STATES = {RunState.OPEN: "rituals.state.open", RunState.CLOSED: "rituals.state.closed"}
_RUNS_OF_ONE = 10
_RUNS_OF_EACH = 3


async def show_list(place: Place, name: str, ctx: Context) -> Text:
    """Return the rituals of groups, each with whether it is on, when, and what was changed in chat."""
    words: list[Part] = []
    for chat in place.chats:
        words += _head(words, chat, ctx)
        found = _rituals(chat, name, ctx)
        for info in found:
            words += ["\n", "▶ " if info.is_on else "⏸ ", Strong(info.name), *_line(info, ctx, chat)]
        if not found:
            words += ["\n", *ctx.say("rituals.none", example=ctx.label("rituals.example"))]
    return tuple(words)


async def show_next(place: Place, name: str, ctx: Context) -> Text:
    """Return the next three occurrences of each ritual, in the group's own time."""
    words: list[Part] = []
    for chat in place.chats:
        words += _head(words, chat, ctx)
        for info in _rituals(chat, name, ctx):
            moments = [ctx.texts.moment(ctx.language, at, chat.zone) for at in info.upcoming]
            when = ctx.label("place.comma").join(moments) or ctx.label("rituals.off_now")
            words += ["\n", Strong(info.name), " ", when]
        if chat.paused_until is not None and chat.paused_until > ctx.now:
            words += ["\n", *ctx.say("rituals.paused")]
    return tuple(words)


async def show_history(place: Place, name: str, ctx: Context) -> Text:
    """Return what became of the last occurrences, skipped ones with why."""
    words: list[Part] = []
    for chat in place.chats:
        words += _head(words, chat, ctx)
        is_empty = True
        for info in _rituals(chat, name, ctx):
            runs = await ctx.uow.runs.list_last(chat.id, info.name, _RUNS_OF_ONE if name else _RUNS_OF_EACH)
            for run in runs:
                is_empty = False
                moment = ctx.texts.moment(ctx.language, run.due, chat.zone)
                words += ["\n", Strong(info.name), f" {moment} ", _outcome(run, ctx)]
        if is_empty:
            words += ["\n", *ctx.say("rituals.no_history")]
    return tuple(words)


def _rituals(chat: Chat, name: str, ctx: Context) -> list[RitualInfo]:
    """Return the rituals of a group, or the named one. **Errors**: UserError if it has no such ritual."""
    found = ctx.plans.list_rituals(chat, ctx.now)
    named = [info for info in found if name in ("", info.name)]
    if name and not named:
        raise UserError("rituals.not_here", name=name, group=title(chat), example=f"/ritual on {name}")
    return named


def _head(before: list[Part], chat: Chat, ctx: Context) -> list[Part]:
    return [*(["\n"] if before else []), *ctx.say("rituals.head", group=title(chat))]


def _line(info: RitualInfo, ctx: Context, chat: Chat) -> list[Part]:
    kind = ctx.label(KINDS[info.kind])
    parts: list[Part] = [f" {kind}"] if kind != info.name else []
    parts.append(f" · {in_words(ctx.texts, ctx.language, info.cron, info.calendar)}")
    if info.is_on and info.upcoming:
        moment = ctx.texts.moment(ctx.language, info.upcoming[0], chat.zone)
        parts += [" · ", *ctx.say("rituals.upcoming", moment=moment)]
    if info.overridden:
        keys = [ctx.label(f"rituals.key.{key}") for key in sorted(info.overridden)]
        parts += [" · ", *ctx.say("rituals.overridden", keys=ctx.label("list.comma").join(keys))]
    return parts


def _outcome(run: Run, ctx: Context) -> str:
    if run.state is not RunState.SKIPPED:
        return ctx.label(_STATES[run.state])
    reason = f"ritual.reason.{run.reason}"
    known = ctx.texts.ids(ctx.language)
    why = ctx.label(reason) if reason in known else run.reason
    return ctx.label("rituals.state.skipped", why=why)
