"""The promise to look at once whether a voice hurts, when that is known only after `heard` has looked.

Made by the indexer of meaning and by an edit; kept by rituals/alerts.py.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from storage.records import Feedback

if TYPE_CHECKING:
    from storage.uow import UnitOfWork

KIND = "hurts"
"""The timer's kind."""


async def hurts_late(uow: UnitOfWork, feedback: Feedback, now: datetime) -> None:
    """Let who is on duty be told of a feedback; once, and not again by `heard` if that is still to come."""
    subject = f"feedback:{feedback.id}"
    await uow.timers.put(f"{subject}:{KIND}", KIND, now, subject=subject)
