"""How plan, progress, resolve, decline, reopen and hold act: on one feedback, or on all of its topic at once.

Called by handlers/kos/, by whoever answers for a department, and by whatever else moves a matter. One Change a
feedback, each contributor told of their own words, everybody told once, all in the transaction of the order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from handlers import casework, echoes, next_words, orders
from handlers.base import Context
from handlers.matters import Matter, matter_name
from handlers.references import subject_of
from storage.contributions import Credit
from storage.errors import ConflictError
from storage.messages import Button, Text
from storage.records import OPEN, Change, Feedback, Status
from storage.reports import is_about_service
from storage.statuses import is_backward, may_follow
from storage.timers import Timer

_MORNING = time(9)  # when the day of a hold begins for staff, in the time of the conversation


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved, as it is now, with each Change; and the receipt for who did it."""

    named: Feedback
    changes: tuple[tuple[Feedback, Change], ...]
    line: Text = ()
    buttons: tuple[Button, ...] = ()


async def plan(ctx: Context, matter: Matter, *, day: date, text: str) -> Moved | None:
    """Promise it for a day, and tell everybody which; None if somebody was faster, which was said."""
    moved = await _move(ctx, matter, Status.PLANNED, note=text, intent="plan", planned_for=day)
    if moved is None:
        return None
    told = await _tell(ctx, moved, "echo.planned", text, day=day)
    words = {"name": _name(ctx, matter, moved), "day": ctx.texts.day(ctx.language, day)}
    return _done(ctx, moved, ctx.say("plan.done", **words), told)


async def progress(ctx: Context, matter: Matter, *, text: str) -> Moved | None:
    """Say how far it is; None if somebody was faster, which was said."""
    moved = await _move(ctx, matter, Status.IN_PROGRESS, note=text, intent="progress")
    if moved is None:
        return None
    told = await _tell(ctx, moved, "echo.progress", text)
    return _done(ctx, moved, ctx.say("progress.done", name=_name(ctx, matter, moved)), told)


async def decline(ctx: Context, matter: Matter, *, text: str) -> Moved | None:
    """Close it with a person's reason; None if somebody was faster, which was said."""
    moved = await _move(ctx, matter, Status.DECLINED, note=text, intent="decline")
    if moved is None:
        return None
    told = await _tell(ctx, moved, "echo.declined", text)
    return _done(ctx, moved, ctx.say("decline.done", name=_name(ctx, matter, moved)), told)


async def resolve(ctx: Context, matter: Matter, *, text: str) -> Moved | None:
    """Say what changed and ask each contributor whether it is better; None if somebody was faster, which was said."""
    moved = await _move(ctx, matter, Status.RESOLVED, note=text, intent="resolve")
    if moved is None:
        return None
    credit = [
        (feedback.contributor_id, subject_of(feedback.id))
        for feedback, _ in moved.changes
        if feedback.contributor_id != ctx.sender.id
    ]
    await ctx.uow.contributions.add_all(Credit.CAUSED_CHANGE, credit, ctx.now)
    about_service = is_about_service(moved.named)
    told = await _tell(ctx, moved, "echo.settled" if about_service else "echo.resolved", text, asks=True)
    await echoes.expect_verdicts(ctx, moved.changes, told)
    done = _done(ctx, moved, ctx.say("resolve.done", name=_name(ctx, matter, moved)), told)
    own = next((pair for pair in moved.changes if pair[0].contributor_id == ctx.sender.id), None)
    if own is None:
        return done
    ask = tuple(echoes.replace_label(ctx, button, ctx.language) for button in echoes.verdict_buttons(*own))
    return Moved(done.named, done.changes, (*done.line, *ctx.say("resolve.own")), ask)


async def reopen(ctx: Context, matter: Matter, *, text: str) -> Moved | None:
    """Take it back to review; what was promised to be said and is no longer true is not said."""
    pairs = {
        f.id: f"{subject_of(f.id)}:change:{f.version}:member:{f.contributor_id}" for f in matter.feedback
    }
    unsaid = await ctx.uow.echoes.list_unsaid(pairs.values())
    moved = await _move(ctx, matter, Status.IN_REVIEW, note=text, intent="reopen", planned_for=None)
    if moved is None:
        return None
    subjects = [subject_of(feedback.id) for feedback, _ in moved.changes]
    await ctx.uow.timers.cancel_all(subjects, "verify_reminder", "unconfirmed")
    await ctx.uow.echoes.cancel_all(subjects)
    name = _name(ctx, matter, moved)
    heard = tuple(pair for pair in moved.changes if pairs[pair[0].id] not in unsaid)
    if not heard:
        return Moved(moved.named, moved.changes, ctx.say("reopen.unsaid", name=name))
    told = await _tell(ctx, Moved(heard[0][0], heard), "echo.reopened", text)
    return _done(ctx, moved, ctx.say("reopen.done", name=name), told)


