"""What the classifier guesses anew, and what a person chose where it guessed; read by `huixiang retrain`."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.records import Feedback, FeedbackClass, Status
from storage.repository import Repository
from storage.rows import feedback_of

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

    async def guess_again(
        self, feedback_id: int, text: str, kind: FeedbackClass, *, is_unsure: bool, negative: bool, urgent: bool,
        now: datetime,
    ) -> Feedback | None:  # fmt: skip
        """Put a better guess in place of the first; None if a person was faster, or the words are no longer these."""
        f = tables.feedback
        row = await self._one(
            sa.update(f)
            .where(
                f.c.id == feedback_id, f.c.is_guess, f.c.status == str(Status.RECEIVED), f.c.text == text,
                sa.or_(
                    f.c.feedback_class != str(kind), f.c.is_unsure != is_unsure,
                    f.c.negative != negative, f.c.urgent != urgent,
                ),
            )
            .values(
                feedback_class=str(kind), is_unsure=is_unsure, negative=negative, urgent=urgent, updated_at=now
            )
            .returning(f)
        )  # fmt: skip
        return feedback_of(row) if row else None
