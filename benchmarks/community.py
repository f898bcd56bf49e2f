"""A community of any size, written straight into a database: people, voices, topics, what was told. For commands.py."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from benchmarks.writer import Writer
from storage import tables
from storage.db import Database
from storage.records import OPEN, ChatKind, ChatState, FeedbackClass, Platform, Role, Status
from storage.staff import CONFIG, Grant
from tests.fakes import at
from tests.talk import GROUP, LI, MIN

NOW = at("2026-10-12 02:00")
PLATFORM = Platform.TELEGRAM
IN_TOPICS = 5
"""One voice in so many belongs to a topic."""
FOLLOWERS = 2_000
"""Who follow the first voice."""
_LENGTHS = (4, 24)  # words of a text
_CHUNK = 2_000
_UNDER_WAY = OPEN - {Status.RECEIVED}
_STATUSES = (
    *[Status.VERIFIED] * 9, *[Status.RECEIVED] * 4, *[Status.IN_REVIEW] * 2, Status.PLANNED, Status.IN_PROGRESS,
    Status.RESOLVED, Status.DECLINED, Status.UNCONFIRMED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """How big a community is."""

    feedback: int
    topics: int
    members: int


class Spaced:
    """Cuts texts at spaces."""

    ready = True

    def tokens(self, text: str) -> list[str]:
        """Return the words of a text."""
        return text.split()


async def settle(database: Database, size: Size) -> Writer:
    """Write a community of a size; half of what was said is closed, and the first voice is followed by many."""
    writer = Writer(*_LENGTHS)
    async with database.begin() as uow:
        chat = await uow.chats.add(
            PLATFORM, GROUP, ChatKind.GROUP, title="车主群", state=ChatState.SERVED, language="zh_CN",
            timezone="Asia/Shanghai",
        )  # fmt: skip
        staff = [(LI, Role.KOS), (MIN, Role.ADMIN)]
        await uow.staff.declare(
            [Grant(PLATFORM, p.external_id, CONFIG, role, p.name) for p, role in staff], NOW
        )
        met = await uow.members.meet(PLATFORM, [(p.external_id, p.name, p.username) for p, _ in staff], NOW)
    owner = met[LI.external_id].id
    first = max(member.id for member in met.values()) + 1
    await _insert(database, tables.members, _members(size.members, first, chat.id))
    people = range(first, first + size.members)
    await _insert(database, tables.topics, _topics(size.topics))
    await _insert(database, tables.feedback, _voices(size, people, owner, chat.id, writer))
    changed = range(1, size.feedback + 1)
    await _insert(database, tables.changes, _changes(changed, owner))
    await _insert(database, tables.followers, _followers(size, people, writer))
    await _insert(database, tables.resonances, _resonances(size, people, writer))
    await _insert(database, tables.contributions, _contributions(size, people, writer))
    await _insert(database, tables.deliveries, _deliveries(size, people, chat.id))
    for start in range(1, size.feedback + 1, _CHUNK):
        numbers = range(start, min(start + _CHUNK, size.feedback + 1))
        async with database.begin() as uow:
            await uow.likeness.put_all({number: writer.text().split() for number in numbers})
    if database.path is None:
        await _tell_the_server(database)
    return writer


async def _tell_the_server(database: Database) -> None:
    """Let PostgreSQL know what was written past its counters, and how much."""
    async with database.begin() as uow:
        for table in tables.metadata.sorted_tables:
            if "id" in table.c and isinstance(table.c["id"].type, sa.Integer | sa.BigInteger):
                await uow.connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'),"
                    f" (SELECT coalesce(max(id), 1) FROM {table.name}))"
                )
    server = await database.connect()  # a server cleans up by itself when so much was written, only later
    await server.exec_driver_sql("VACUUM ANALYZE")
    await server.close()


async def _insert(database: Database, table: sa.Table, rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows, some thousands a transaction."""
    left = iter(rows)
    while chunk := list(itertools.islice(left, _CHUNK)):
        async with database.begin() as uow:
            await uow.connection.execute(sa.insert(table), chunk)


