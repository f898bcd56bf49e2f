"""Intent `inbox`: what waits for staff, what is late first, and what did not arrive. Writes: outbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from handlers import next_words
from handlers.asides import aside
from handlers.base import Context, Settings
from handlers.events import Event, called, pressed
from handlers.lines import line
from handlers.references import number_of
from handlers.searching import search_for
from handlers.spans import span
from storage.inbox import Sift
from storage.messages import Button, Message, Part
from storage.promises import Delivery
from storage.records import OPEN, STAFF, Feedback
from storage.text.quotes import cut
from storage.verdicts import ASKED

NAME = "inbox"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("inbox", "待办")
EXAMPLE = "/inbox"
_PAGE = 10
_ACROSS = 5  # buttons side by side
_MINE = frozenset({"mine", "我的"})
_ALL = frozenset({"all", "全部"})
_SAID_AGAIN = 40  # characters of what was looked for
_LONGEST_WORDS = 30  # bytes; they ride in the page buttons
_STUCK, _LOOK_BACK = 5, 100  # how many that did not arrive are named, and among how many
_SUBJECT = "inbox"
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the inbox, and which page of it (from 0)."""

    words: str = ""
    page: int = 0
    is_press: bool = False


def match(event: Event, settings: Settings) -> Wanted | None:
    """Return what is wanted, or None if the event is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is not None:
        return Wanted(" ".join(rest.split()).lower())
    arguments = pressed(event, NAME)
    if arguments is None or not arguments[0].isdecimal():
        return None
    return Wanted(":".join(arguments[1:]), int(arguments[0]), is_press=True)


async def handle(event: Event, argument: Wanted, ctx: Context) -> None:
    """Show one page to who asked; in place of the former page when a page button was pressed."""
    del event
    message = await _page(ctx, argument)
    if not await ctx.replace(message, subject=_SUBJECT):
        await aside(ctx, message, subject=_SUBJECT)


async def _page(ctx: Context, wanted: Wanted) -> Message:
    today = ctx.now.astimezone(ctx.chat.zone).date()
    hits = await search_for(ctx, wanted.words, OPEN | ASKED) if _is_search(wanted.words) else None
    sift = _sift(ctx, wanted.words)
    counts = await ctx.uow.inbox.sum_up(now=ctx.now, today=today)
    if hits is not None:
        found = len(hits)
        page = min(wanted.page, max(found - 1, 0) // _PAGE)
        shown = hits[page * _PAGE : (page + 1) * _PAGE + 1]
    else:
        found = counts.waiting if sift == Sift() else await ctx.uow.inbox.count_(sift, today=today)
        page = min(wanted.page, max(found - 1, 0) // _PAGE)
        shown = await ctx.uow.inbox.list_(
            sift, now=ctx.now, today=today, limit=_PAGE + 1, offset=page * _PAGE
        )
    has_more, shown = len(shown) > _PAGE, shown[:_PAGE]
    voices = {} if hits is not None else await ctx.uow.topics.count_open(_topics_of(shown))
    stuck = await ctx.uow.promises.list_stuck(_LOOK_BACK)
    median = await ctx.uow.service.median_first_reply(ctx.settings.service, ctx.now - _WEEK)
    parts: list[Part] = [
        *ctx.say(
            "inbox.counts", waiting=counts.waiting, late=counts.late, unclaimed=counts.unclaimed,
            held=counts.held, awaited=counts.awaited,
        )
    ]  # fmt: skip
    if median is not None:
        parts += ["\n", *ctx.say("inbox.median", span=span(ctx, median))]
    if wanted.words:
        parts += ["\n", *ctx.say("inbox.sifted", words=_clipped(wanted.words), found=found)]
    elif not found:
        parts += ["\n", *ctx.say("inbox.empty")]
    parts += await _lines(ctx, shown, voices)
    if page or has_more:
        parts += ["\n", *ctx.say("inbox.page", page=page + 1)]
    parts += await _stuck(ctx, stuck)
    marks = [_show_button(feedback, voices) for feedback in shown]
    buttons = [tuple(marks[start : start + _ACROSS]) for start in range(0, len(marks), _ACROSS)]
    turns = _turns(ctx, wanted.words, page, has_more=has_more)
    return Message(text=tuple(parts), buttons=tuple(buttons) + ((turns,) if turns else ()))


def _sift(ctx: Context, words: str) -> Sift:
    if words in _MINE:
        return Sift(owner_id=ctx.sender.id)
    return Sift(is_all=words in _ALL)


def _clipped(words: str) -> str:
    return cut(words, _SAID_AGAIN)


def _is_search(words: str) -> bool:
    return bool(words) and words not in _MINE | _ALL


def _topics_of(shown: Iterable[Feedback]) -> list[int]:
    return [feedback.topic_id for feedback in shown if feedback.topic_id is not None]


async def _lines(ctx: Context, shown: list[Feedback], voices: Mapping[int, int]) -> list[Part]:
    """Return a line each; what stands for several voices of a topic says how many."""
    people = await ctx.uow.members.list_by_id({feedback.contributor_id for feedback in shown})
    parts: list[Part] = []
    for feedback in shown:
        who = feedback.on_behalf_of or people[feedback.contributor_id].address
        parts += ["\n", *line(ctx, feedback, who, voices=voices.get(feedback.topic_id or 0, 1))]
        if feedback.status in OPEN:
            parts += ctx.say("inbox.due", moment=next_words.shown(ctx, feedback))
    return parts


async def _stuck(ctx: Context, stuck: list[Delivery]) -> list[Part]:
    """List what did not reach members or groups, with what a person can do about it."""
    people = await ctx.uow.members.list_by_id({d.member_id for d in stuck if d.member_id})
    stuck = [d for d in stuck if d.member_id is None or people[d.member_id].role not in STAFF]
    if not stuck:
        return []
    chats = await ctx.uow.chats.list_by_id({d.chat_id for d in stuck[:_STUCK]})
    parts: list[Part] = ["\n\n", *ctx.say("inbox.stuck", count=len(stuck))]
    for delivery in stuck[:_STUCK]:
        number = number_of(delivery.subject)
        member = people.get(delivery.member_id or 0)
        parts += [
            "\n",
            *ctx.say(
                "inbox.stuck_echo" if number is not None and member else "inbox.stuck_post",
                who=member.address if member else chats[delivery.chat_id].title or "?",
                number=number or 0,
                age=span(ctx, ctx.now - delivery.created_at),
            ),
        ]
    return parts


def _show_button(feedback: Feedback, voices: Mapping[int, int]) -> Button:
    if voices.get(feedback.topic_id or 0, 1) > 1:
        return Button(f"T{feedback.topic_id}", action=f"show:T{feedback.topic_id}")
    return Button(f"#{feedback.id}", action=f"show:{feedback.id}")


def _turns(ctx: Context, words: str, page: int, *, has_more: bool) -> tuple[Button, ...]:
    carried = words if len(words.encode()) <= _LONGEST_WORDS else ""
    tail = f":{carried}" if carried else ""
    turns = []
    if page > 0:
        turns.append(ctx.button("inbox.newer", f"{NAME}:{page - 1}{tail}"))
    if has_more:
        turns.append(ctx.button("inbox.older", f"{NAME}:{page + 1}{tail}"))
    return tuple(turns)
