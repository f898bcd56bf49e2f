"""Which feedback means the same as a text: the vector of each, and the nearest among them.

Written in the background by `bot/meanings.py`; read by `storage/nearness.py`. The vectors come from
`storage/text/meaning.py`; a database that never had the extra holds none.
"""

from __future__ import annotations

from collections.abc import Awaitable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import sqlalchemy as sa

from storage import tables
from storage.prepared import Prepared
from storage.records import OPEN, Status
from storage.repository import Repository, as_json, prepared
from storage.text.meaning import Codes, cosines, signs_of

POOLS = (150, 600, 5_000)
"""How many whose signs differ least are looked at before those of other statuses drop out; more if too few are left."""

COMPARED, MOST_COMPARED = 4, 100
"""How many vectors are compared exactly for each that is wanted, and at most.

**Source**: measured, of 4,800 texts 995 in 1,000 of the five nearest are among them.
"""

CHUNK = 2_000
"""How many signs are read at once: some 10 ms."""

_OVERLAP = 1_000  # feedback that is looked at again: PostgreSQL may commit it out of order
_ROWS_AGAIN = 50  # the same for rows of the index
_INDEX = "meaning_index"
_feedback, _meanings = tables.feedback, tables.feedback_meanings

_AMONG = prepared(
    "rank:bigint feedback_id:bigint",
    "SELECT m.feedback_id, m.vector FROM {rows} JOIN feedback_meanings AS m ON m.feedback_id = r.feedback_id"
    " JOIN feedback AS f ON f.id = m.feedback_id"
    " WHERE CAST(:statuses AS TEXT) LIKE '%,' || f.status || ',%' AND f.id <> :apart_from"
    " ORDER BY r.rank LIMIT :most",
    _meanings.c.feedback_id,
    _meanings.c.vector,
)
_VECTORS_OF = prepared(
    "feedback_id:bigint",
    "SELECT m.feedback_id, m.vector FROM {rows} JOIN feedback_meanings AS m ON m.feedback_id = r.feedback_id",
    _meanings.c.feedback_id,
    _meanings.c.vector,
)
_SINCE = Prepared(
    lambda _: (
        sa.select(_meanings.c.id, _meanings.c.feedback_id, _meanings.c.signs)
        .where(_meanings.c.id > sa.bindparam("last", type_=sa.BigInteger))
        .order_by(_meanings.c.id)
        .limit(CHUNK)
    ),
    returned=(_meanings.c.id, _meanings.c.feedback_id, _meanings.c.signs),
)


@dataclass(frozen=True, slots=True)
class Sense:
    """A text's vector, and the index that it is looked up in."""

    vector: bytes
    codes: Codes


Coming: TypeAlias = Sense | Awaitable[Sense | None] | None
"""A meaning, or one that is being reckoned while words are looked up; None while words alone must do."""


async def arrived(sense: Coming) -> Sense | None:
    """Wait for a meaning that is still being reckoned."""
    return await sense if isinstance(sense, Awaitable) else sense


class MeaningRepository(Repository):
    """Queries over the vectors of feedback."""

    async def put_all(self, vectors: Mapping[int, bytes]) -> None:
        """Index feedback by their vectors, in place of former ones."""
        await self._run(sa.delete(_meanings).where(_meanings.c.feedback_id.in_(sorted(vectors))))
        rows = [
            {"feedback_id": number, "vector": vector, "signs": signs_of(vector)}
            for number, vector in sorted(vectors.items())
        ]
        if rows:
            await self._run(self._insert(_meanings).on_conflict_do_nothing(), rows)

    async def find(self, feedback_id: int) -> bytes | None:
        """Return the vector of a feedback, None if it is not indexed, or was edited since."""
        found: bytes | None = await self._scalar(
            sa.select(_meanings.c.vector).where(_meanings.c.feedback_id == feedback_id, ~_meanings.c.is_stale)
        )
        return found

    async def list_(self, feedback_ids: Collection[int]) -> dict[int, bytes]:
        """Return the vectors of those feedback that have one."""
        rows = await self._fetch(_VECTORS_OF, {"rows": as_json([[item] for item in sorted(feedback_ids)])})
        return {row["feedback_id"]: row["vector"] for row in rows}

    async def list_pending(self, limit: int) -> list[tuple[int, str]]:
        """List feedback not indexed yet, or edited since, as (number, text); the edited ones last."""
        last = sa.select(sa.func.coalesce(sa.func.max(_meanings.c.feedback_id), 0) - _OVERLAP)
        columns = (_feedback.c.id, _feedback.c.text)
        fresh = await self._all(
            sa.select(*columns)
            .where(
                _feedback.c.id > last.scalar_subquery(),
                ~sa.exists().where(_meanings.c.feedback_id == _feedback.c.id),
            )
            .order_by(_feedback.c.id)
            .limit(limit)
        )
        stale = await self._all(
            sa.select(*columns)
            .join(_meanings, _meanings.c.feedback_id == _feedback.c.id)
            .where(sa.text("is_stale"))  # not `= 1`: only so SQLite sees its partial index
            .order_by(_feedback.c.id)
            .limit(limit - len(fresh))
        )
        return [(row["id"], row["text"]) for row in (*fresh, *stale)]

    async def mark_stale(self, feedback_id: int) -> None:
        """Let an edited feedback be indexed anew."""
        await self._run(
            sa.update(_meanings).where(_meanings.c.feedback_id == feedback_id).values(is_stale=True)
        )

    async def name_model(self, name: str) -> bool:
        """Note whose vectors the index holds; if it was another's, they all go, and True is returned."""
        former = await self._uow.audit.recall(_INDEX)
        if former == name:
            return False
        await self._run(sa.delete(_meanings))
        await self._uow.audit.remember(_INDEX, name)
        return True

    async def refresh(self, codes: Codes) -> bool:
        """Take what came since into the codes, a chunk of it; True if that was all."""
        rows = await self._fetch(_SINCE, {"last": codes.last - _ROWS_AGAIN})
        codes.add([(row["id"], row["feedback_id"], row["signs"]) for row in rows])
        return len(rows) < CHUNK

    async def nearest(
        self, sense: Sense, limit: int, statuses: Iterable[Status] = OPEN, *, apart_from: int = 0
    ) -> dict[int, float]:
        """Return the feedback in these statuses nearest to a vector, the nearest first, each with its cosine."""
        await self.refresh(sense.codes)
        wanted = list(statuses)
        most = min(MOST_COMPARED, COMPARED * limit)
        found: dict[int, bytes] = {}
        for pool in POOLS:
            nearest = sense.codes.nearest(sense.vector, pool)
            found = await self._among_pool(nearest, wanted, apart_from, most)
            if len(found) >= most // 2 or len(nearest) < pool:
                break
        scored = zip(found, cosines(sense.vector, list(found.values())), strict=True)
        return dict(sorted(scored, key=lambda one: (-one[1], -one[0]))[:limit])

    async def _among_pool(
        self, pool: Sequence[int], statuses: Sequence[Status], apart_from: int, most: int
    ) -> dict[int, bytes]:
        rows = await self._fetch(
            _AMONG,
            {
                "rows": as_json(list(enumerate(pool))),
                "statuses": f",{','.join(statuses)},",
                "apart_from": apart_from,
                "most": most,
            },
        )
        return {row["feedback_id"]: row["vector"] for row in rows}
