"""What became of a feedback, told to its contributor and followers in the KOS's voice. Used by handlers/kos/."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.base import Context, address
from handlers.quotes import quote_of
from handlers.references import subject_of
from storage.echoes import Echo
from storage.messages import Button, Message, Text
from storage.records import Change, Feedback, Manners, Member, Verdict

_QUOTED = 24  # characters of the member's own words: enough to know which one it was
_ENDS = "。！？!?.…~～)）」”"
_AWAKE_FOR = timedelta(hours=1)  # who asked so lately may be answered in quiet hours
_NO_LIMIT = 1_000_000
VERDICT_WORDS = {
    Verdict.BETTER: "verdict.better",
    Verdict.STILL: "verdict.still",
    Verdict.CANNOT_TRY: "verdict.cannot_try",
}
_OPINIONS = {Verdict.BETTER: "good", Verdict.STILL: "bad"}
_SOLVED_WORDS = {Verdict.BETTER: "verdict.solved", Verdict.STILL: "verdict.not_solved"}


@dataclass(frozen=True, slots=True)
class Told:
    """Who hears of it, and when; for the receipt that staff get."""

    contributor: Member
    is_own: bool = False  # the contributor did it themselves and hears nothing
    due: dict[int, datetime] = field(default_factory=dict)  # member id -> when


async def tell_people(
    ctx: Context, feedback: Feedback, text_id: str, *, text: str, key: str, buttons: Sequence[Button] = (),
    to_followers: bool = True, manners: Manners | None = None,
    **params: Callable[[str], str],
) -> Told:  # fmt: skip
    """Promise one private message to the contributor and to each follower, except who did it.

    `text_id` names a sentence with the fields who, what, text and signature, and those of `params`, each
    of which says itself in a language. `key` is completed by the member, so nobody is told twice of one
    thing. Labels of `buttons` are text ids.
    """
    followers = await ctx.uow.feedback.list_followers(feedback.id) if to_followers else []
    people = await ctx.uow.members.list_by_id([feedback.contributor_id, *followers])
    contributor = people[feedback.contributor_id]
    rest = (people[i] for i in followers if i in people)
    listeners = [member for member in (contributor, *rest) if member.id != ctx.sender.id]
    homes = await ctx.uow.chats.list_by_id({m.home_chat_id for m in listeners if m.home_chat_id})
    origin = await ctx.uow.chats.get(feedback.chat_id)
    signature = address(ctx.sender)
    echoes = []
    for member in listeners:
        home = homes.get(member.home_chat_id or 0, origin)
        language = member.language or home.language
        words = {
            "who": address(member) or ctx.texts.plain(language, "echo.friend"),
            "what": _what(ctx, feedback, member, language, origin.zone),
            "text": ended(text, language),
            "signature": signature,
            **{name: word(language) for name, word in params.items()},
        }
        message = Message(
            text=ctx.texts.text(language, text_id, **words),
            buttons=(tuple(replace_label(ctx, button, language) for button in buttons),) if buttons else (),
            about=f"#{feedback.id}",
        )
        echoes.append(Echo(member, message, f"{key}:member:{member.id}", home.timezone, language))
    due = await ctx.uow.echoes.tell_many(
        echoes, now=ctx.now, manners=manners or ctx.settings.manners, subject=subject_of(feedback.id)
    )
    return Told(contributor, contributor.id == ctx.sender.id, due)


def change_key(feedback: Feedback, change: Change) -> str:
    """Return the first part of the key of whatever is told about one change."""
    return f"{subject_of(feedback.id)}:change:{change.id}"


def verdict_buttons(feedback: Feedback, change: Change, *, is_answer: bool = False) -> tuple[Button, ...]:
    """Return the buttons that ask whether it is better; their labels are text ids until somebody is told."""
    words = _SOLVED_WORDS if is_answer else VERDICT_WORDS
    return tuple(
        Button(
            text_id, action=f"verify:{feedback.id}:{change.id}:{verdict}", opinion=_OPINIONS.get(verdict, "")
        )
        for verdict, text_id in words.items()
    )


def replace_label(ctx: Context, button: Button, language: str) -> Button:
    """Return a button whose label, a text id so far, is in words."""
    return Button(ctx.texts.plain(language, button.label), action=button.action, opinion=button.opinion)


async def expect_verdict(
    ctx: Context, feedback: Feedback, change: Change, told: Told, *, remind: bool = True
) -> None:
    """Have the contributor reminded, and the feedback become UNCONFIRMED when no verdict comes after they are told."""
    subject, times = subject_of(feedback.id), ctx.settings.times
    await ctx.uow.timers.cancel(subject, "verify_reminder", "unconfirmed")
    data = {"change": change.id, "member": feedback.contributor_id}
    asked_at = told.due.get(told.contributor.id, ctx.now)
    kinds = {"unconfirmed": times.unconfirmed_after}
    if remind:
        kinds["verify_reminder"] = times.reminder_after
    for kind, after in kinds.items():
        key = f"{subject}:change:{change.id}:{kind}"
        await ctx.uow.timers.put(key, kind, asked_at + after, subject=subject, data=data)


def manners_of_an_answer(ctx: Context, feedback: Feedback) -> Manners:
    """Return the manners of answering a question: never put off to another day, nor over quiet hours if just asked."""
    manners = replace(ctx.settings.manners, dms_per_day=_NO_LIMIT)
    if ctx.now - feedback.created_at < _AWAKE_FOR:
        return replace(manners, quiet_from_minute=0, quiet_until_minute=0)
    return manners


def receipt(ctx: Context, feedback: Feedback, told: Told) -> Text:
    """Return one line for staff: who will be told, and when."""
    if not told.due:
        return ctx.say("told.nobody")
    others = len(told.due) - (told.contributor.id in told.due)
    name = address(told.contributor)
    if told.contributor.id not in told.due:
        who = ctx.label("told.followers", count=others)
    elif others:
        who = ctx.label("told.both", who=name, count=others)
    else:
        who = name
    first = told.due.get(told.contributor.id) or min(told.due.values())
    if first <= ctx.now:
        line = ctx.say("told.now", who=who)
    else:
        line = ctx.say("told.later", who=who, moment=ctx.texts.moment(ctx.language, first, ctx.chat.zone))
    return (*line, *_by_hand(ctx, feedback, told))


def _by_hand(ctx: Context, feedback: Feedback, told: Told) -> Text:
    """Say what a person has to do themselves: tell who is not here, or who cannot be reached yet."""
    if feedback.on_behalf_of:
        return ctx.say("told.by_hand", who=feedback.on_behalf_of, number=feedback.id)
    if told.contributor.id in told.due and told.contributor.reachable is False:
        return ctx.say("told.unreachable", who=address(told.contributor), number=feedback.id)
    return ()


def ended(text: str, language: str) -> str:
    """Return a sentence with its full stop. Pure."""
    text = text.strip()
    if not text or text[-1] in _ENDS:
        return text
    return text + ("。" if language.startswith("zh") else ".")


def _what(ctx: Context, feedback: Feedback, member: Member, language: str, zone: ZoneInfo) -> str:
    """Return how the feedback is called to somebody: what they said, carried, or follow."""
    quote = quote_of(ctx, feedback, _QUOTED)
    if member.id != feedback.contributor_id:
        return ctx.texts.plain(language, "echo.followed", quote=quote)
    day = ctx.texts.day(language, feedback.created_at.astimezone(zone).date())
    if feedback.on_behalf_of:
        return ctx.texts.plain(language, "echo.carried", quote=quote, day=day, whose=feedback.on_behalf_of)
    return ctx.texts.plain(language, "echo.yours", quote=quote, day=day)
