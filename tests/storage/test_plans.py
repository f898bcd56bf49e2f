"""What SQLite does for a question: its partial indexes are used only where the question is worded as they are."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeAlias, cast

import pytest

from storage.db import Database
from storage.records import ChatKind, ChatState, Platform
from storage.sqlite import InPlaceConnection
from storage.uow import UnitOfWork
from tests.storage.test_outbox import NOON, member

_Ask: TypeAlias = Callable[[UnitOfWork], Awaitable[object]]


@pytest.fixture
async def file(tmp_path: Path, template: Path) -> AsyncIterator[Database]:
    """Give a migrated file."""
    shutil.copy(template, tmp_path / "huixiang.db")
    database = Database(f"sqlite:///{tmp_path}/huixiang.db")
    yield database
    await database.close()


async def _ask_who_talks(uow: UnitOfWork) -> None:
    await uow.echoes.list_talking([await member(uow)], NOON)


async def _react(uow: UnitOfWork) -> None:
    chat = await uow.chats.add(
        Platform.TELEGRAM,
        "-1",
        ChatKind.GROUP,
        title="群",
        state=ChatState.SERVED,
        language="zh_CN",
        timezone="UTC",
    )
    await uow.outbox.react(chat.id, "7", "✍", key="k", now=NOON)


@pytest.mark.parametrize(
    ("index", "ask"),
    [
        ("ix_deliveries_chat_id_unprompted", lambda uow: uow.promises.count_unprompted(1, NOON)),
        ("ix_deliveries_stuck", lambda uow: uow.promises.list_stuck()),
        ("ix_deliveries_stuck", lambda uow: uow.promises.count_stuck()),
        ("ix_deliveries_open", lambda uow: uow.promises.count_overdue(NOON)),
        ("ix_feedback_words_stale", lambda uow: uow.likeness.list_pending(1)),
        ("ix_feedback_meanings_stale", lambda uow: uow.meanings.list_pending(1)),
        ("ix_feedback_topic_id", lambda uow: uow.topics.count_open([1, 2])),
        ("ix_deliveries_subject", _react),
        ("ix_deliveries_answers", _ask_who_talks),
        ("uq_veils_mark", lambda uow: uow.veils.list_marked(["a", "b"])),
        (
            "SEARCH members USING COVERING INDEX",
            lambda uow: uow.veils.list_of(Platform.TELEGRAM, ["alias:1", "alias:2"]),
        ),
        ("ix_letters_member_id", lambda uow: uow.letters.list_posted(1)),
        ("ix_letters_delivery_id", lambda uow: uow.outbox.cancel("feedback:1")),
        ("ix_webchat_updates_open", lambda uow: uow.webchat.list_unconfirmed(10)),
    ],
)
async def test_what_few_rows_match_is_found_by_the_index_of_those_few(
    file: Database, index: str, ask: _Ask
) -> None:
    plans = await _plans(file, ask)
    assert any(index in line for line in plans), plans


async def _plans(database: Database, ask: _Ask) -> list[str]:
    """Return how SQLite goes about each statement of a question."""
    async with database.begin() as uow:
        driver = cast("InPlaceConnection", uow.connection).driver
        asked: list[str] = []
        driver.set_trace_callback(asked.append)
        await ask(uow)
        driver.set_trace_callback(None)
        return [
            str(row[3])
            for statement in asked
            if statement.startswith(("SELECT", "DELETE", "UPDATE"))
            for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}")
        ]
