"""Intent `resolve`: something changed; whoever said it hears so. Writes: feedback, contributions, outbox, timers."""

from __future__ import annotations

from handlers import echoes, orders
from handlers.base import Context, Event, Settings
from handlers.orders import Order
from handlers.references import subject_of
from storage.contributions import Credit
from storage.records import STAFF, Status

NAME = "resolve"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("resolve", "解决")
EXAMPLE = "/resolve 128 新版本里按钮放大了"


def match(event: Event, settings: Settings) -> Order | None:
    """Return the order, or None if the event is something else. Pure."""
    del settings
    return orders.match(event, NAME, COMMANDS)


async def handle(event: Event, argument: Order, ctx: Context) -> None:
    """Resolve it, promise to tell the contributor and each follower, and ask whether it is really better."""
    del event
    carried = await orders.carry_out(
        argument, ctx, Status.RESOLVED, intent=NAME, ask="resolve.ask", example="resolve.example"
    )
    if carried is None:
        return
    feedback, change, text = carried
    is_own = feedback.contributor_id == ctx.sender.id
    if not is_own:
        subject = subject_of(feedback.id)
        await ctx.uow.contributions.add(feedback.contributor_id, Credit.CAUSED_CHANGE, subject, ctx.now)
    ask = echoes.verdict_buttons(feedback, change)
    told = await echoes.tell_people(
        ctx, feedback, "echo.resolved", text=text, key=echoes.change_key(feedback, change), buttons=ask
    )
    await echoes.expect_verdict(ctx, feedback, change, told, remind=not is_own)
    line = ctx.say("resolve.done", number=feedback.id)
    await orders.done(
        ctx,
        feedback,
        (*line, *echoes.receipt(ctx, feedback, told), *(ctx.say("resolve.own") if is_own else ())),
        buttons=tuple(echoes.replace_label(ctx, button, ctx.language) for button in ask) if is_own else (),
    )
