"""The audit in words: what somebody did, to what, and its detail. Used by the intent `audit`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from handlers.base import Context
from handlers.statuses import CLASS_WORDS, STATUS_WORDS
from storage.audit import Entry
from storage.records import Chat, FeedbackClass, Member, Role, Status
from storage.text.quotes import cut
from storage.titles import Honour

_LONGEST_DETAIL = 60
_SUBJECT = re.compile(r"(feedback|topic|chat|member):(\d{1,15})")
_WORD = re.compile(r"[a-z_]+")
_SIGNS = {"feedback": "#", "topic": "T"}


@dataclass(frozen=True, slots=True)
class Deeds:
    """Lines of the audit, and the people and groups they name."""

    entries: list[Entry]
    people: dict[int, Member]
    chats: dict[int, Chat]


async def list_deeds(ctx: Context, limit: int) -> Deeds:
    """Return the newest lines with whom and what they name."""
    entries = await ctx.uow.audit.list_last(limit)
    named = [found for entry in entries if (found := _SUBJECT.fullmatch(entry.subject))]
    details = [found for entry in entries if (found := _SUBJECT.fullmatch(entry.detail))]
    people = {entry.by_id for entry in entries if entry.by_id is not None}
    return Deeds(
        entries,
        await ctx.uow.members.list_by_id(people | _numbers(named, "member") | _numbers(details, "member")),
        await ctx.uow.chats.list_by_id(_numbers(named, "chat")),
    )


def line(ctx: Context, deeds: Deeds, entry: Entry) -> str:
    """Return one line: when, who, what, to what, and what else there is to say."""
    who = deeds.people[entry.by_id].address if entry.by_id in deeds.people else ctx.label("audit.nobody")
    moment = ctx.texts.moment(ctx.language, entry.at, ctx.chat.zone)
    parts = (
        moment,
        who,
        _deed(ctx, entry.action),
        _subject(deeds, entry.subject),
        _subject(deeds, entry.detail) if _SUBJECT.fullmatch(entry.detail) else _detail(ctx, entry),
    )
    return " · ".join(part for part in parts if part)


def _deed(ctx: Context, action: str) -> str:
    text_id = f"deed.{action}"
    return ctx.label(text_id) if text_id in ctx.texts.ids(ctx.language) else action


def _subject(deeds: Deeds, subject: str) -> str:
    found = _SUBJECT.fullmatch(subject)
    if found is None:
        # A number that only the database knows says nothing; an id that the platform gave does.
        return subject.rpartition(":")[2] if subject.startswith("member:") else ""
    noun, number = found[1], int(found[2])
    if noun == "member":
        return deeds.people[number].address if number in deeds.people else ""
    if noun == "chat":
        return deeds.chats[number].title if number in deeds.chats else ""
    return f"{_SIGNS[noun]}{number}"


def _detail(ctx: Context, entry: Entry) -> str:
    """Say moments, statuses, roles and titles as people do; whatever else is somebody's own words."""
    detail = entry.detail
    try:
        return ctx.texts.moment(ctx.language, datetime.fromisoformat(detail), ctx.chat.zone)
    except ValueError:
        pass
    if entry.action == "reach":
        return ctx.label("reached.mention" if detail.endswith("mention") else "reached.staff")
    if detail in set(Honour):
        return ctx.label(f"title.{detail}")
    first, _, rest = detail.partition(" ")
    if entry.action.startswith("staff.") and first in set(Role):
        detail = f"{ctx.label(f'role.{first}')} {rest}".strip()
    if " -> " in detail:
        detail = _WORD.sub(lambda found: _word(ctx, found.group()), detail).replace(" -> ", " → ")
    return cut(detail, _LONGEST_DETAIL)


def _word(ctx: Context, word: str) -> str:
    if word in set(Status):
        return ctx.label(STATUS_WORDS[Status(word)])
    return ctx.label(CLASS_WORDS[FeedbackClass(word)]) if word in set(FeedbackClass) else word


def _numbers(named: Iterable[re.Match[str]], noun: str) -> set[int]:
    return {int(found[2]) for found in named if found[1] == noun}
