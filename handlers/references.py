"""Which feedback somebody means: `128`, `#128`, `T7` for a whole topic, or the message they reply to. Used by many."""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.base import Context, NotUnderstoodError, UserError
from storage.records import Feedback

# After a hash anything but a digit may follow ("#128改好了"). A bare number must stand alone, so that
# "3d", "4.3 里改好了" or "12月1日" in a reply stay words.
_HASHED = re.compile(r"\s*[#＃]\s*(\d{1,15})(?!\d)号?[\s,，:：、]*(.*)", re.DOTALL)
_BARE = re.compile(r"\s*(\d{1,15})(?!\d)号?(?:[\s,，:：、]+(?!\d)|\s+|$)(.*)", re.DOTALL)
# A number glued to Chinese words that are no unit (2已修好) is meant, too; "3天后" and "12月1日" stay words.
UNITS = "月日号天周年点个小时分秒次条名位种档块元万千百星期折倍代版口人台辆岁度米公里"
_GLUED = re.compile(rf"\s*(\d{{1,15}})(?![{UNITS}])([\u4e00-\u9fff].*)", re.DOTALL)
# A topic's number, too, must stand alone unless Chinese words follow it ("T7改好了"): "T7b" is no topic.
_TOPIC = re.compile(
    r"\s*[#＃]?\s*(?:[TtＴｔ]|话题\s*[TtＴｔ]?)\s*(\d{1,15})(?![\d.．:：-]\d|[\dA-Za-z])号?[\s,，:：、]*(.*)",
    re.DOTALL,
)
# What follows a command and is nobody's own words: a number, a topic, a name.
BARE = re.compile(r"(?:[#＃]?\s*\d{1,15}\s*[号条]?|[TtＴｔ]\s*\d{1,15}|[@＠]\S+)?[\s。.!！?？]*")
LONE_LATIN = frozenset({"mine", "inbox", "mydata"})  # commands that nobody means as words, slash or not
_SUBJECT, _TOPIC_SUBJECT = "feedback:", "topic:"


@dataclass(frozen=True, slots=True)
class FeedbackRef:
    """One feedback by its number, or by the message replied to when `number` is None; or a whole topic."""

    number: int | None = None
    topic: int | None = None


def parse(rest: str) -> tuple[FeedbackRef, str]:
    """Split what follows a command into which feedback is meant and the words after it. Pure."""
    topic = _TOPIC.fullmatch(rest)
    if topic is not None:
        return FeedbackRef(topic=int(topic.group(1))), topic.group(2).strip()
    found = _HASHED.fullmatch(rest) or _BARE.fullmatch(rest) or _GLUED.fullmatch(rest)
    if found is None:
        return FeedbackRef(), rest.strip()
    return FeedbackRef(int(found.group(1))), found.group(2).strip()


def subject_of(feedback_id: int) -> str:
    """Return how deliveries and timers name a feedback."""
    return f"{_SUBJECT}{feedback_id}"


def number_of(subject: str) -> int | None:
    """Return the feedback a subject names, None if it is about something else."""
    number = subject.removeprefix(_SUBJECT)
    return int(number) if number != subject and number.isdecimal() else None


def topic_of(subject: str) -> int | None:
    """Return the topic a subject names, None if it is about something else."""
    number = subject.removeprefix(_TOPIC_SUBJECT)
    return int(number) if number != subject and number.isdecimal() else None


async def resolve(ref: FeedbackRef, ctx: Context) -> Feedback:
    """Return the feedback that is meant; of a topic what was said of it first.

    **Errors**: NotUnderstoodError without a number and without a reply to something we know; UserError
    for a number that nobody has.
    """
    if ref.topic is not None:
        return await first_of(ref.topic, ctx)
    if ref.number is not None:
        found = await ctx.uow.feedback.find(ref.number)
        if found is None:
            raise not_there(ref, ctx)
        return found
    meant = await find_replied(ctx)
    if meant is None:
        raise not_there(ref, ctx)
    return meant


def not_there(ref: FeedbackRef, ctx: Context) -> UserError:
    """Return the line for a number that nobody has, or for no number: then with their own command as its example."""
    if ref.topic is not None:
        return UserError("topic.unknown", number=ref.topic)
    if ref.number is not None:
        return UserError("feedback.unknown", number=ref.number)
    return NotUnderstoodError("feedback.which", example=f"{_called_as(ctx)} 128".strip())


async def first_of(topic_id: int, ctx: Context) -> Feedback:
    """Return what was said first of a topic. **Errors**: UserError for a number no topic has."""
    topic = await ctx.uow.topics.find(topic_id)
    first = await ctx.uow.topics.find_first(topic.id) if topic else None
    if first is None:
        raise UserError("topic.unknown", number=topic_id)
    return first


async def find_replied(ctx: Context) -> Feedback | None:
    """Return the feedback that the message replied to is about, None if it is about something else."""
    reply = ctx.event.reply_to
    if reply is None:
        return None
    captured = await ctx.uow.feedback.find_by_message(ctx.chat.id, reply.message_id)
    if captured is not None:
        return captured
    ours = await ctx.uow.promises.find_by_receipt(ctx.chat.id, reply.message_id)
    if ours is not None and (about := topic_of(ours.subject)) is not None:
        return await first_of(about, ctx)
    number = number_of(ours.subject) if ours else None
    return None if number is None else await ctx.uow.feedback.find(number)


def _called_as(ctx: Context) -> str:
    """Return the command as the sender wrote it, for the example."""
    return f"/{ctx.event.word}" if ctx.event.is_command else ctx.event.word
