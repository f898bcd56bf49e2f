"""What became of a feedback, told to its contributor and followers in the KOS's voice. Used by handlers/kos/."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.base import Context
from handlers.quotes import quote_of
from handlers.references import subject_of
from storage.echoes import Echo
from storage.manners import Manners
from storage.messages import Button, Message, Text
from storage.records import Change, ChatKind, Feedback, Member, Verdict
from storage.reports import is_about_service
from storage.timers import Timer
from storage.verdicts import OPINIONS

_QUOTED = 24  # characters of the member's own words: enough to know which one it was
_ENDS = "。！？!?.…~～)）」”"
_AWAKE_FOR = timedelta(hours=1)  # who asked so lately may be answered in quiet hours
_NO_LIMIT = 1_000_000
_WHO = "\ue000"  # stands for the name while a sentence is worded for many; a private character, written by nobody
_BY_HAND = 3  # how many people who are not here a receipt names
VERDICT_WORDS = {
    Verdict.BETTER: "verdict.better",
    Verdict.STILL: "verdict.still",
    Verdict.CANNOT_TRY: "verdict.cannot_try",
}
_SETTLED_WORDS = {
    Verdict.BETTER: "verdict.solved",
    Verdict.STILL: "verdict.not_solved",
    Verdict.CANNOT_TRY: "verdict.not_known",
}
_SOLVED_WORDS = {Verdict.BETTER: "verdict.solved", Verdict.STILL: "verdict.not_solved"}


@dataclass(frozen=True, slots=True)
class Told:
    """Who hears of it, and when; for the receipt that staff get."""

    contributor: Member
    is_own: bool = False  # the contributor did it themselves and hears nothing
    due: dict[int, datetime] = field(default_factory=dict)  # member id -> when


@dataclass(frozen=True, slots=True)
class News:
    """What is told of one feedback: the first part of its key, and the buttons its contributor gets (text ids)."""

    feedback: Feedback
    key: str
    buttons: Sequence[Button] = ()


async def tell_people(
    ctx: Context, feedback: Feedback, text_id: str, *, text: str, key: str, buttons: Sequence[Button] = (),
    to_followers: bool = True, manners: Manners | None = None,
    **params: Callable[[str], str],
) -> Told:  # fmt: skip
    """Promise one private message to the contributor and to each follower, except who did it. As `tell_news`."""
    news = [News(feedback, key, buttons)]
    return await tell_news(
        ctx, news, text_id, text=text, to_followers=to_followers, manners=manners, **params
    )


async def tell_news(
    ctx: Context, news: Sequence[News], text_id: str, *, text: str, to_followers: bool = True,
    manners: Manners | None = None, **params: Callable[[str], str],
) -> Told:  # fmt: skip
    """Promise one private message to each contributor of these, and to each follower, except who did it.

    Everybody is told once: a contributor of the first thing they said, a follower of the first they follow.
    `text_id` names a sentence with the fields who, what, text and signature, and those of `params`, each
    of which says itself in a language. Keys are completed by the member, so nobody is told twice of one thing.
    """
    about = {each.feedback.id: each for each in news}
    mine: dict[int, News] = {}
    for each in news:
        mine.setdefault(each.feedback.contributor_id, each)
    listeners = await ctx.uow.resonances.list_listeners(list(about)) if to_followers else []
    heard = {each.member_id: each for each in listeners}
    people = await ctx.uow.members.list_by_id([*mine, *heard])
    homes = await ctx.uow.chats.list_by_id(
        {m.home_chat_id for m in people.values() if m.home_chat_id} | {n.feedback.chat_id for n in news}
    )
    title = await _topic_title(ctx, news[0].feedback) if heard else ""
    wording = _Wording(ctx, text_id, text, params)
    echoes = []
    for member_id in (*mine, *heard):
        member = people.get(member_id)
        if member is None or member_id == ctx.sender.id:
            continue
        item = mine.get(member_id) or about[heard[member_id].feedback_id]
        feedback = item.feedback
        origin = homes[feedback.chat_id]
        home = homes.get(member.home_chat_id or 0, origin)
        language = member.language or home.language
        if member_id in mine:
            what = _own(ctx, feedback, language, origin.zone)
        else:
            is_quoted = feedback.is_open_voice and origin.kind is ChatKind.GROUP
            what = wording.followed(
                feedback if is_quoted else None, title, language, is_me=heard[member_id].is_me
            )
        who = member.address or ctx.texts.plain(language, "echo.friend")
        message = Message(
            text=wording.text(language, what, who),
            buttons=wording.buttons(item, language),
            about=f"#{feedback.id}",
        )
        key = f"{item.key}:member:{member_id}"
        echoes.append(Echo(member, message, key, home.timezone, language, subject_of(feedback.id)))
    open_ones = [
        people[n.feedback.contributor_id]
        for n in news
        if n.feedback.is_open_voice and n.feedback.contributor_id in people
    ]
    due = await ctx.uow.echoes.tell_many(
        echoes, now=ctx.now, manners=manners or ctx.settings.manners,
        talking=await ctx.uow.echoes.list_talking(open_ones, ctx.now),
    )  # fmt: skip
    contributor = people[news[0].feedback.contributor_id]
    return Told(contributor, contributor.id == ctx.sender.id, due)


def change_key(feedback: Feedback, change: Change) -> str:
    """Return the first part of the key of whatever is told about one change."""
    return f"{subject_of(feedback.id)}:change:{change.id}"


def verdict_buttons(feedback: Feedback, change: Change, *, is_answer: bool = False) -> tuple[Button, ...]:
    """Return the buttons that ask whether it is better; their labels are text ids until somebody is told."""
    words = _SETTLED_WORDS if is_about_service(feedback) else VERDICT_WORDS
    if is_answer:
        words = _SOLVED_WORDS
    return tuple(
        Button(
            text_id, action=f"verify:{feedback.id}:{change.id}:{verdict}", opinion=OPINIONS.get(verdict, "")
        )
        for verdict, text_id in words.items()
    )


def replace_label(ctx: Context, button: Button, language: str) -> Button:
    """Return a button whose label, a text id so far, is in words."""
    return Button(ctx.texts.plain(language, button.label), action=button.action, opinion=button.opinion)


async def expect_verdicts(ctx: Context, asked: Sequence[tuple[Feedback, Change]], told: Told) -> None:
    """Have the contributors reminded, and each feedback become UNCONFIRMED when no verdict comes after they are told.

    Who asks themselves is not reminded.
    """
    times = ctx.settings.times
    await ctx.uow.timers.cancel_all([subject_of(f.id) for f, _ in asked], "verify_reminder", "unconfirmed")
    timers = []
    for feedback, change in asked:
        subject = subject_of(feedback.id)
        data = {"change": change.id, "member": feedback.contributor_id}
        asked_at = told.due.get(feedback.contributor_id, ctx.now)
        kinds = {"unconfirmed": times.unconfirmed_after}
        if feedback.contributor_id != ctx.sender.id:
            kinds["verify_reminder"] = times.reminder_after
        timers += [
            Timer(0, f"{subject}:change:{change.id}:{kind}", kind, subject, asked_at + after, data)
            for kind, after in kinds.items()
        ]
    await ctx.uow.timers.put_all(timers)


def manners_of_an_answer(ctx: Context, feedback: Feedback) -> Manners:
    """Return the manners of answering a question: never put off to another day, nor over quiet hours if just asked."""
    manners = replace(ctx.settings.manners, dms_per_day=_NO_LIMIT)
    if ctx.now - feedback.created_at < _AWAKE_FOR:
        return replace(manners, quiet_from_minute=0, quiet_until_minute=0)
    return manners


def receipt(ctx: Context, feedback: Feedback, told: Told, everything: Sequence[Feedback] = ()) -> Text:
    """Return one line for staff: who will be told, and when; `everything` is what was told of beside one."""
    if not told.due:
        return ctx.say("told.nobody")
    others = len(told.due) - (told.contributor.id in told.due)
    name = told.contributor.address
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
    return (*line, *_by_hand(ctx, feedback, told, everything or [feedback]))


def _by_hand(ctx: Context, feedback: Feedback, told: Told, everything: Sequence[Feedback]) -> Text:
    """Say what a person has to do themselves: tell who is not here, or who cannot be reached yet."""
    absent = [each for each in everything if each.on_behalf_of][:_BY_HAND]
    if absent:
        lines = (ctx.say("told.by_hand", who=each.on_behalf_of, number=each.id) for each in absent)
        return tuple(part for line in lines for part in line)
    is_unheard = told.contributor.id in told.due and told.contributor.reachable is False
    if is_unheard and feedback.is_open_voice:  # nobody can go and tell who is hidden
        return ctx.say("told.unreachable", who=told.contributor.address, number=feedback.id)
    return ()


def ended(text: str, language: str) -> str:
    """Return a sentence with its full stop. Pure."""
    text = text.strip()
    if not text or text[-1] in _ENDS:
        return text
    return text + ("。" if language.startswith("zh") else ".")


async def _topic_title(ctx: Context, feedback: Feedback) -> str:
    """Return what staff called its topic, for those who joined through it; empty if it has no title."""
    topic = None if feedback.topic_id is None else await ctx.uow.topics.find(feedback.topic_id)
    return topic.title if topic else ""


def _own(ctx: Context, feedback: Feedback, language: str, zone: ZoneInfo) -> str:
    """Return how the feedback is called to its contributor: what they said, or carried for somebody."""
    quote = quote_of(ctx, feedback, _QUOTED, language)
    day = ctx.texts.day(language, feedback.created_at.astimezone(zone).date())
    if feedback.on_behalf_of:
        return ctx.texts.plain(language, "echo.carried", quote=quote, day=day, whose=feedback.on_behalf_of)
    return ctx.texts.plain(language, "echo.yours", quote=quote, day=day)


class _Wording:
    """What is said alike to many, worded once a language: two thousand may be told of one change."""

    def __init__(
        self, ctx: Context, text_id: str, text: str, params: Mapping[str, Callable[[str], str]]
    ) -> None:
        self._ctx = ctx
        self._text_id = text_id
        self._text = text
        self._params = params
        self._texts: dict[tuple[str, str], Text] = {}
        self._shared: dict[str, dict[str, str]] = {}
        self._followed: dict[tuple[int | None, str, bool], str] = {}
        self._buttons: dict[tuple[int, str], tuple[tuple[Button, ...], ...]] = {}

    def text(self, language: str, what: str, who: str) -> Text:
        """Return the whole sentence; worded once for all to whom it differs in the name only."""
        key = (language, what)
        if key not in self._texts:
            self._texts[key] = self._ctx.texts.text(
                language, self._text_id, who=_WHO, what=what, **self._same(language)
            )
        return tuple(part.replace(_WHO, who) if isinstance(part, str) else part for part in self._texts[key])

    def _same(self, language: str) -> dict[str, str]:
        """Return the fields that are the same for all who speak a language."""
        if language not in self._shared:
            self._shared[language] = {
                "text": ended(self._text, language),
                "signature": self._ctx.sender.address,
                **{name: word(language) for name, word in self._params.items()},
            }
        return self._shared[language]

    def followed(self, feedback: Feedback | None, title: str, language: str, *, is_me: bool) -> str:
        """Return how it is called to who follows it or met it too; without feedback nothing may be quoted."""
        key = (feedback.id if feedback else None, language, is_me)
        if key not in self._followed:
            quote = quote_of(self._ctx, feedback, _QUOTED, language) if feedback else title
            text_id = "echo.met_too" if is_me else "echo.followed"
            self._followed[key] = self._ctx.texts.plain(
                language, text_id if quote else "echo.nameless", quote=quote
            )
        return self._followed[key]

    def buttons(self, item: News, language: str) -> tuple[tuple[Button, ...], ...]:
        """Return the buttons of one feedback in words."""
        key = (item.feedback.id, language)
        if key not in self._buttons:
            row = tuple(replace_label(self._ctx, button, language) for button in item.buttons)
            self._buttons[key] = (row,) if row else ()
        return self._buttons[key]
