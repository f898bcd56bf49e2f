"""Ritual `honours`, monthly: who got a title, who contributed most this season, with ties stated.

Named is who may be named; who would rather have no honours does not appear at all. No message is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from rituals import voices
from rituals.base import Context, RitualSettings, SkippedError
from rituals.budget import NOTHING_MOVED
from storage.boards import Standing, ranked
from storage.honours import may_be_honoured
from storage.messages import Button, Message, Part, Strong, Text
from storage.records import Chat, Member
from storage.runs import Run
from storage.seasons import Season, SeasonKind, season_of
from storage.suppression import is_shown
from storage.titles import Honour, Title

KIND = "honours"
PERIOD = timedelta(days=31)
"""How far the first one of a group looks back for titles."""

RANKS = 3
"""How many ranks the board names; who ties is named with them."""

_NAMED = 6  # people in one line
_MOST = 60  # contributors looked at: enough for three ranks with ties
_JUST_OVER = timedelta(days=1)  # held on the first morning of a season, it is about the one that has ended


async def begin(run: Run, chat: Chat, ritual: RitualSettings, ctx: Context) -> None:
    """Honour a group's members; say nothing if there is nobody to honour."""
    del ritual
    earlier = await ctx.uow.runs.list_held(run, limit=1)
    since = earlier[0].due if earlier else run.due - PERIOD
    season = season_of(run.due - _JUST_OVER, ctx.settings.honours.season, chat.zone)
    titles = await ctx.uow.titles.list_given(since, run.due)
    counts = await ctx.uow.boards.list_contributors(
        season.start, min(run.due, season.end), limit=_MOST, chat_id=chat.id
    )
    ids = {title.member_id for title in titles} | {member for member, _ in counts}
    people = await ctx.uow.members.list_by_id(ids)
    blocks = [_titles(titles, people, chat, ctx), _board(ranked(counts), people, season, chat, ctx)]
    said = [block for block in blocks if block]
    if not said:
        raise SkippedError(NOTHING_MOVED)
    parts: list[Part] = [Strong(ctx.label(chat.language, "honours.title"))]
    for block in (*said, ctx.say(chat.language, "honours.opt_out")):
        parts += ["\n\n", *block]
    buttons: tuple[tuple[Button, ...], ...] = ()
    if ctx.can(chat).deep_links:
        buttons = ((Button(ctx.label(chat.language, "honours.mine"), start="me"),),)
    await ctx.uow.outbox.put(
        chat.id, Message(text=tuple(parts), buttons=buttons), key=f"run:{run.id}:post", now=ctx.now,
        subject=f"run:{run.id}", is_unprompted=True,
    )  # fmt: skip


def _titles(titles: Sequence[Title], people: dict[int, Member], chat: Chat, ctx: Context) -> Text:
    """Return who of this group got which title, by title."""
    parts: list[Part] = []
    for honour in Honour:
        held = [
            people[title.member_id]
            for title in titles
            if title.kind is honour and people[title.member_id].home_chat_id == chat.id
        ]
        named = [member for member in held if member.is_named and may_be_honoured(member)]
        if named:
            parts += ["\n"] if parts else []
            word = ctx.label(chat.language, f"title.{honour}")
            parts += ctx.say(
                chat.language, "honours.title_line", title=word,
                names=voices.mentions(named, _NAMED, chat.language, ctx),
            )  # fmt: skip
    return (*ctx.say(chat.language, "honours.titles"), "\n", *parts) if parts else ()


def _board(
    standings: Sequence[Standing], people: dict[int, Member], season: Season, chat: Chat, ctx: Context
) -> Text:
    """Return the first ranks of the season; who would rather not be named is counted, not told of singly."""
    language = chat.language
    parts: list[Part] = []
    for rank in sorted({standing.rank for standing in standings})[:RANKS]:
        tied = [standing for standing in standings if standing.rank == rank]
        named = [people[standing.member_id] for standing in tied if people[standing.member_id].is_named]
        if not named:
            continue
        names = voices.mentions(named, _NAMED, language, ctx)
        text_id = "honours.rank_tied" if len(tied) > 1 else "honours.rank"
        parts += ["\n", *ctx.say(language, text_id, rank=rank, names=names, count=tied[0].count)]
    if not parts:
        return ()
    silent = sum(not people[standing.member_id].is_named for standing in standings)
    if silent and is_shown(silent, ctx.settings.privacy):
        parts += ["\n", *ctx.say(language, "honours.nameless", count=silent)]
    elif silent:
        parts += ["\n", *ctx.say(language, "honours.nameless_few")]
    return (*ctx.say(language, "honours.board", season=_season(season, language, ctx)), *parts)


def _season(season: Season, language: str, ctx: Context) -> str:
    if season.kind is SeasonKind.YEAR:
        return ctx.label(language, "season.year", year=season.year)
    text_id = "season.quarter" if season.kind is SeasonKind.QUARTER else "season.month"
    return ctx.label(language, text_id, year=season.year, number=season.number)
