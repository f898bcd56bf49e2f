"""The facts of a feedback: on the card, and the questions that ask for them. Used by the card and by `details`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from handlers.base import Context
from handlers.events import EventKind
from handlers.quotes import quote_of
from handlers.references import subject_of
from storage.expectations import Expectation
from storage.messages import Button, Message, Part, decode
from storage.questions import (
    INTENT,
    count_known,
    fields_for,
    label_of,
    list_missing,
    question,
    undo_button,
)
from storage.records import CLOSED, Feedback
from storage.reports import MEDIA, TOLD, Fact, Field
from storage.text.quotes import cut

ANSWER_WITHIN = timedelta(hours=24)
_IN_A_ROW = 3  # questions; PRODUCT §13: nobody is worn out, and three answers tell most
_ALBUM_WITHIN = timedelta(minutes=2)
_QUOTED = 24
_VALUE_CHARACTERS = 120


async def facts_block(ctx: Context, feedback: Feedback) -> list[Part]:
    """Return how complete a report is and what it says, for the card; nothing where nothing is asked for."""
    facts = await ctx.uow.reports.list_facts(feedback.id)
    fields = fields_for(feedback, ctx.settings.service.fields)
    told = {key: fact for key, fact in facts.items() if not fact.is_skipped}
    if not fields and not told:
        return []
    known, total = count_known(feedback, fields, facts), len(fields)
    lines = [ctx.label("details.complete", known=known, total=total)] if total else []
    order = {field.key: n for n, field in enumerate(fields)}
    for key in sorted(told, key=lambda key: order.get(key, total)):
        value = told[key].value
        value = cut(value, _VALUE_CHARACTERS)
        name = label_of(key, ctx.settings.service.fields, ctx.label)
        lines.append(ctx.label("details.fact", name=name, value=value))
    return ["\n".join(lines)]


def asked_of(ctx: Context, feedback: Feedback) -> tuple[Field, ...]:
    """Return what may be asked about a feedback when its contributor wants to add something."""
    fields = ctx.settings.service.fields
    return fields_for(feedback, fields) or tuple(field for field in fields if not field.classes)


async def ask_next(
    ctx: Context, feedback: Feedback, *, opening: str = "", album: str = "", last: str = "", nth: int = 0
) -> None:  # fmt: skip
    """Ask the next missing question where the member answers; when there is none, thank them and end.

    `last` is the question that words just answered: they may yet say that it was no answer. `nth` is its place
    among those asked in a row, 0 for the one that stands: after a few the rest waits until they want to say more.
    """
    facts = await ctx.uow.reports.list_facts(feedback.id)
    missing = list_missing(feedback, asked_of(ctx, feedback), facts)
    if not missing or (nth > _IN_A_ROW and len(missing) > 1):
        await end(ctx, feedback, facts, album=album, last=last)
        return
    field = missing[0]
    is_last = len(missing) == 1 and bool(facts)
    message = question(
        feedback, field, ctx.label, has_buttons=ctx.can(ctx.chat).buttons, opening=opening, is_last=is_last,
        undo=last,
    )  # fmt: skip
    await ctx.reply(message, subject=f"report:{feedback.id}")
    await wait(ctx, feedback, field.key, album=album, last=last, nth=nth)


async def place(ctx: Context, feedback: Feedback) -> int:
    """Return how many questions in a row the one is that stands, 1 if none does."""
    asked = await ctx.uow.expectations.find(ctx.chat.id, ctx.sender.id, ctx.now)
    is_ours = asked is not None and asked.intent == INTENT and asked.data.get("feedback") == feedback.id
    return int(asked.data.get("nth", 1)) if asked is not None and is_ours else 1


async def wait(
    ctx: Context, feedback: Feedback, key: str, *, album: str = "", last: str = "", offered: str = "", nth: int = 0
) -> None:  # fmt: skip
    """Wait for the answer to a question; `offered` is what we asked about beside it."""
    data = {
        "feedback": feedback.id, "key": key, "since": ctx.now.isoformat(), "album": album, "last": last,
        "offered": offered, "nth": nth or await place(ctx, feedback),
    }  # fmt: skip
    await ctx.uow.expectations.put(ctx.chat.id, ctx.sender.id, INTENT, data, ctx.now + ANSWER_WITHIN)


async def ask_on(ctx: Context, asked: Expectation) -> None:
    """Go on with our question once what came between is settled."""
    feedback = await ctx.uow.feedback.find(int(asked.data["feedback"]))
    if feedback is None or feedback.status in CLOSED:
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
        return
    await ask_next(ctx, feedback, opening=ctx.label("details.back"))


async def end(
    ctx: Context, feedback: Feedback, facts: Mapping[str, Fact], *, album: str = "", last: str = "",
    is_enough: bool = False,
) -> None:  # fmt: skip
    """Thank the member with how much is known now, and tell the owner; the rest of an album may still come.

    Who has had enough of questions (`is_enough`) is not offered more of them.
    """
    await ctx.uow.reports.close(feedback.id, ctx.now)
    fields = asked_of(ctx, feedback)
    known = count_known(feedback, fields, facts)
    if album:
        data = {"feedback": feedback.id, "key": "", "since": ctx.now.isoformat(), "album": album}
        await ctx.uow.expectations.put(ctx.chat.id, ctx.sender.id, INTENT, data, ctx.now + _ALBUM_WITHIN)
    else:
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
    is_told = any(fact.source == TOLD and not fact.is_skipped for fact in facts.values())
    text_id = "details.nothing"
    if is_told:
        text_id = "details.enough" if is_enough else "details.thanks"
    words = ctx.say(text_id, number=feedback.id, known=known, total=len(fields))
    row: tuple[Button, ...] = ()
    if is_told and not is_enough and list_missing(feedback, fields, facts):
        row = (ctx.button("details.more", f"{INTENT}:{feedback.id}:open"),)
    row += (undo_button(feedback, last, ctx.label),) if last else ()
    await ctx.reply(Message(text=words, buttons=(row,) if row and ctx.can(ctx.chat).buttons else ()))
    if is_told and feedback.owner_id is not None and feedback.owner_id != ctx.sender.id:
        owner = await ctx.uow.members.get(feedback.owner_id)
        language = await ctx.language_of(owner)
        words = ctx.texts.text(
            language, "details.told_owner", number=feedback.id, who=ctx.sender.address,
            quote=quote_of(ctx, feedback, _QUOTED, language), known=known, total=len(fields),
        )  # fmt: skip
        subject = subject_of(feedback.id)
        key = f"{subject}:report:{ctx.event.update_id}:member:{owner.id}"
        await ctx.tell(owner, Message(text=words, about=f"#{feedback.id}"), key=key, subject=subject)


async def add_button(ctx: Context, feedback: list[Feedback]) -> tuple[tuple[Button, ...], ...]:
    """Return the button that opens the questions about the newest of a member's feedback that lacks something."""
    open_ones = [each for each in feedback if each.status not in CLOSED and each.is_open_voice]
    likely = [each for each in open_ones if fields_for(each, ctx.settings.service.fields)]
    if not likely:
        return ()
    newest = await ctx.uow.feedback.get(likely[0].id)
    facts = await ctx.uow.reports.list_facts(newest.id)
    told = {key: fact for key, fact in facts.items() if not fact.is_skipped}
    if not list_missing(newest, asked_of(ctx, newest), told):
        return ()
    return ((ctx.button("details.open", f"{INTENT}:{newest.id}:open", number=newest.id),),)


def with_answer(asked: Message, answer: str) -> Message:
    """Return our question as it stands once it was answered: the answer below, the buttons gone."""
    return Message(text=(*asked.text, "\n", f"→ {answer}"), about=asked.about)


async def settle(ctx: Context, answer: str) -> None:
    """Let our question end in the answer where messages can be edited."""
    if ctx.event.kind is not EventKind.PRESS:
        return
    ctx.toast = answer
    asked = await ctx.pressed()
    if asked is not None and await ctx.uow.promises.is_alone(asked):
        await ctx.uow.outbox.edit(asked.key, with_answer(decode(asked.content), answer), now=ctx.now)


async def attach(ctx: Context, feedback: Feedback) -> None:
    """Keep pictures and recordings with the feedback they show."""
    files = ctx.event.attachments
    await ctx.uow.feedback.add_attachments(feedback.id, files)
    if any(field.key == MEDIA for field in asked_of(ctx, feedback)):
        await ctx.uow.reports.put(feedback.id, MEDIA, ctx.label("details.media", count=len(files)), ctx.now)
