"""A matter: what one order is about, a single feedback or everything of its topic. Used by handlers/moves.py."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.base import Context
from handlers.quotes import quote_of
from handlers.references import subject_of
from storage.records import Feedback
from storage.topics import Topic

_QUOTED = 24


@dataclass(frozen=True, slots=True)
class Matter:
    """What is moved together; `named` is the one that was meant, `feedback` are all, the first reported first."""

    named: Feedback
    feedback: tuple[Feedback, ...]
    topic: Topic | None = None

    @property
    def subject(self) -> str:
        """Return how the audit names it."""
        return self.topic.subject if self.topic else subject_of(self.named.id)

    @property
    def version(self) -> int:
        """Return what buttons of its card are checked against."""
        return max(each.version for each in self.feedback)


async def matter_of(ctx: Context, feedback: Feedback) -> Matter:
    """Return everything that moves with a feedback."""
    topic = None if feedback.topic_id is None else await ctx.uow.topics.find(feedback.topic_id)
    if topic is None:
        return Matter(feedback, (feedback,))
    return Matter(feedback, tuple(await ctx.uow.topics.list_feedback(topic.id)), topic)


def title_for_staff(ctx: Context, topic: Topic, first: Feedback | None) -> str:
    """Return what staff see a topic called: its title, else the words it began with."""
    return topic.title or (quote_of(ctx, first, _QUOTED) if first else "…")


def matter_name(ctx: Context, matter: Matter, count: int | None = None) -> str:
    """Return what staff call it: its number, or the topic's with how many voices it holds."""
    if matter.topic is None:
        return f"#{matter.named.id}"
    return ctx.label("topic.whole", name=matter.topic.name, count=count or len(matter.feedback))
