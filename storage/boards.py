"""Boards: who contributed most in a span of time, which staff closed loops, and how somebody's reports turn out.

Nothing here counts messages, and no score reads sentiment.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.contributions import Credit
from storage.modes import ALIAS, SEALED
from storage.records import STAFF, Feedback, Role, Status
from storage.repository import Repository, ids_as_json
from storage.rows import feedback_of

_c, _f, _m = tables.contributions, tables.feedback, tables.members
_WIDER = 8  # how many more are looked at than listed, and again when too many of them were of no account
_TELLS_ENOUGH = 20  # characters with which a report without anything else can be worked on
_DECIDED = (
    Status.PLANNED,
    Status.IN_PROGRESS,
    Status.RESOLVED,
    Status.VERIFIED,
    Status.UNCONFIRMED,
    Status.DECLINED,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How often somebody contributed, and their rank; who ties has the same."""

    member_id: int
    count: int
    rank: int
    is_tied: bool


@dataclass(frozen=True, slots=True)
class Signal:
    """What became of one contributor's reports; for staff only, never a public number (PRODUCT §9)."""

    reports: int = 0
    complete: int = 0  # with a picture, facts that were asked for, or words enough to work on
    insights: int = 0  # that a person wrote up for a department
    decided: int = 0
    verified: int = 0


def ranked(counts: Sequence[tuple[int, int]]) -> list[Standing]:
    """Rank (member, count) pairs that come highest first; whoever ties shares the better rank. Pure."""
    standings: list[Standing] = []
    for place, (member, count) in enumerate(counts, 1):
        tied = [other for _, other in counts].count(count) > 1
        rank = standings[-1].rank if standings and standings[-1].count == count else place
        standings.append(Standing(member, count, rank, tied))
    return standings


class BoardRepository(Repository):
    """Queries across the ledger, feedback and changes."""

    async def list_contributors(
        self, since: datetime, until: datetime | None = None, *, limit: int, chat_id: int | None = None
    ) -> list[tuple[int, int]]:
        """List members and how often they contributed in a span of time or since its start, most first; of one group.

        Staff, who is hidden and who would rather not are not among them.
        """
        looked_at = limit * _WIDER
        while True:
            found = await self._contributors(since, until, looked_at)
            may = await self._those_who_may([member for member, _ in found], chat_id)
            listed = [(member, count) for member, count in found if member in may]
            if len(listed) >= limit or len(found) < looked_at:
                return listed[:limit]
            looked_at *= _WIDER

    async def _contributors(
        self, since: datetime, until: datetime | None, limit: int
    ) -> list[tuple[int, int]]:
        """List whoever contributed in a span of time, from the ledger's index alone."""
        n = sa.func.count()
        query = (
            sa.select(_c.c.member_id, n.label("n"))
            .where(_c.c.at >= since, _c.c.kind != str(Credit.CAUSED_CHANGE))
            .group_by(_c.c.member_id)
            .order_by(n.desc(), sa.func.min(_c.c.at), _c.c.member_id)
            .limit(limit)
        )
        if until is not None:
            query = query.where(_c.c.at < until)
        return [(row["member_id"], row["n"]) for row in await self._all(query)]

    async def _those_who_may(self, member_ids: Collection[int], chat_id: int | None) -> set[int]:
        """Return who of these may stand on a board, of one group if it is given."""
        query = sa.select(_m.c.id).where(
            self._among(_m.c.id), _m.c.role == str(Role.MEMBER), _m.c.is_honoured,
            _m.c.external_id.not_like(f"{ALIAS}%"), _m.c.external_id.not_like(f"{SEALED}%"),
        )  # fmt: skip
        if chat_id is not None:
            query = query.where(_m.c.home_chat_id == chat_id)
        return {row["id"] for row in await self._all(query, {"rows": ids_as_json(member_ids)})}

    async def list_closers(self, since: datetime, until: datetime, *, limit: int) -> list[tuple[int, int]]:
        """List staff and how many loops of theirs were closed in a span of time, most first.

        A loop is closed when its contributor has said that it is better; it is credited to who looked after it.
        """
        h = tables.changes
        n = sa.func.count(h.c.feedback_id.distinct())
        rows = await self._all(
            sa.select(_f.c.owner_id, n.label("n"))
            .join(_f, _f.c.id == h.c.feedback_id)
            .join(_m, _m.c.id == _f.c.owner_id)
            .where(
                h.c.after == str(Status.VERIFIED), h.c.at >= since, h.c.at < until,
                _f.c.status == str(Status.VERIFIED), _m.c.role.in_([str(role) for role in STAFF]),
                _f.c.owner_id != _f.c.contributor_id,
            )
            .group_by(_f.c.owner_id)
            .order_by(n.desc(), _f.c.owner_id)
            .limit(limit)
        )  # fmt: skip
        return [(row["owner_id"], row["n"]) for row in rows]

    async def find_first_voice(self, topic_id: int) -> Feedback | None:
        """Return what a member who is here said first of a topic, None if there is nothing."""
        row = await self._one(
            sa.select(_f)
            .where(_f.c.topic_id == topic_id, _f.c.on_behalf_of == "", _f.c.status != str(Status.WITHDRAWN))
            .order_by(_f.c.id)
            .limit(1)
        )
        return feedback_of(row) if row else None

    async def find_own_voice(self, topic_id: int, member_id: int) -> Feedback | None:
        """Return what somebody said first of a topic themselves, None if they said nothing."""
        row = await self._one(
            sa.select(_f)
            .where(_f.c.topic_id == topic_id, _f.c.contributor_id == member_id, _f.c.on_behalf_of == "")
            .order_by(_f.c.id)
            .limit(1)
        )
        return feedback_of(row) if row else None

    async def signals(self, member_ids: Collection[int]) -> dict[int, Signal]:
        """Return what became of these people's reports, by member."""
        a, told = tables.attachments, tables.facts
        shown = sa.exists().where(a.c.feedback_id == _f.c.id)
        answered = sa.exists().where(told.c.feedback_id == _f.c.id, ~told.c.is_skipped, told.c.value != "")
        is_complete = sa.or_(sa.func.length(_f.c.text) >= _TELLS_ENOUGH, shown, answered)
        i = tables.insights
        written = sa.exists().where(i.c.feedback_id == _f.c.id) | sa.exists().where(
            _f.c.topic_id.is_not(None), i.c.topic_id == _f.c.topic_id
        )
        rows = await self._all(
            sa.select(
                _f.c.contributor_id,
                sa.func.count().label("reports"),
                sa.func.count().filter(is_complete).label("complete"),
                sa.func.count().filter(written).label("insights"),
                sa.func.count().filter(_f.c.status.in_([str(s) for s in _DECIDED])).label("decided"),
                sa.func.count().filter(_f.c.status == str(Status.VERIFIED)).label("verified"),
            )
            .where(
                self._among(_f.c.contributor_id),
                _f.c.on_behalf_of == "",
                _f.c.status != str(Status.WITHDRAWN),
            )
            .group_by(_f.c.contributor_id),
            {"rows": ids_as_json(member_ids)},
        )
        return {
            row["contributor_id"]: Signal(
                row["reports"], row["complete"], row["insights"], row["decided"], row["verified"]
            )
            for row in rows
        }
