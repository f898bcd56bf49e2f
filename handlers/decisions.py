"""What follows from a department's word: the members and the KOS hear of it. Used by handlers/departments/."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from handlers import moves
from handlers.base import Context
from handlers.matters import Matter
from handlers.routing import department_name
from storage.announcements import ANSWERED
from storage.errors import ConflictError
from storage.messages import Button, Message, Part, Quote, Strong, Text, decode
from storage.points import Point
from storage.records import OPEN, Member, Status
from storage.routes import Route, RouteState
from storage.statuses import may_follow

STATE_WORDS = {
    RouteState.ASKED: "decide.state_asked",
    RouteState.NEED_INFO: "decide.state_need_info",
    RouteState.ACCEPTED: "decide.state_accepted",
    RouteState.DECLINED: "decide.state_declined",
    RouteState.MOVED: "decide.state_moved",
}
ANSWERS = {"a": "packet.accept", "n": "packet.need_info", "d": "packet.decline"}
"""What a department may answer: the step a button bears, and its label."""

_DONE = {
    RouteState.ACCEPTED: "decide.accepted",
    RouteState.DECLINED: "decide.declined",
    RouteState.NEED_INFO: "decide.need_info",
}
_TOLD = {
    RouteState.ACCEPTED: "decide.told_accepted",
    RouteState.DECLINED: "decide.told_declined",
    RouteState.NEED_INFO: "decide.told_need_info",
}
_AFTER = {RouteState.ACCEPTED: Status.PLANNED, RouteState.DECLINED: Status.DECLINED}
_LOOKED_AT = 5  # the newest packets of a department
_ASKED_AT_MOST = 5  # contributors who are asked what a department wants to know


@dataclass(frozen=True, slots=True)
class Decision:
    """A department's word: the state it brings, the words with it, the day it promises."""

    state: RouteState
    text: str
    day: date | None = None


async def carry_out(ctx: Context, route: Route, point: Point, decision: Decision) -> Text:
    """Store the word, have the members told in the voice of who looks after it, tell that person; return the receipt.

    **Errors**: ConflictError when somebody of the department was faster.
    """
    route = await ctx.uow.routes.answer(
        route, decision.state, by_id=ctx.sender.id, now=ctx.now, note=decision.text, promised_for=decision.day
    )
    await ctx.uow.audit.add(
        "answer", by_id=ctx.sender.id, now=ctx.now, subject=point.subject,
        detail=f"{route.department}: {decision.state}",
    )  # fmt: skip
    carer = await _carer(ctx, route, point)
    if decision.state is RouteState.NEED_INFO:
        await _ask_contributors(ctx, route, point, decision)
    else:
        await _move(replace(ctx, sender=carer), point, decision)
    await _tell_carer(ctx, carer, route, point, decision)
    await ctx.uow.announcements.put(
        ANSWERED, f"route:{route.id}:{route.version}",
        {
            "name": point.name, "department": route.department, "state": str(decision.state),
            "promised_for": decision.day.isoformat() if decision.day else None, "note": decision.text,
        },
        now=ctx.now,
    )  # fmt: skip
    return ctx.say(_DONE[decision.state], **_words(ctx, ctx.language, route, point, decision))


async def mark_packet(ctx: Context, route: Route, point: Point, decision: Decision) -> None:
    """Write into the newest packets what was said of one of its lines, and take its buttons away."""
    for shown in await ctx.uow.promises.list_posted(f"packet:{route.department}", _LOOKED_AT):
        before = decode(shown.content)
        rows = tuple(row for row in before.buttons if not _is_about(row, route))
        chat = await ctx.uow.chats.get(shown.chat_id)
        if len(rows) == len(before.buttons) or not ctx.can(chat).edits:
            continue
        mark = f" ✓ {ctx.texts.plain(chat.language, STATE_WORDS[decision.state])}"
        text: list[Part] = []
        for part in before.text:
            text += [part, mark] if part == Strong(point.name) else [part]
        await ctx.uow.outbox.edit(
            shown.key, Message(text=tuple(text), buttons=rows, about=before.about), now=ctx.now
        )


