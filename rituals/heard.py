"""What follows a capture, a moment later: `STEPS` is the table. Fired by the timer `heard`.

A capture itself only writes the voice and its receipt, so that a burst of messages is never held up.
"""

from __future__ import annotations

from typing import Protocol

from rituals import alerts, alike, praise, report, service, voices
from rituals.base import Context
from storage.records import Feedback, Status
from storage.timers import Timer


class Step(Protocol):
    """One thing to do about a new feedback, if there is any need."""

    async def __call__(self, feedback: Feedback, ctx: Context) -> None:
        """Write facts and promises."""


STEPS: tuple[Step, ...] = (service.begin, alerts.about_feedback, alike.begin, report.ask, praise.ask)


async def heard(timer: Timer, ctx: Context) -> None:
    """Take every step about a new feedback, unless its author took it back meanwhile."""
    number = voices.number_of(timer.subject, "feedback")
    feedback = None if number is None else await ctx.uow.feedback.find(number)
    if feedback is None or feedback.status is Status.WITHDRAWN:
        return
    for step in STEPS:
        await step(feedback, ctx)
