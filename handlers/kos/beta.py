"""Intent `beta`: the contributor and who follows are asked to try a change first. Writes: betas, audit, outbox."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from handlers import echoes, orders
from handlers.asides import aside
from handlers.base import Context, Settings, UserError
from handlers.days import parse_day
from handlers.events import Event
from handlers.matters import matter_name, matter_of
from handlers.orders import Order
from handlers.references import resolve
from handlers.statuses import status_word
from storage.betas import OPEN_FOR, REMIND_AFTER, Beta, TrialState
from storage.messages import Button, Message, Part
from storage.records import CLOSED, STAFF, Feedback

NAME = "beta"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("beta", "内测")
EXAMPLE = "/beta 128 4.3 测试版里按钮放大了"

_MOST_NAMED = 12
_BEFORE_THE_END = time(9)  # on the last day, whoever has said nothing is still reminded in time


def match(event: Event, settings: Settings) -> Order | None:
    """Return the order, or None if the event is something else. Pure."""
    del settings
    return orders.match(event, NAME, COMMANDS)


async def handle(event: Event, argument: Order, ctx: Context) -> None:
    """Invite them, once each a version; without a word about it, show who is trying and what they found."""
    del event
    if not argument.text and not argument.is_press:
        await _show(await resolve(argument.ref, ctx), ctx)
        return
    taken = await orders.take(argument, ctx, intent=NAME, ask="beta.ask", example="beta.example")
    if taken is None:
        return
    feedback, text = taken
    matter = await matter_of(ctx, feedback)
    voices = [each for each in matter.feedback if each.status not in CLOSED]
    if not voices:
        raise UserError("order.is_over", number=feedback.id, status=status_word(ctx, feedback.status))
    until, text = _until(text, ctx)
    former = await ctx.uow.betas.find_last(feedback.id)
    if former is not None and (former.text, former.until) == (text, until):
        raise UserError("beta.same", number=feedback.id, day=ctx.texts.day(ctx.language, until))
    beta = await ctx.uow.betas.add(feedback.id, ctx.sender.id, text, ctx.now, until)
    await ctx.uow.betas.renew(beta)
    news = [echoes.News(each, f"beta:{beta.id}", _buttons(beta)) for each in voices]
    told = await echoes.tell_news(
        ctx, news, "echo.beta", text=text, day=lambda language: ctx.texts.day(language, until)
    )
    await ctx.uow.betas.invite(beta.id, told.due, ctx.now)
    last = datetime.combine(until, _BEFORE_THE_END, ctx.chat.zone).astimezone(UTC)
    remind = max(min(ctx.now + REMIND_AFTER, last), ctx.now)
    await ctx.uow.timers.put(f"beta:{beta.id}:remind", "beta", remind, subject=f"beta:{beta.id}")
    await orders.record(ctx, feedback, NAME)
    line = ctx.say("beta.done", name=matter_name(ctx, matter, len(voices)))
    await orders.done(ctx, feedback, (*line, *echoes.receipt(ctx, feedback, told, voices)))


def _until(words: str, ctx: Context) -> tuple[date, str]:
    """Return the last day to try it, named before the words or two weeks on, and the words. **Errors**: UserError."""
    today = ctx.now.astimezone(ctx.chat.zone).date()
    found = parse_day(words, today)
    if found is None or not found[1]:
        return today + OPEN_FOR, words
    if found[0] < today:
        raise UserError("plan.past", day=ctx.texts.day(ctx.language, found[0]))
    return found


def _buttons(beta: Beta) -> tuple[Button, ...]:
    return (
        Button("beta.try", action=f"trial:{beta.id}:try"),
        Button("beta.pass", action=f"trial:{beta.id}:pass"),
    )


async def _show(feedback: Feedback, ctx: Context) -> None:
    """Say how many try it and what each of the last found."""
    beta = await ctx.uow.betas.find_last(feedback.id)
    if beta is None:
        raise UserError("beta.none", number=feedback.id, example=ctx.label("beta.example"))
    counts = await ctx.uow.betas.count_by_state(beta.id)
    trying = sum(n for (state, _), n in counts.items() if state is TrialState.TRYING)
    parts: list[Part] = [
        *ctx.say("beta.head", number=feedback.id, invited=sum(counts.values()), trying=trying)
    ]
    if beta.until is not None:
        parts += ctx.say("beta.until", day=ctx.texts.day(ctx.language, beta.until))
    done = [t for t in await ctx.uow.betas.list_trials(beta.id) if t.verdict is not None][:_MOST_NAMED]
    people = await ctx.uow.members.list_by_id({trial.member_id for trial in done})
    for trial in done:
        found = ctx.label(echoes.VERDICT_WORDS[trial.verdict]) if trial.verdict else ""
        parts += ["\n", ctx.label("beta.line", who=people[trial.member_id].address, found=found)]
        if trial.note:
            parts += [" · ", trial.note]
    await aside(ctx, Message(text=tuple(parts), about=f"#{feedback.id}"))
