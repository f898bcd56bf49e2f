"""A field report: for a likely defect its contributor is asked in private, once, for what is missing (PRODUCT §3).

A step after each capture, and the timer `report`, which comes back when the time was not right.
"""

from __future__ import annotations

from datetime import timedelta

from rituals import voices
from rituals.base import Context
from storage.questions import INTENT, fields_for, list_missing, question
from storage.records import OPEN, ChatKind, Feedback, Member
from storage.reports import SAID
from storage.text.facts import find_facts
from storage.timers import Timer

TIMER = "report"
_AGAIN_AFTER = timedelta(minutes=30)  # somebody is in the middle of another dialogue with us
_ASK_WITHIN = timedelta(days=7)  # later nobody remembers
_ANSWER_WITHIN = timedelta(hours=72)
_IGNORED = 3  # Source: PRODUCT §13, three ignored prompts and we stop asking


async def ask(feedback: Feedback, ctx: Context) -> None:
    """Write down what the words tell by themselves, and ask for the rest, if there is anybody to ask."""
    fields = fields_for(feedback, ctx.settings.service.fields)
    if not fields or feedback.status not in OPEN:
        return
    facts = await ctx.uow.reports.list_facts(feedback.id)
    keys = {field.key for field in fields} - facts.keys()
    for key, value in find_facts(feedback.text).items():
        if key in keys:
            await ctx.uow.reports.put(feedback.id, key, value, ctx.now, source=SAID)
    missing = list_missing(feedback, fields, await ctx.uow.reports.list_facts(feedback.id))
    member = await ctx.uow.members.get(feedback.contributor_id)
    if missing and feedback.is_open_voice and not feedback.on_behalf_of and _is_there(member, ctx):
        await _ask(feedback, member, ctx)


async def again(timer: Timer, ctx: Context) -> None:
    """Ask about a voice whose contributor could not be asked before."""
    number = voices.number_of(timer.subject, "feedback")
    feedback = None if number is None else await ctx.uow.feedback.find(number)
    if feedback is not None and ctx.now - feedback.created_at < _ASK_WITHIN:
        await ask(feedback, ctx)


async def _ask(feedback: Feedback, member: Member, ctx: Context) -> None:
    """Ask the first question, unless they were asked before or want no questions."""
    if await ctx.uow.reports.find(feedback.id) is not None:
        return
    if await ctx.uow.reports.count_ignored(member.id) >= _IGNORED:
        return
    language = await ctx.language_of(member)
    private = await ctx.private_chat(member)
    subject = f"feedback:{feedback.id}"
    if await ctx.uow.expectations.find(private.id, member.id, ctx.now) is not None:
        key = f"{subject}:report:{ctx.now:%Y-%m-%dT%H:%M}"
        await ctx.uow.timers.put(key, TIMER, ctx.now + _AGAIN_AFTER, subject=subject)
        return
    fields = fields_for(feedback, ctx.settings.service.fields)
    missing = list_missing(feedback, fields, await ctx.uow.reports.list_facts(feedback.id))

    def say(text_id: str, /, **params: object) -> str:
        return ctx.label(language, text_id, **params)

    opening = say(
        "details.first", who=member.address, quote=voices.quote(feedback, language, ctx),
        number=feedback.id,
    )  # fmt: skip
    has_buttons = ctx.can(private).buttons
    message = question(feedback, missing[0], say, has_buttons=has_buttons, opening=opening)
    key = f"{subject}:report"
    await ctx.uow.reports.open(feedback.id, member.id, ctx.now)
    await ctx.tell(member, message, key=key, subject=f"report:{feedback.id}")
    delivery = await ctx.uow.promises.find(key)
    due = delivery.due_at if delivery else ctx.now
    data = {"feedback": feedback.id, "key": missing[0].key, "since": due.isoformat()}
    await ctx.uow.expectations.put(private.id, member.id, INTENT, data, due + _ANSWER_WITHIN)


def _is_there(member: Member, ctx: Context) -> bool:
    """Tell whether a private message would arrive: nobody is named in a group to be asked questions."""
    can = ctx.capabilities.get((member.platform, ChatKind.PRIVATE))
    return can is not None and (can.reaches_first or member.reachable is True)
