"""A complaint that the group may watch, for the dialogues about it."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from storage import tables
from storage.records import ChatKind
from tests.fakes import EVERYTHING
from tests.talk import Talk

WORDS = "物流太差，等了九天还没有到"


async def everything_kept(talk: Talk) -> str:
    """Return what deliveries to the group hold."""
    group = await talk.group()
    async with talk.database.read() as uow:
        rows = await uow.connection.execute(
            sa.select(tables.deliveries.c.content).where(
                tables.deliveries.c.chat_id == group.id, tables.deliveries.c.subject.startswith("case:")
            )
        )
        return "\n".join(rows.scalars())


def without_edits(talk: Talk) -> None:
    """Let nothing in the group be edited any more."""
    key = (talk.adapter.platform, ChatKind.GROUP)
    talk.dispatcher._capabilities = {**talk.dispatcher._capabilities, key: replace(EVERYTHING, edits=False)}
