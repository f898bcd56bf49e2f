"""How far the newest voices of a platform have come on their way back; the guided tour checks itself off by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.promises import DeliveryState
from storage.records import ChatKind, Platform, Status, Verdict
from storage.repository import Repository


@dataclass(frozen=True, slots=True)
class Loop:
    """One feedback and when each step of its loop happened; None: not yet."""

    feedback_id: int
    contributor: str  # the platform's id
    text: str
    captured_at: datetime
    resolved_at: datetime | None
    echoed_at: datetime | None
    verified_at: datetime | None
    thanked_at: datetime | None


class LoopRepository(Repository):
    """Queries across the tables of the loop."""

    async def list_newest(self, platform: Platform, limit: int) -> list[Loop]:
        """List the newest feedbacks with their steps, newest first."""
        f, c, m = tables.feedback, tables.chats, tables.members
        rows = await self._all(
            sa.select(f.c.id, f.c.text, f.c.created_at, m.c.external_id)
            .join(c, c.c.id == f.c.chat_id)
            .join(m, m.c.id == f.c.contributor_id)
            .where(c.c.platform == str(platform))
            .order_by(f.c.id.desc())
            .limit(limit)
        )
        if not rows:
            return []
        ids = [row["id"] for row in rows]
        resolved = await self._latest(
            sa.select(tables.changes.c.feedback_id, tables.changes.c.at).where(
                tables.changes.c.feedback_id.in_(ids), tables.changes.c.after == str(Status.RESOLVED)
            )
        )
        verified = await self._latest(
            sa.select(tables.verdicts.c.feedback_id, tables.verdicts.c.at).where(
                tables.verdicts.c.feedback_id.in_(ids), tables.verdicts.c.verdict == str(Verdict.BETTER)
            )
        )
        echoed, thanked = await self._sent(ids, verified)
        return [
            Loop(
                row["id"], row["external_id"], row["text"], row["created_at"], resolved.get(row["id"]),
                echoed.get(row["id"]), verified.get(row["id"]), thanked.get(row["id"]),
            )
            for row in rows
        ]  # fmt: skip

    async def last_checkin(self, platform: Platform) -> datetime | None:
        """Return when somebody last checked in, None if nobody ever did."""
        t, r, c = tables.checkins, tables.runs, tables.chats
        at: datetime | None = await self._scalar(
            sa.select(sa.func.max(t.c.at, type_=tables.Moment()))
            .join(r, r.c.id == t.c.run_id)
            .join(c, c.c.id == r.c.chat_id)
            .where(c.c.platform == str(platform))
        )
        return at

    async def _latest(self, query: sa.Select[tuple[int, datetime]]) -> dict[int, datetime]:
        found: dict[int, datetime] = {}
        for row in await self._all(query):
            found[row["feedback_id"]] = max(row["at"], found.get(row["feedback_id"], row["at"]))
        return found

    async def _sent(
        self, ids: list[int], verified: dict[int, datetime]
    ) -> tuple[dict[int, datetime], dict[int, datetime]]:
        """Return when the contributors were told of a change, and when their group was thanked."""
        d, c = tables.deliveries, tables.chats
        rows = await self._all(
            sa.select(d.c.subject, d.c.key, d.c.created_at, d.c.sent_at, c.c.kind)
            .join(c, c.c.id == d.c.chat_id)
            .where(
                d.c.subject.in_([f"feedback:{feedback_id}" for feedback_id in ids]),
                d.c.state == str(DeliveryState.SENT),
            )
        )
        echoed: dict[int, datetime] = {}
        thanked: dict[int, datetime] = {}
        for row in rows:
            feedback_id = int(row["subject"].partition(":")[2])
            if ":change:" in row["key"] and row["kind"] == ChatKind.PRIVATE:
                echoed[feedback_id] = max(row["sent_at"], echoed.get(feedback_id, row["sent_at"]))
            better = verified.get(feedback_id)
            if row["kind"] == ChatKind.GROUP and better is not None and row["created_at"] >= better:
                thanked[feedback_id] = row["sent_at"]
        return echoed, thanked
