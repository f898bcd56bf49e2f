"""What a person chose where the classifier guessed. Read by `huixiang retrain`."""

from __future__ import annotations

import sqlalchemy as sa

from storage import tables
from storage.records import FeedbackClass
from storage.repository import Repository

_t = tables.corrections


class CorrectionRepository(Repository):
    """Queries over corrections."""

    async def list_chosen(self) -> list[tuple[str, FeedbackClass]]:
        """List each corrected or confirmed text as it reads now, with the class that was chosen last."""
        last = sa.select(sa.func.max(_t.c.id)).group_by(_t.c.feedback_id)
        rows = await self._all(
            sa.select(tables.feedback.c.text, _t.c.chosen)
            .join(_t, _t.c.feedback_id == tables.feedback.c.id)
            .where(_t.c.id.in_(last))
            .order_by(_t.c.id)
        )
        return [(row["text"], FeedbackClass(row["chosen"])) for row in rows]
