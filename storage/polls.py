"""Who chose what in a poll; the poll itself is a Run whose data holds the question and options."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository

_t = tables.poll_answers


class PollRepository(Repository):
    """Queries over poll answers."""

    async def vote(self, run_id: int, member_id: int, choices: Sequence[int], now: datetime) -> None:
        """Record what a member chose (0-based); an empty choice takes the vote back."""
        if not choices:
            await self._run(sa.delete(_t).where(_t.c.run_id == run_id, _t.c.member_id == member_id))
            return
        values = {"choices": list(choices), "at": now}
        await self._run(
            self._insert(_t)
            .values(run_id=run_id, member_id=member_id, **values)
            .on_conflict_do_update(index_elements=["run_id", "member_id"], set_=values)
        )

    async def tally(self, run_id: int, options: int) -> tuple[list[int], int]:
        """Return the votes of each option, and how many people voted."""
        rows = await self._all(sa.select(_t.c.choices).where(_t.c.run_id == run_id))
        counts = [0] * options
        for row in rows:
            for choice in row["choices"]:
                if 0 <= choice < options:
                    counts[choice] += 1
        return counts, len(rows)
