"""Bad input and abuse: who says something wrong hears one clear line or nothing, and nothing is lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.errors import StorageBusyError
from tests.talk import ZHANG, Talk


async def limit_pages(talk: Talk, pages: int | None) -> None:
    """Let the database's file grow no further than it is, as a full disk would; None lifts that."""
    async with talk.database.begin() as uow:
        if pages is None:
            pages = (await uow.connection.execute(sa.text("PRAGMA page_count"))).scalar_one()
        await uow.connection.execute(sa.text(f"PRAGMA max_page_count = {pages}"))


async def test_a_disk_that_fills_up_while_somebody_speaks_loses_nothing(talk: Talk, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "huixiang.db")) as file:
        file.execute("VACUUM")  # what migrations left free would take the text
    await limit_pages(talk, None)
    said = talk.taken(talk.message(ZHANG, f"#反馈 满盘：{'按钮太小了，戴着手套按不准。' * 250}"))
    batch = (talk.taken(talk.message(ZHANG, "早上好")), said)

    with pytest.raises(StorageBusyError):
        await talk.take(*batch)
    assert talk.adapter.parcels == []
    await limit_pages(talk, 1_000_000)
    await talk.take(*batch)

    async with talk.database.read() as uow:
        assert (await uow.feedback.get(1)).text.startswith("#反馈 满盘：")
    assert len(talk.adapter.reactions) == 2
    assert talk.heard() == []
