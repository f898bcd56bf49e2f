"""What may yet become feedback: a private text until its author says so, an album's pictures until the caption comes.

Both are kept for a short while only; whoever adds one sweeps out what is too old.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage import tables
from storage.records import Attachment
from storage.repository import Repository

_d = tables.drafts
_p = tables.album_parts
KEEP_DRAFTS_FOR = timedelta(hours=24)
KEEP_PARTS_FOR = KEEP_DRAFTS_FOR


@dataclass(frozen=True, slots=True)
class Draft:
    """A private message that its author may turn into feedback."""

    message_id: str
    text: str
    album: str
    link: str
    attachments: tuple[Attachment, ...]
    at: datetime


class DraftRepository(Repository):
    """Queries over drafts and album parts."""

    async def put(self, chat_id: int, member_id: int, draft: Draft) -> bool:
        """Keep a draft; False if that message is kept already."""
        await self._run(sa.delete(_d).where(_d.c.at < draft.at - KEEP_DRAFTS_FOR))
        files = [[file.kind, file.file_id, file.unique_id] for file in draft.attachments]
        return bool(
            await self._run(
                self._insert(_d)
                .values(
                    chat_id=chat_id, member_id=member_id, message_id=draft.message_id, text=draft.text,
                    album=draft.album, link=draft.link, attachments=files, at=draft.at,
                )
                .on_conflict_do_nothing()
            )
        )  # fmt: skip

    async def take(self, chat_id: int, member_id: int, message_id: str, now: datetime) -> Draft | None:
        """Return a draft and keep it no longer; None if it is gone or was never this member's."""
        row = await self._one(
            sa.delete(_d)
            .where(
                _d.c.chat_id == chat_id, _d.c.member_id == member_id, _d.c.message_id == message_id,
                _d.c.at >= now - KEEP_DRAFTS_FOR,
            )
            .returning(_d)
        )  # fmt: skip
        if row is None:
            return None
        return Draft(
            row["message_id"], row["text"], row["album"], row["link"],
            tuple(Attachment(*file) for file in row["attachments"]), row["at"],
        )  # fmt: skip

    async def find_album(self, chat_id: int, album: str) -> str | None:
        """Return the message id of the draft that an album belongs to, or None."""
        found: str | None = await self._scalar(
            sa.select(_d.c.message_id).where(_d.c.chat_id == chat_id, _d.c.album == album).limit(1)
        )
        return found

    async def reword(self, chat_id: int, message_id: str, text: str) -> bool:
        """Follow an edit of a private message that waits for its author's answer; False if none waits."""
        mine = (_d.c.chat_id == chat_id) & (_d.c.message_id == message_id)
        return bool(await self._run(sa.update(_d).where(mine).values(text=text)))

    async def add_parts(self, chat_id: int, album: str, files: Iterable[Attachment], now: datetime) -> None:
        """Keep pictures of an album until its caption comes."""
        await self._run(sa.delete(_p).where(_p.c.at < now - KEEP_PARTS_FOR))
        rows = [
            {
                "chat_id": chat_id, "album": album, "unique_id": file.unique_id, "kind": file.kind,
                "file_id": file.file_id, "at": now,
            }
            for file in files
        ]  # fmt: skip
        if rows:
            await self._run(self._insert(_p).on_conflict_do_nothing(), rows)

    async def list_parts(self, chat_id: int, album: str) -> tuple[Attachment, ...]:
        """List the pictures of an album kept so far."""
        rows = await self._all(sa.select(_p).where(_p.c.chat_id == chat_id, _p.c.album == album))
        return tuple(Attachment(row["kind"], row["file_id"], row["unique_id"]) for row in rows)