async def hold(ctx: Context, matter: Matter, *, day: date, why: str) -> Text:
    """Let it rest until a day and promise to bring it back then; return the receipt.

    **Errors**: ConflictError when somebody was faster, here and in `lift`.
    """
    resting = [feedback for feedback in matter.feedback if feedback.status in OPEN]
    await ctx.uow.moves.hold_all(resting, day, ctx.now, owner_id=ctx.sender.id)
    subjects = [subject_of(each.id) for each in (matter.named, *resting)]  # what was named is spoken of first
    await ctx.uow.timers.cancel_all(subjects, "held")
    due = datetime.combine(day, _MORNING, ctx.chat.zone).astimezone(UTC)
    asked = f"held:{ctx.event.platform}:{ctx.event.update_id}"
    # One each, though a topic is spoken of once: any of its voices may leave it, or be taken back, before that day.
    await ctx.uow.timers.put_all(
        [Timer(0, f"{subject}:{asked}", "held", subject, due) for subject in dict.fromkeys(subjects)]
    )
    if why:
        await ctx.uow.notes.add(matter.named.id, ctx.sender.id, why, ctx.now)
    await _record(ctx, matter, "hold", day.isoformat())
    name = matter_name(ctx, matter, len(resting))
    return ctx.say("hold.done", name=name, day=ctx.texts.day(ctx.language, day))


async def lift(ctx: Context, matter: Matter) -> Text:
    """Take it off hold; return the receipt."""
    resting = [feedback for feedback in matter.feedback if feedback.held_until is not None]
    await ctx.uow.moves.hold_all(resting, None, ctx.now)
    await ctx.uow.timers.cancel_all([subject_of(f.id) for f in matter.feedback], "held")
    await next_words.put_off(ctx, resting)
    await _record(ctx, matter, "hold", "off")
    return ctx.say("hold.lifted", name=matter_name(ctx, matter))


async def _move(
    ctx: Context, matter: Matter, after: Status, *, note: str, intent: str, **values: date | None
) -> Moved | None:
    """Move all that may follow, in the sender's name; who acts on what nobody has becomes its owner.

    **Errors**: UserError when what was named cannot follow.
    """
    may = is_backward if after is Status.IN_REVIEW else may_follow
    going = [feedback for feedback in matter.feedback if may(feedback.status, after)]
    if matter.named.id not in {feedback.id for feedback in going}:
        raise orders.cannot_follow(ctx, matter.named)
    held = [subject_of(feedback.id) for feedback in going if feedback.held_until is not None]
    if held:
        await ctx.uow.timers.cancel_all(held, "held")
    try:
        async with ctx.uow.savepoint():
            changes = await ctx.uow.moves.change_all(
                going, after, by_id=ctx.sender.id, note=note, now=ctx.now, owner_id=ctx.sender.id,
                dues={f.id: next_words.due_of(ctx, f, after, **values) for f in going},
                ends_hold=True,  # of what is held at this very moment, too
                **values,
            )  # fmt: skip
    except ConflictError:
        fresh = {each.id: each for each in await ctx.uow.moves.list_by_id([each.id for each in going])}
        changed = (fresh[each.id] for each in going if fresh[each.id].version != each.version)
        await orders.say_changed(ctx, next(changed, fresh[matter.named.id]))
        return None
    await _record(ctx, matter, intent, f"{matter.named.status} -> {after}")
    if matter.topic is not None:
        await ctx.uow.topics.touch(matter.topic.id, ctx.now)
    await casework.refresh_all(ctx, [feedback for feedback, _ in changes])
    named = next(feedback for feedback, _ in changes if feedback.id == matter.named.id)
    if after is Status.IN_REVIEW:
        await next_words.ask_again(ctx, [feedback for feedback, _ in changes])
    return Moved(named, tuple(changes))


async def was_said(
    ctx: Context, matter: Matter, after: Status, *, text: str, day: date | None = None
) -> bool:
    """Tell whether all of it stands there with just these words: members hear of one thing once."""
    going = [feedback for feedback in matter.feedback if may_follow(feedback.status, after)]
    if not all(each.status is after and day in (None, each.planned_for) for each in (matter.named, *going)):
        return False
    changes = await ctx.uow.feedback.list_changes(matter.named.id)
    return not text or (bool(changes) and changes[-1].note == text)


async def _tell(
    ctx: Context, moved: Moved, text_id: str, text: str, *, asks: bool = False, day: date | None = None
) -> echoes.Told:
    """Tell everybody of the change; what was named comes first, so that its contributor hears of it."""
    first = [pair for pair in moved.changes if pair[0].id == moved.named.id]
    rest = [pair for pair in moved.changes if pair[0].id != moved.named.id]
    news = [
        echoes.News(
            feedback, echoes.change_key(feedback, change),
            echoes.verdict_buttons(feedback, change) if asks else (),
        )
        for feedback, change in (*first, *rest)
    ]  # fmt: skip
    if day is None:
        return await echoes.tell_news(ctx, news, text_id, text=text)
    return await echoes.tell_news(
        ctx, news, text_id, text=text, day=lambda language: ctx.texts.day(language, day)
    )


def _done(ctx: Context, moved: Moved, line: Text, told: echoes.Told) -> Moved:
    by_hand = [feedback for feedback, _ in moved.changes]
    return Moved(moved.named, moved.changes, (*line, *echoes.receipt(ctx, moved.named, told, by_hand)))


def _name(ctx: Context, matter: Matter, moved: Moved) -> str:
    return matter_name(ctx, matter, len(moved.changes))


async def _record(ctx: Context, matter: Matter, intent: str, detail: str) -> None:
    await ctx.uow.audit.add(
        f"feedback.{intent}", by_id=ctx.sender.id, now=ctx.now, subject=matter.subject, detail=detail
    )
