"""How long the loop waits, as the config says it; both storeys above need it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class FeedbackTimes:
    """How long the loop waits."""

    review_within: timedelta = timedelta(hours=48)
    reminder_after: timedelta = timedelta(hours=72)
    unconfirmed_after: timedelta = timedelta(days=7)
    update_within: timedelta = timedelta(days=7)  # where no day was promised