def _members(count: int, first: int, chat_id: int) -> Iterator[dict[str, Any]]:
    for number in range(first, first + count):
        yield {
            "id": number, "platform": str(PLATFORM), "external_id": f"m{number}", "name": f"车友{number}",
            "username": f"driver{number}", "home_chat_id": chat_id, "first_seen_at": NOW - timedelta(days=200),
        }  # fmt: skip


def _topics(count: int) -> Iterator[dict[str, Any]]:
    for number in range(1, count + 1):
        moment = NOW - timedelta(minutes=number)
        yield {"id": number, "title": f"话题 {number}", "created_at": moment, "updated_at": moment}


def _voices(
    size: Size, people: Sequence[int], owner: int, chat_id: int, writer: Writer
) -> Iterator[dict[str, Any]]:
    classes = list(FeedbackClass)
    for number in range(1, size.feedback + 1):
        said = NOW - timedelta(days=300) * (1 - number / (size.feedback + 1))
        who = writer.random.choice(people)
        status = Status.IN_PROGRESS if number == 1 else writer.random.choice(_STATUSES)
        topic = number // IN_TOPICS % size.topics + 1 if number % IN_TOPICS == 0 else None
        yield {
            "id": number, "chat_id": chat_id, "contributor_id": who, "captured_by_id": who,
            "message_id": f"said-{number}", "text": f"#反馈 {writer.text()}", "tag": "反馈",
            "feedback_class": str(classes[number % 3 and 1]), "is_guess": number % 2 == 0,
            "negative": number % 7 == 0, "status": str(status),
            "owner_id": None if status is Status.RECEIVED else owner,
            "version": 0 if status is Status.RECEIVED else number, "review_due": said + timedelta(days=2),
            "held_until": NOW.date() + timedelta(days=number % 30) if number % 40 == 9 else None,
            "planned_for": NOW.date() + timedelta(days=number % 50 - 9) if status is Status.PLANNED else None,
            "update_due": NOW + timedelta(hours=number % 300 - 60) if status in _UNDER_WAY else None,
            "created_at": said, "updated_at": said, "topic_id": topic,
        }  # fmt: skip


def _changes(numbers: Iterable[int], owner: int) -> Iterator[dict[str, Any]]:
    for number in numbers:
        yield {
            "id": number, "feedback_id": number, "by_id": owner, "before": str(Status.RECEIVED),
            "after": str(Status.IN_REVIEW), "note": "", "at": NOW - timedelta(days=1),
        }  # fmt: skip


def _followers(size: Size, people: Sequence[int], writer: Writer) -> Iterator[dict[str, Any]]:
    for member in people[: min(FOLLOWERS, size.members)]:
        yield {"feedback_id": 1, "member_id": member, "since": NOW}
    for number in range(2, size.feedback + 1, 3):
        yield {"feedback_id": number, "member_id": writer.random.choice(people), "since": NOW}


def _resonances(size: Size, people: Sequence[int], writer: Writer) -> Iterator[dict[str, Any]]:
    for number in range(2, size.feedback + 1, 3):
        for member in writer.random.sample(people, 2):
            yield {"feedback_id": number, "member_id": member, "is_me": number % 4 > 0, "at": NOW}


def _contributions(size: Size, people: Sequence[int], writer: Writer) -> Iterator[dict[str, Any]]:
    for number in range(1, size.feedback + 1, 2):
        yield {
            "member_id": writer.random.choice(people), "kind": "verification", "subject": f"feedback:{number}",
            "at": NOW - timedelta(days=number % 200),
        }  # fmt: skip


def _deliveries(size: Size, people: Sequence[int], chat_id: int) -> Iterator[dict[str, Any]]:
    for number in range(1, size.feedback + 1):
        moment = NOW - timedelta(days=3)
        yield {
            "key": f"old:{number}", "chat_id": chat_id, "line": str(chat_id), "kind": "post", "state": "sent",
            "content": '{"text":["好"]}', "subject": f"feedback:{number}",
            "member_id": people[number % len(people)], "is_held": True, "due_at": moment, "created_at": moment,
            "sent_at": moment,
        }  # fmt: skip
