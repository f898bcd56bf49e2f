"""Intent `mycase`: a member says whether their feedback may be a case in the group, or takes that back.

Writes: consents, cases, outbox.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers import casework
from handlers.base import Context, Settings, UserError
from handlers.consenting import read_scope, settle
from handlers.events import Event, EventKind, pressed
from handlers.references import subject_of
from storage.cases import Case, CaseState
from storage.consents import Purpose, Scope
from storage.messages import Text, plain
from storage.records import EVERYBODY, Feedback, Status

NAME = casework.MYCASE
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""

OFF = "off"
_ID = re.compile(r"\d{1,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answer:
    """Which feedback, and how far it may be shown; None takes back what was allowed."""

    feedback_id: int
    scope: Scope | None


def match(event: Event, settings: Settings) -> Answer | None:
    """Return the answer, pressed or said, None if it is something else. Pure."""
    del settings
    arguments = pressed(event, NAME)
    if arguments is not None:
        if len(arguments) != 2 or not _ID.fullmatch(arguments[0]) or arguments[1] not in {OFF, *Scope}:
            return None
        return Answer(int(arguments[0]), None if arguments[1] == OFF else Scope(arguments[1]))
    if event.kind is not EventKind.MESSAGE or event.awaited is None or event.awaited.intent != NAME:
        return None
    scope = read_scope(event.text)
    return Answer(int(event.awaited.data["feedback"]), scope) if scope else None


async def handle(event: Event, argument: Answer, ctx: Context) -> None:
    """Let the card appear, change or go, and say so to who asked for it."""
    del event
    feedback = await ctx.uow.feedback.find(argument.feedback_id)
    case = await ctx.uow.cases.find(argument.feedback_id)
    if feedback is None or case is None or feedback.contributor_id != ctx.sender.id:
        raise UserError("case.not_yours")
    if ctx.event.awaited is not None:
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
    if argument.scope is None:
        await _take_back(ctx, feedback, case)
    elif feedback.status is Status.WITHDRAWN:
        raise UserError("case.withdrawn", number=feedback.id)
    else:
        await _answer(ctx, feedback, case, argument.scope)


async def _answer(ctx: Context, feedback: Feedback, case: Case, scope: Scope) -> None:
    subject = subject_of(feedback.id)
    former = await ctx.uow.consents.find(ctx.sender.id, Purpose.CASE, subject)
    if former is not None and former.scope is scope:
        await _settle(ctx, feedback, ctx.say("case.noted_before"), scope)
        return
    consent = await ctx.uow.consents.give(ctx.sender.id, Purpose.CASE, subject, scope, ctx.now)
    if scope is Scope.REFUSED:
        if not await casework.take_down(ctx, feedback.id):
            await ctx.uow.cases.change(case, CaseState.ENDED, ctx.now)
        await _settle(ctx, feedback, ctx.say("case.noted_no"), scope)
        await casework.tell_kos(ctx, case, "case.kos_no")
        return
    gone = await casework.open_case(ctx, feedback, case, consent)
    await _settle(
        ctx, feedback, ctx.say("case.noted_named" if scope is Scope.NAMED else "case.noted_nameless"), scope
    )
    lingers = gone is casework.Gone.LINGERS
    await casework.tell_kos(ctx, case, "case.kos_yes_by_hand" if lingers else "case.kos_yes")


async def _take_back(ctx: Context, feedback: Feedback, case: Case) -> None:
    if await ctx.uow.consents.revoke(ctx.sender.id, Purpose.CASE, subject_of(feedback.id), ctx.now) is None:
        raise UserError("case.off_before")
    gone = await casework.take_down(ctx, feedback.id)
    if not gone:
        await ctx.uow.cases.change(case, CaseState.ENDED, ctx.now)
    lingers = gone is casework.Gone.LINGERS
    await _settle(
        ctx, feedback, ctx.say("case.noted_off_by_hand" if lingers else "case.noted_off"), Scope.REFUSED
    )
    await casework.tell_kos(ctx, case, "case.kos_off_by_hand" if lingers else "case.kos_off")


async def _settle(ctx: Context, feedback: Feedback, words: Text, scope: Scope) -> None:
    """Let our question end in the answer, with the way back; where it cannot be edited, say it anew."""
    ctx.toast = plain(words)
    choices = casework.choices(ctx, feedback.id, ctx.language, given=scope)
    await settle(ctx, f"{subject_of(feedback.id)}:case", words, choices, about=f"#{feedback.id}")
