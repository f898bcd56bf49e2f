"""Groups and private conversations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.asks import Ask, Step
from storage.errors import NotFoundError
from storage.prepared import Row
from storage.records import Chat, ChatKind, ChatState, Platform
from storage.repository import Repository, as_json, prepared

_t = tables.chats
_KNOWN = prepared(
    "i:text",
    f"SELECT {', '.join(f'chats.{column.name}' for column in _t.c)} FROM {{rows}}"
    " CROSS JOIN chats WHERE chats.platform = :platform AND chats.external_id = r.i",
    *_t.c,
    is_repeatable=True,
)


def _chat(row: Row) -> Chat:
    return Chat(
        id=row["id"], platform=Platform(row["platform"]), external_id=row["external_id"],
        kind=ChatKind(row["kind"]), title=row["title"], state=ChatState(row["state"]),
        language=row["language"], timezone=row["timezone"], rituals=tuple(row["rituals"]),
        paused_until=row["paused_until"],
    )  # fmt: skip


def _moved(platform: Platform, external_id: str) -> str:
    return f"moved:{platform}:{external_id}"


class ChatRepository(Repository):
    """Queries over chats."""

    async def known(self, platform: Platform, external_ids: Iterable[str]) -> dict[str, Chat]:
        """Return the stored chats among these, by platform id."""
        return await self._answer(self.asking_known(platform, external_ids))

    def asking_known(self, platform: Platform, external_ids: Iterable[str]) -> Ask[dict[str, Chat]]:
        """Ask what `known` asks."""
        ids = as_json([[external_id] for external_id in external_ids])
        return Ask(
            Step(_KNOWN, {"platform": str(platform), "rows": ids}),
            lambda rows: {row["external_id"]: _chat(row) for row in rows},
        )

    async def get(self, chat_id: int) -> Chat:
        """Return a chat. **Errors**: NotFoundError."""
        row = await self._one(sa.select(_t).where(_t.c.id == chat_id))
        if row is None:
            raise NotFoundError(f"chat {chat_id}")
        return _chat(row)

    async def list_by_id(self, chat_ids: Iterable[int]) -> dict[int, Chat]:
        """Return chats by our id."""
        rows = await self._all(sa.select(_t).where(_t.c.id.in_(list(chat_ids))))
        return {row["id"]: _chat(row) for row in rows}

    async def find(self, platform: Platform, external_id: str) -> Chat | None:
        """Return a chat by its platform id, or None."""
        return (await self.known(platform, [external_id])).get(external_id)

    async def list_served(self, kind: ChatKind = ChatKind.GROUP) -> list[Chat]:
        """List the chats we serve."""
        rows = await self._all(
            sa.select(_t).where(_t.c.state == ChatState.SERVED, _t.c.kind == str(kind)).order_by(_t.c.id)
        )
        return [_chat(row) for row in rows]

    async def list_planned(self) -> list[Chat]:
        """List the chats that may have rituals: every group we serve, and the private ones that were given any."""
        rows = await self._all(
            sa.select(_t)
            .where(
                _t.c.state == ChatState.SERVED,
                sa.or_(_t.c.kind == str(ChatKind.GROUP), sa.cast(_t.c.rituals, sa.Text) != "[]"),
            )
            .order_by(_t.c.id)
        )
        return [_chat(row) for row in rows]

    async def add(
        self, platform: Platform, external_id: str, kind: ChatKind, *, title: str, state: ChatState,
        language: str, timezone: str, rituals: tuple[str, ...] = (),
    ) -> Chat:  # fmt: skip
        """Store a chat, or return the one already stored."""
        row = await self._one(
            self._insert(_t)
            .values(
                platform=str(platform), external_id=external_id, kind=str(kind), title=title,
                state=str(state), language=language, timezone=timezone, rituals=list(rituals),
            )
            .on_conflict_do_update(index_elements=["platform", "external_id"], set_={"platform": str(platform)})
            .returning(_t)
        )  # fmt: skip
        assert row is not None  # noqa: S101 - an upsert always returns its row
        return _chat(row)

    async def change(self, chat_id: int, **values: Any) -> None:
        """Change columns of a chat."""
        if "rituals" in values:
            values["rituals"] = list(values["rituals"])
        await self._run(sa.update(_t).where(_t.c.id == chat_id).values(**values))
        self._uow.written.add("plans")

    async def rename(self, platform: Platform, old: str, new: str) -> None:
        """Give a chat its new platform id (Telegram's migration to a supergroup).

        Every other table refers to the chat by our own id, so this one row is the whole change. If the
        new id was stored meanwhile as a stranger, that empty row steps aside.
        """
        stray = await self.find(platform, new)
        chat = await self.find(platform, old)
        if chat is None:
            return
        if stray is not None:
            await self._run(
                sa.update(_t)
                .where(_t.c.id == stray.id)
                .values(external_id=f"{new}~{stray.id}", state=ChatState.LEFT)
            )
        await self._run(sa.update(_t).where(_t.c.id == chat.id).values(external_id=new))
        await self._uow.audit.remember(_moved(platform, old), new)
        self._uow.written.add("outbox")

    async def present_id(self, platform: Platform, external_id: str) -> str:
        """Return the id a chat has today; the config may go on naming the one it had before it moved."""
        seen = {external_id}
        while (new := await self._uow.audit.recall(_moved(platform, external_id))) and new not in seen:
            seen.add(new)
            external_id = new
        return external_id

    async def pause(self, chat_id: int, until: datetime | None) -> None:
        """Pause rituals of a chat until a moment, or resume with None."""
        await self._run(sa.update(_t).where(_t.c.id == chat_id).values(paused_until=until))
        self._uow.written.add("plans")
