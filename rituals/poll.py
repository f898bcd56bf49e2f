"""Ritual `poll`: a light question from the bank or from staff, and its result when it closes.

The run's `data` holds `question`, `options` and `multiple`; who chose what is in `poll_answers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from rituals.base import Context, Question, RitualSettings, SkippedError
from rituals.budget import LEFT, NO_QUESTIONS, PAUSED, TOO_MANY, why_silent
from storage.messages import Ballot, Message, Picture, Strong, Text
from storage.records import Chat
from storage.runs import Run

KIND = "poll"
WINDOW = timedelta(hours=48)

MOST_OPEN = 3
"""How many polls one group may have open: a fourth is put off until one is over."""

_REMEMBERED = 400
"""How many runs back the rotation looks: a bank of one question a week for seven years."""


async def begin(run: Run, chat: Chat, ritual: RitualSettings, ctx: Context) -> None:
    """Ask the question that staff brought, or the one of the bank that was not asked for the longest time."""
    if len(await ctx.uow.runs.list_open(chat.id, KIND)) > MOST_OPEN:  # this run is one of them
        raise SkippedError(TOO_MANY)
    question = _of(run)
    if not question.ask:
        bank = [each for each in ritual.questions if each.language in ("", chat.language)]
        question = await _choose(run, bank or ritual.questions, ctx)
    data = run.data | {
        "question": question.ask,
        "options": list(question.options),
        "multiple": question.multiple,
    }
    await ctx.uow.runs.change(run, data=data)
    await ctx.uow.outbox.put(
        chat.id,
        _post(question, chat, ctx),
        key=f"run:{run.id}:post",
        now=ctx.now,
        subject=f"run:{run.id}",
        is_unprompted=True,
    )


async def finish(run: Run, chat: Chat, ritual: RitualSettings, ctx: Context) -> int:
    """Stop the poll and tell how it went; a result somebody took part in is owed, whatever the budget says."""
    del ritual
    question = _of(run)
    if ctx.can(chat).native_polls:
        await ctx.uow.outbox.close_poll(f"run:{run.id}:post", now=ctx.now)
    votes, people = await ctx.uow.polls.tally(run.id, len(question.options))
    reason = await why_silent(chat, ctx)
    if reason in (LEFT, PAUSED) or (reason and not people):
        await ctx.uow.runs.change(run, reason=reason)
        return people
    post = await ctx.uow.promises.find(f"run:{run.id}:post")
    message = Message(
        text=_sentence(question, votes, people, chat, ctx),
        picture=_picture(question, votes, people, chat, ctx) if people else None,
        reply_to=post.receipt if post else "",
    )
    await ctx.uow.outbox.put(
        chat.id,
        message,
        key=f"run:{run.id}:summary",
        now=ctx.now,
        subject=f"run:{run.id}",
        is_unprompted=True,
    )
    return people


def _of(run: Run) -> Question:
    data = run.data
    return Question(
        data.get("question", ""), tuple(data.get("options", ())), bool(data.get("multiple", False))
    )


async def _choose(run: Run, bank: Sequence[Question], ctx: Context) -> Question:
    """Return the question asked longest ago, which is one never asked as long as there is one."""
    if not bank:
        raise SkippedError(NO_QUESTIONS)
    asked = [earlier.data.get("question") for earlier in await ctx.uow.runs.list_held(run, _REMEMBERED)]
    ago = {question: asked.index(question) for question in dict.fromkeys(asked)}
    return max(bank, key=lambda question: ago.get(question.ask, _REMEMBERED))


def _post(question: Question, chat: Chat, ctx: Context) -> Message:
    if ctx.can(chat).native_polls:
        return Message(ballot=Ballot(question.ask, question.options, question.multiple))
    listed = "\n".join(f"{number}. {option}" for number, option in enumerate(question.options, start=1))
    how_to = "poll.how_to_many" if question.multiple else "poll.how_to"
    return Message(text=(Strong(question.ask), "\n", listed, "\n\n", *ctx.say(chat.language, how_to)))


def _picture(question: Question, votes: Sequence[int], people: int, chat: Chat, ctx: Context) -> Picture:
    return Picture(
        "poll",
        question.ask,
        tuple(zip(question.options, votes, strict=True)),
        ctx.label(chat.language, "poll.people", count=people),
    )


def _sentence(question: Question, votes: Sequence[int], people: int, chat: Chat, ctx: Context) -> Text:
    if not people:
        return ctx.say(chat.language, "poll.nobody", question=question.ask)
    most = max(votes)
    ahead = [option for option, count in zip(question.options, votes, strict=True) if count == most]
    if len(ahead) == 1:
        return ctx.say(
            chat.language, "poll.winner", question=question.ask, option=ahead[0], votes=most, count=people
        )
    comma = ctx.label(chat.language, "list.comma")
    quoted = comma.join(ctx.label(chat.language, "poll.option", option=option) for option in ahead)
    return ctx.say(chat.language, "poll.tie", question=question.ask, options=quoted, votes=most, count=people)
