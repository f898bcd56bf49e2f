"""Intent `decide`: a department accepts for a day, asks back, or declines; members hear of it at once.

Writes: routes, feedback, expectations, audit, outbox.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from handlers import decisions
from handlers.base import Context, NotUnderstoodError, Settings, UserError, mention
from handlers.days import parse_day
from handlers.decisions import Decision
from handlers.digressions import calls_off
from handlers.events import Event, EventKind, called, pressed
from handlers.orders import LONE_WORDS, LONGEST
from handlers.references import FeedbackRef, parse
from handlers.routing import check_insider, check_may_answer, find_asked, shown_words
from handlers.tags import clean
from storage.errors import ConflictError
from storage.messages import Button, Message
from storage.points import Point
from storage.records import EVERYBODY, STAFF, ChatKind
from storage.routes import Route, RouteState

NAME = "decide"
ROLES = EVERYBODY  # people of a department need no role; who may answer is looked at in `handle`
LISTED_FOR = STAFF
COMMANDS: tuple[str, ...] = ("decide", "答复")
EXAMPLE = "/decide 128 接受 12月1日 跟 4.3 一起上"
_ACCEPT, _NEED, _DECLINE = "a", "n", "d"
_STEPS = {
    "能做": _ACCEPT, "可以": _ACCEPT, "同意": _ACCEPT, "做不了": _DECLINE, "不行": _DECLINE, "不能做": _DECLINE,
    "不接受": _DECLINE, "问": _NEED, "想问": _NEED, "接受": _ACCEPT,
    "答应": _ACCEPT, "accept": _ACCEPT, "yes": _ACCEPT, "要补充": _NEED, "补充": _NEED, "need": _NEED,
    "info": _NEED, "婉拒": _DECLINE, "不做": _DECLINE, "decline": _DECLINE, "no": _DECLINE,
}  # fmt: skip
_ASKS = {_ACCEPT: "decide.ask_day", _NEED: "decide.ask_question", _DECLINE: "decide.ask_reason"}
_EXAMPLES = {
    _ACCEPT: "decide.example_accept",
    _NEED: "decide.example_need",
    _DECLINE: "decide.example_decline",
}
_WAIT_FOR = timedelta(hours=2)
_DAY = re.compile(
    r"\d{1,2}月|\d{1,2}[./-]\d{1,2}|月底|年底|明天|后天|[本这下]{1,2}个?[周星月]|周[一二三四五六日天]"
)


@dataclass(frozen=True, slots=True)
class Word:
    """What a department says: about which route (or which point), in which version, which step, in what words."""

    step: str
    text: str = ""
    route_id: int | None = None
    version: int | None = None
    ref: FeedbackRef = field(default_factory=FeedbackRef)


def match(event: Event, settings: Settings) -> Word | None:
    """Return the word, or None if the event is something else. Pure."""
    del settings
    awaited = event.awaited
    said = event.text.strip()
    is_sentence = bool(said or event.attachments) and said not in LONE_WORDS and not calls_off(said)
    if awaited is not None and awaited.intent == NAME and is_sentence:
        return Word(awaited.data["step"], said, awaited.data["route"], awaited.data["version"])
    rest = called(event, COMMANDS)
    if rest is not None:
        ref, words = parse(rest)
        first, _, text = words.partition(" ")
        step = _STEPS.get(first.casefold(), "")
        if not step and _DAY.match(words):
            step, text = _ACCEPT, words
        # Somebody's own words that begin like this are theirs, unless they came as a command or name a number only.
        is_meant = step or event.is_command or not words
        return Word(step, text.strip(), ref=ref) if is_meant else None
    arguments = pressed(event, NAME)
    if arguments is None or len(arguments) != 3 or arguments[2] not in _ASKS:
        return None
    route_id, version, step = arguments
    if not (route_id.isascii() and route_id.isdecimal() and version.isascii() and version.isdecimal()):
        return None
    return Word(step, route_id=int(route_id[:15]), version=int(version[:15]))


async def handle(event: Event, argument: Word, ctx: Context) -> None:
    """Ask for the day, the question or the reason after a button; act on it when it comes."""
    check_insider(ctx)
    if not argument.step and argument.ref == FeedbackRef() and event.reply_to is None:
        raise NotUnderstoodError("decide.how", example=ctx.label("decide.example"))
    route, point = await _find(argument, ctx)
    check_may_answer(route, point, ctx)
    if argument.version is not None and argument.version != route.version:
        await _drop(ctx)
        raise UserError("decide.was_faster", **await _who(route, point, ctx))
    if not point.open_voices:
        await _drop(ctx)
        raise UserError("route.is_over", name=point.name)
    if not argument.step:
        await _lead(route, point, ctx)
        return
    if event.kind is EventKind.PRESS:
        await _ask(argument.step, route, point, ctx)
        return
    decision = _read(argument, ctx)
    if _was_said(route, decision):
        await _drop(ctx)
        raise UserError("decide.same", **await _who(route, point, ctx))
    try:
        line = await decisions.carry_out(ctx, route, point, decision)
    except ConflictError:
        fresh = await ctx.uow.routes.get(route.id) or route
        raise UserError("decide.was_faster", **await _who(fresh, point, ctx)) from None
    await _drop(ctx)
    await decisions.mark_packet(ctx, route, point, decision)
    await ctx.reply(line, subject=point.subject)


async def _find(word: Word, ctx: Context) -> tuple[Route, Point]:
    """Return the route that is meant and what it is about. **Errors**: UserError."""
    if word.route_id is None:
        point, route = await find_asked(word.ref, ctx)
        if route is None:
            raise UserError("route.nowhere", name=point.name)
        return route, point
    route = await ctx.uow.routes.get(word.route_id)
    points = await ctx.uow.points.list_of([route] if route else [])
    if route is None or route.id not in points:
        raise UserError("decide.gone")
    if route.state is RouteState.MOVED:
        await _drop(ctx)
        raise UserError("decide.moved", name=points[route.id].name)
    return route, points[route.id]


async def _who(route: Route, point: Point, ctx: Context) -> dict[str, str]:
    """Return the fields of the line that says who was faster, and with what."""
    by = await ctx.uow.members.get(route.answered_by_id) if route.answered_by_id else None
    return {
        "name": point.name,
        "who": decisions.called(by, ctx),
        "state": ctx.label(decisions.STATE_WORDS[route.state]),
    }


def _was_said(route: Route, decision: Decision) -> bool:
    """Tell whether the department has said just that: members hear of one thing once."""
    is_same = (route.state, route.promised_for) == (decision.state, decision.day)
    return is_same and (decision.text == route.note or not decision.text)


async def _drop(ctx: Context) -> None:
    if ctx.event.awaited is not None:
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)


async def _lead(route: Route, point: Point, ctx: Context) -> None:
    """Say what is asked for, and lead on: buttons, or the words that do the same."""
    words = ctx.say("decide.lead", name=point.name, what=shown_words(point, ctx))
    if not ctx.can(ctx.chat).buttons:
        by_hand = ctx.say("packet.by_hand", name=point.name)
        await ctx.reply(Message(text=(*words, "\n", *by_hand)), subject=point.subject)
        return
    row = decisions.answer_buttons(ctx, route, point, ctx.language)
    await ctx.reply(Message(text=words, buttons=(row,)), subject=point.subject)


async def _ask(step: str, route: Route, point: Point, ctx: Context) -> None:
    """Ask where the button was pressed, so that nobody needs a private chat with us."""
    data = {"route": route.id, "version": route.version, "step": step}
    await ctx.uow.expectations.put(ctx.chat.id, ctx.sender.id, NAME, data, ctx.now + _WAIT_FOR)
    words = ctx.say(_ASKS[step], name=point.name)
    if ctx.chat.kind is ChatKind.GROUP:
        words = (mention(ctx.sender), " ", *words, *ctx.say("decide.as_a_reply"))
    cancel = Button(ctx.label("order.cancel"), action=f"drop:{NAME}")
    await ctx.reply(Message(text=words, buttons=((cancel,),)), subject=point.subject)


def _read(word: Word, ctx: Context) -> Decision:
    """Return the decision that a sentence holds. **Errors**: UserError, and what was asked is still awaited."""
    text = clean(word.text)
    if not text and ctx.event.attachments:
        raise UserError("order.words_only")
    if not text:
        raise NotUnderstoodError("order.no_text", example=ctx.label(_EXAMPLES[word.step]))
    if len(text) > LONGEST:
        raise UserError("order.too_long", limit=LONGEST, length=len(text))
    if word.step == _NEED:
        return Decision(RouteState.NEED_INFO, text)
    if word.step == _DECLINE:
        return Decision(RouteState.DECLINED, text)
    today: date = ctx.now.astimezone(ctx.chat.zone).date()
    found = parse_day(text, today)
    if found is None:
        raise NotUnderstoodError("plan.no_day", example=ctx.label(_EXAMPLES[word.step]))
    day, rest = found
    if day < today:
        raise UserError("plan.past", day=ctx.texts.day(ctx.language, day))
    return replace(Decision(RouteState.ACCEPTED, rest), day=day)
