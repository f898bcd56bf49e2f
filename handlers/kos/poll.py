"""Intent `poll`: staff ask a group a question of their own. Writes: timers, audit, outbox."""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.asides import aside
from handlers.base import Context, NotUnderstoodError, Settings, UserError
from handlers.events import Event, called
from handlers.tags import clean
from storage.records import STAFF, Chat, ChatKind

NAME = "poll"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("poll", "投票")
EXAMPLE = "/poll 周末去哪儿？ | 山里 | 海边"
LONGEST_QUESTION, LONGEST_OPTION = 300, 100  # Source: Telegram's sendPoll
FEWEST, MOST = 2, 10
_CUT = re.compile(r"[|｜\n]")
_MULTIPLE = re.compile(r"[（(](?:多选|multiple)[)）]\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What follows the command, as it was written."""

    words: str


def match(event: Event, settings: Settings) -> Asked | None:
    """Return what is asked, or None if the event is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    # 投票 without options is a member's vote where polls are not native.
    if rest is None or (not event.word.isascii() and not _CUT.search(rest)):
        return None
    return Asked(rest)


async def handle(event: Event, argument: Asked, ctx: Context) -> None:
    """Promise to hold the poll now; the ritual looks after its budget and its end."""
    words = clean(argument.words)
    chat, words = await _where(ctx, words)
    question, *options = (part.strip() for part in _CUT.split(words))
    is_multiple = _MULTIPLE.search(question) is not None
    question = _MULTIPLE.sub("", question).strip()
    while options and not options[-1]:
        options.pop()  # a stroke at the end of the line
    _examine(ctx, question, options)
    data = {
        "ritual": NAME, "chat_id": chat.id, "question": question, "options": options, "multiple": is_multiple,
        "by": ctx.sender.id,
    }  # fmt: skip
    key = f"poll:{event.platform}:{event.update_id}"
    await ctx.uow.timers.put(key, "begin", ctx.now, data=data)
    await ctx.uow.audit.add("poll", by_id=ctx.sender.id, now=ctx.now, subject=f"chat:{chat.id}")
    if ctx.chat.kind is ChatKind.PRIVATE:
        await aside(ctx, ctx.say("poll.sent", group=chat.title, count=len(options)))


def _examine(ctx: Context, question: str, options: list[str]) -> None:
    """Say in one line what is wrong with it. **Errors**: UserError."""
    example = ctx.label("poll.example")
    if not question or not options:
        raise NotUnderstoodError("poll.malformed", example=example)
    if len(question) > LONGEST_QUESTION:
        raise UserError("poll.long_question", most=LONGEST_QUESTION, length=len(question))
    if not all(options):
        raise NotUnderstoodError("poll.empty_option", example=example)
    if not FEWEST <= len(options) <= MOST:
        raise NotUnderstoodError(
            "poll.how_many", fewest=FEWEST, most=MOST, given=len(options), example=example
        )
    for option in options:
        if len(option) > LONGEST_OPTION:
            raise UserError("poll.long_option", most=LONGEST_OPTION, option=option[:20] + "…")
        if [other.casefold() for other in options].count(option.casefold()) > 1:
            raise UserError("poll.double_option", option=option)


async def _where(ctx: Context, words: str) -> tuple[Chat, str]:
    """Return the group that is asked, and the words without its name; the only group needs no name."""
    if ctx.chat.kind is ChatKind.GROUP:
        return ctx.chat, words
    groups = [chat for chat in await ctx.uow.chats.list_served() if chat.platform is ctx.chat.platform]
    named = [chat for chat in groups if chat.title and _begins_with(words, chat.title)]
    if named:
        chat = max(named, key=lambda chat: len(chat.title))
        return chat, words[len(chat.title) :].lstrip(" |｜:：,，\n")
    if len(groups) == 1:
        return groups[0], words
    if not groups:
        raise UserError("poll.no_group")
    listed = ctx.label("order.comma").join(chat.title for chat in groups if chat.title)
    raise NotUnderstoodError(
        "poll.which_group", groups=listed, example=ctx.label("poll.example_private", group=groups[0].title)
    )


def _begins_with(words: str, title: str) -> bool:
    rest = words[len(title) :]
    return words.casefold().startswith(title.casefold()) and (not rest or rest[0] in " |｜:：,，\n")
