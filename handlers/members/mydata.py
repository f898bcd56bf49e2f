"""Intent `mydata`: a member wants to see everything that is kept about them. Writes: outbox.

Where the platform can send a file it is one, of JSON; elsewhere it is pages of words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from handlers.base import Context, Settings
from handlers.copies import row_in_words
from handlers.events import Event, called, pressed
from storage.messages import Button, Document, Message, Part, Strong
from storage.mydata import COPY_KEY, PROFILE
from storage.records import EVERYBODY, ChatKind

NAME = "mydata"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ("mydata", "我的数据")
EXAMPLE = "/mydata"

_ROOM = 600  # characters of a page kept free for its head and its foot


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page of the text, the file where 0 and there are files."""

    page: int = 0


def match(event: Event, settings: Settings) -> Wanted | None:
    """Return what is wanted, None if the event is something else. Pure."""
    del settings
    words = called(event, COMMANDS)
    if words is None:
        arguments = pressed(event, NAME)
        if arguments is None or len(arguments) != 1:
            return None
        words = arguments[0]
    return Wanted(int(words) if words.isascii() and words.isdecimal() and len(words) < 5 else 0)


async def handle(event: Event, argument: Wanted, ctx: Context) -> None:
    """Give it in the private chat only."""
    if ctx.chat.kind is not ChatKind.PRIVATE:
        await ctx.reply(ctx.say("mydata.in_private"))
        return
    found = await ctx.uow.mydata.collect(ctx.sender.id)
    if ctx.can(ctx.chat).files and not argument.page:
        name = f"mydata-{ctx.now:%Y-%m-%d}.json"
        text = json.dumps(found, ensure_ascii=False, indent=1)
        message = Message(text=(*_summary(ctx, found),), document=Document(name, text))
        key = f"{COPY_KEY}{event.platform}:{event.update_id}"  # by which the copy is found and emptied
        await ctx.uow.outbox.put(ctx.chat.id, message, key=key, now=ctx.now)
        return
    zone = (await ctx.home_of(ctx.sender)).zone
    message = _page(ctx, found, max(argument.page, 1), zone)
    if not await ctx.replace(message):
        await ctx.reply(message)


def _summary(ctx: Context, found: Mapping[str, list[dict[str, Any]]]) -> Iterator[Part]:
    """Say how much there is of each kind."""
    yield from ctx.say("mydata.head", community=ctx.settings.community)
    for section, rows in found.items():
        if section != PROFILE:
            yield from ("\n", *ctx.say("mydata.count", name=_name(ctx, section), count=len(rows)))
    yield from ("\n\n", *ctx.say("mydata.tail"))


def _page(ctx: Context, found: Mapping[str, list[dict[str, Any]]], page: int, zone: ZoneInfo) -> Message:
    pages = list(_pages(ctx, found, zone))
    page = min(page, len(pages))
    parts = list(_summary(ctx, found)) if page == 1 else []
    parts += [*(("\n\n",) if parts else ()), *pages[page - 1]]
    row: list[Button] = []
    if page > 1:
        row.append(ctx.button("mydata.former", f"{NAME}:{page - 1}"))
    if page < len(pages):
        row.append(ctx.button("mydata.next", f"{NAME}:{page + 1}"))
    if len(pages) > 1:
        parts += ["\n", *ctx.say("mydata.page", page=page, pages=len(pages), next=min(page + 1, len(pages)))]
    return Message(text=tuple(parts), buttons=(tuple(row),) if row else ())


def _pages(ctx: Context, found: Mapping[str, list[dict[str, Any]]], zone: ZoneInfo) -> Iterator[list[Part]]:
    """Cut everything into pages that fit a message; the first leaves room for the summary."""
    limit = ctx.can(ctx.chat).text_limit - _ROOM
    room = max(limit - sum(len(str(part)) for part in _summary(ctx, found)), 200)
    page: list[Part] = []
    for section, rows in found.items():
        heading: list[Part] = [Strong(_name(ctx, section))]
        for row in rows:
            line = "\n· " + row_in_words(ctx, row, zone)
            needed = len(line) + sum(len(str(part)) for part in heading)
            if needed > room and page:
                yield page
                page, room = [], limit
            room -= needed
            page += [*heading, line]
            heading = []
        page.append("\n")
    yield page


def _name(ctx: Context, section: str) -> str:
    text_id = f"mydata.section.{section}"
    known = text_id in ctx.texts.ids(ctx.language)
    return ctx.label(text_id) if known else section.replace("_", " ")