def answer_buttons(ctx: Context, route: Route, point: Point, language: str) -> tuple[Button, ...]:
    """Return the buttons by which a department answers."""
    return tuple(
        Button(
            ctx.texts.plain(language, text_id, name=point.name),
            action=f"decide:{route.id}:{route.version}:{step}",
        )
        for step, text_id in ANSWERS.items()
    )


def called(member: Member | None, ctx: Context) -> str:
    """Return what somebody is called, if anybody is."""
    return member.address if member else ctx.label("card.clock")


def _is_about(row: tuple[Button, ...], route: Route) -> bool:
    return any(button.action.startswith(f"decide:{route.id}:") for button in row)


async def _carer(ctx: Context, route: Route, point: Point) -> Member:
    """Return in whose voice members hear of it: who looks after it, else who handed it over."""
    owner_id = next((voice.owner_id for voice in point.open_voices if voice.owner_id), None)
    return await ctx.uow.members.get(owner_id or route.by_id)


async def _move(ctx: Context, point: Point, decision: Decision) -> None:
    """Plan or decline as staff would have, with everything that follows from it."""
    after = _AFTER[decision.state]
    named = next((voice for voice in point.open_voices if may_follow(voice.status, after)), None)
    if named is None:
        return
    matter = Matter(
        named, point.voices, await ctx.uow.topics.find(point.topic_id) if point.topic_id else None
    )
    if decision.day is not None and await moves.was_said(
        ctx, matter, after, text=decision.text, day=decision.day
    ):
        return  # staff had promised it already
    if decision.day is not None:
        moved = await moves.plan(ctx, matter, day=decision.day, text=decision.text)
    else:
        moved = await moves.decline(ctx, matter, text=decision.text)
    if moved is None:
        raise ConflictError(point.subject)


async def _tell_carer(ctx: Context, carer: Member, route: Route, point: Point, decision: Decision) -> None:
    if carer.id == ctx.sender.id:
        return
    language = await ctx.language_of(carer)
    words = ctx.texts.text(language, _TOLD[decision.state], **_words(ctx, language, route, point, decision))
    buttons: tuple[tuple[Button, ...], ...] = ()
    if decision.state is RouteState.NEED_INFO:
        buttons = ((_detail_button(ctx, language, route),),)
    await ctx.tell(
        carer, Message(text=words, buttons=buttons, about=point.name),
        key=f"route:{route.id}:{route.version}:carer", subject=point.subject,
    )  # fmt: skip


async def _ask_contributors(ctx: Context, route: Route, point: Point, decision: Decision) -> None:
    """Ask who said it what the department wants to know; they answer with a button, or not at all."""
    voices = [voice for voice in point.voices if voice.status in OPEN and not voice.on_behalf_of]
    people = await ctx.uow.members.list_by_id({voice.contributor_id for voice in voices[:_ASKED_AT_MOST]})
    for member in people.values():
        if member.id == ctx.sender.id:
            continue
        language = await ctx.language_of(member)
        voice = next(voice for voice in voices if voice.contributor_id == member.id)
        words = ctx.texts.text(
            language, "decide.ask_member", who=member.address, department=department_name(route, ctx),
            question=(Quote(decision.text),),
        )  # fmt: skip
        await ctx.tell(
            member, Message(text=words, buttons=((_detail_button(ctx, language, route),),), about=f"#{voice.id}"),
            key=f"route:{route.id}:{route.version}:member:{member.id}", subject=f"feedback:{voice.id}",
        )  # fmt: skip


def _detail_button(ctx: Context, language: str, route: Route) -> Button:
    label = ctx.texts.plain(language, "decide.tell_more")
    return Button(label, action=f"detail:{route.id}:{route.version}")


def _words(
    ctx: Context, language: str, route: Route, point: Point, decision: Decision
) -> dict[str, str | Text]:
    return {
        "name": point.name,
        "department": department_name(route, ctx),
        "who": ctx.sender.address,
        "day": ctx.texts.day(language, decision.day) if decision.day else "",
        "text": (Quote(decision.text),) if decision.text else "",
    }
