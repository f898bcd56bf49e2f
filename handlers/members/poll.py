"""Intent `vote`: a vote in a native poll, changed or taken back, or 「投票 2」 where there are none. Writes: polls."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from handlers.base import Context, NotUnderstoodError, Settings, UserError
from handlers.events import Event, EventKind, called
from storage.messages import Ballot, Message
from storage.records import EVERYBODY, Chat
from storage.runs import Run, RunState

NAME = "vote"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ("vote", "投票")
EXAMPLE = "投票 2"

KIND = "poll"  # the ritual's
_NUMBERS = re.compile(r"\d{1,2}(?:[\s,，、和]+\d{1,2})*")
_GAPS = re.compile(r"[\s,，、和]+")
_NOTED = "👌"  # Source: one of the emoji Telegram allows bots to react with


@dataclass(frozen=True, slots=True)
class Vote:
    """What somebody chose, 0-based; nothing takes the vote back. `poll_id` is empty for a vote in words."""

    choices: tuple[int, ...]
    poll_id: str = ""


def match(event: Event, settings: Settings) -> Vote | None:
    """Return the vote, None if the event is none; 投票 with a question is a KOS's own poll. Pure."""
    del settings
    if event.kind is EventKind.POLL_ANSWER:
        return Vote(event.choices, event.poll_id)
    rest = called(event, COMMANDS)
    if rest is None:
        return None
    said = unicodedata.normalize("NFKC", rest).strip()
    if not said:
        return Vote(())
    if _NUMBERS.fullmatch(said):
        return Vote(tuple(int(n) - 1 for n in _GAPS.split(said)))
    return Vote(()) if event.word == "vote" else None


async def handle(event: Event, argument: Vote, ctx: Context) -> None:
    """Record the vote while the poll is open; what comes later is ignored, or told so if it was in words."""
    if event.kind is EventKind.POLL_ANSWER:
        delivery = await ctx.uow.promises.find_by_poll(argument.poll_id)
        number = delivery.subject.removeprefix("run:") if delivery is not None else ""
        run = await ctx.uow.runs.find(int(number)) if number.isdecimal() else None
        if run is not None and _is_open(run, ctx) and _are_valid(argument.choices, run):
            await ctx.uow.polls.vote(run.id, ctx.sender.id, argument.choices, ctx.now)
        return
    home = await ctx.home_of(ctx.sender) if event.is_private else ctx.chat
    run = await _run_meant(home, ctx)
    if run is None or not _is_open(run, ctx):
        raise UserError("vote.none_open")
    if ctx.can(home).native_polls:
        raise UserError("vote.tap_instead")
    options = [str(option) for option in run.data["options"]]
    if not argument.choices and event.is_private and ctx.can(ctx.chat).native_polls:
        ballot = Ballot(str(run.data["question"]), tuple(options), bool(run.data.get("multiple")))
        await ctx.reply(Message(ballot=ballot), subject=f"run:{run.id}")
        return
    if not argument.choices or not _are_valid(argument.choices, run):
        text_id = (
            "vote.one_only" if len(argument.choices) > 1 and not run.data.get("multiple") else "vote.which"
        )
        raise NotUnderstoodError(text_id, example=ctx.label("vote.example"), most=len(options))
    chosen = tuple(dict.fromkeys(argument.choices))
    await ctx.uow.polls.vote(run.id, ctx.sender.id, chosen, ctx.now)
    words = ctx.label("list.comma").join(f"{choice + 1}. {options[choice]}" for choice in chosen)
    await ctx.acknowledge(_NOTED, ctx.say("vote.noted", choices=words))


async def _run_meant(home: Chat, ctx: Context) -> Run | None:
    """Return the poll whose post was replied to, else the newest that is open."""
    if ctx.event.reply_to is not None:
        post = await ctx.uow.promises.find_by_receipt(ctx.chat.id, ctx.event.reply_to.message_id)
        number = post.subject.removeprefix("run:") if post is not None else ""
        if number.isdecimal():
            return await ctx.uow.runs.find(int(number))
    return await ctx.uow.runs.find_open(home.id, KIND)


def _is_open(run: Run, ctx: Context) -> bool:
    return (
        run.kind == KIND and run.state is RunState.OPEN and (run.closes_at is None or run.closes_at > ctx.now)
    )


def _are_valid(choices: tuple[int, ...], run: Run) -> bool:
    """Tell whether every choice is an option, and no more of them than the poll takes."""
    options = len(run.data.get("options", ()))
    one_too_many = len(set(choices)) > 1 and not run.data.get("multiple")
    return all(0 <= choice < options for choice in choices) and not one_too_many
