"""Feedback cut in two: the second half is a voice of its own, said by the same person at the same moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.errors import ConflictError
from storage.records import Feedback, Status
from storage.repository import Repository
from storage.rows import CUT_MARK, feedback_of

_t, _f = tables.splits, tables.feedback
_OWN = ("id", "message_id", "text", "status", "version", "topic_id", "album", "updated_at")
"""Columns the second half does not share with the first."""


@dataclass(frozen=True, slots=True)
class Split:
    """Which feedback was cut out of which, and what the whole said; `version` is the second half's when it was made."""

    feedback_id: int
    of_id: int
    text: str
    version: int
    undone_at: datetime | None


class SplitRepository(Repository):
    """Queries over splits."""

    async def add(self, whole: Feedback, text: str, *, by_id: int, now: datetime) -> Feedback:
        """Write the second half: as the first in everything but its words, and one Change from received.

        **Errors**: ConflictError when somebody reworded, cut or moved the first meanwhile.
        """
        row = await self._one(sa.select(_f).where(_f.c.id == whole.id).with_for_update())
        if row is None or (row["text"], row["version"]) != (whole.text, whole.version):
            raise ConflictError(f"feedback {whole.id}")
        count = await self._scalar(sa.select(sa.func.count()).where(_t.c.of_id == whole.id))
        values = {name: row[name] for name in row if name not in _OWN}
        made = await self._one(
            sa.insert(_f)
            .values(
                **values, message_id=f"{row['message_id']}{CUT_MARK}{count + 2}", text=text,
                status=str(Status.RECEIVED), updated_at=now,
            )
            .returning(_f)
        )  # fmt: skip
        assert made is not None  # noqa: S101 - an insert always returns its row
        fresh = feedback_of(made)
        if whole.status is not Status.RECEIVED:
            [(fresh, _)] = await self._uow.moves.change_all(
                [fresh], whole.status, by_id=by_id, note=f"#{whole.id}", now=now
            )
        await self._run(
            sa.insert(_t),
            {
                "feedback_id": fresh.id, "of_id": whole.id, "by_id": by_id, "text": whole.text, "at": now,
                "version": fresh.version,
            },
        )  # fmt: skip
        self._uow.written.add("feedback")
        return fresh

    async def find(self, feedback_id: int) -> Split | None:
        """Return what a feedback was cut out of, None if it was said on its own."""
        row = await self._one(sa.select(_t).where(_t.c.feedback_id == feedback_id))
        if row is None:
            return None
        return Split(row["feedback_id"], row["of_id"], row["text"], row["version"], row["undone_at"])

    async def undo(self, split: Split, fresh: Feedback, *, by_id: int, now: datetime) -> None:
        """Take the second half back. **Errors**: ConflictError when somebody was faster."""
        undone = await self._run(
            sa.update(_t)
            .where(_t.c.feedback_id == split.feedback_id, _t.c.undone_at.is_(None))
            .values(undone_at=now)
        )
        if not undone:
            raise ConflictError(f"split {split.feedback_id}")
        await self._uow.feedback.change(
            fresh, Status.WITHDRAWN, by_id=by_id, note=f"#{split.of_id}", now=now, topic_id=None
        )
