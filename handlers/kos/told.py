"""Intent `told`: a KOS has told somebody in person. Writes: feedback, verdicts, deliveries, timers, credit, audit.

Who was told in person was thanked in person: nothing is posted in the group.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from handlers import honours, orders, recovery
from handlers.base import Context, Settings, UserError
from handlers.events import Event, called
from handlers.references import FeedbackRef, parse, resolve, subject_of
from handlers.tags import clean
from storage.records import STAFF, Feedback, Status, Verdict
from storage.verdicts import ASKED

NAME = "told"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("told", "已告知")
EXAMPLE = "/told 128"
_FIRST = re.compile(r"([^\s，,。.！!：:]+)[\s，,。.！!：:]*(.*)", re.DOTALL)
_SAID = {
    "better": Verdict.BETTER,
    "顺手多了": Verdict.BETTER,
    "好了": Verdict.BETTER,
    "解决了": Verdict.BETTER,
    "still": Verdict.STILL,
    "还不行": Verdict.STILL,
    "没好": Verdict.STILL,
}


@dataclass(frozen=True, slots=True)
class Report:
    """Which feedback, what they answered if anything, and what else is worth keeping."""

    ref: FeedbackRef
    verdict: Verdict | None = None
    note: str = ""


def match(event: Event, settings: Settings) -> Report | None:
    """Return the report, or None if the event is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is None:
        return None
    ref, words = parse(rest)
    found = _FIRST.fullmatch(words)
    verdict = _SAID.get(found[1].lower()) if found else None
    return Report(ref, verdict, found[2].strip() if found and verdict else words)


async def handle(event: Event, argument: Report, ctx: Context) -> None:
    """Settle what had not reached them, ask nothing more, and take their answer if they gave one."""
    del event
    feedback = await resolve(argument.ref, ctx)
    subject = subject_of(feedback.id)
    note = clean(argument.note)[: orders.LONGEST]
    if argument.verdict is not None and feedback.status not in ASKED:
        raise orders.cannot_follow(ctx, feedback)
    if argument.verdict is Verdict.STILL and not note:
        raise UserError("told.why", example=ctx.label("told.example_still"))
    listeners = {feedback.contributor_id, *await ctx.uow.followers.list_of(feedback.id)}
    untold = await ctx.uow.echoes.list_untold(subject) & listeners
    # The contributor is who is meant; a follower only when nothing else had failed to arrive.
    people = {feedback.contributor_id} if feedback.contributor_id in untold or not untold else untold
    settled = await ctx.uow.echoes.tell_in_person(subject, people)
    await ctx.uow.timers.cancel(subject, "verify_reminder")
    await ctx.uow.notes.add(
        feedback.id, ctx.sender.id, ctx.label("told.note") + (f" {note}" if note else ""), ctx.now
    )
    await orders.record(ctx, feedback, NAME, str(argument.verdict or ""))
    if argument.verdict is not None:
        after = await _take(ctx, feedback, argument.verdict, note)
        if after is None:
            return
        feedback = after
    who = feedback.on_behalf_of or await _names(ctx, people)
    text_id = (
        _ANSWERS[argument.verdict] if argument.verdict else "told.done" if settled else "told.nothing_waited"
    )
    await orders.done(ctx, feedback, ctx.say(text_id, number=feedback.id, who=who))


_ANSWERS = {Verdict.BETTER: "told.better", Verdict.STILL: "told.still"}


async def _take(ctx: Context, feedback: Feedback, verdict: Verdict, note: str) -> Feedback | None:
    """Write down the contributor's answer as if they had given it themselves; None if somebody was faster."""
    subject = subject_of(feedback.id)
    question = await ctx.uow.verdicts.find_question(feedback.id)
    after = Status.VERIFIED if verdict is Verdict.BETTER else Status.IN_REVIEW
    values: dict[str, Any] = {}
    if verdict is Verdict.STILL:
        values["review_due"] = ctx.now + ctx.settings.times.review_within / 2
    moved = await orders.move(ctx, feedback, after, note=note, intent=NAME, **values)
    if moved is None:
        return None
    await ctx.uow.timers.cancel(subject, "verify_reminder", "unconfirmed")
    if question is not None:
        await ctx.uow.verdicts.put(question.id, feedback.id, feedback.contributor_id, verdict, ctx.now, note)
        if verdict is Verdict.BETTER:
            await recovery.expect(ctx, feedback)
        if verdict is Verdict.BETTER and question.after is Status.RESOLVED and not feedback.on_behalf_of:
            contributor = await ctx.uow.members.get(feedback.contributor_id)
            await honours.tell_earned(
                ctx, contributor, await honours.credit_verified(ctx, feedback, contributor)
            )
    return moved[0]


async def _names(ctx: Context, people: set[int]) -> str:
    members = await ctx.uow.members.list_by_id(people)
    return ctx.label("order.comma").join(member.address for member in members.values())
