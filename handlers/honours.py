"""Credit and what follows from it: rungs, titles, the word beside a name. Used by whatever credits somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.base import Context
from handlers.hidden import hides
from handlers.references import subject_of
from storage.contributions import COUNTED, Credit
from storage.honours import Rung, may_be_honoured
from storage.messages import Message, Text
from storage.records import ChatState, Feedback, Member
from storage.titles import Honour, Title

_LIST_AT = time(9)


@dataclass(frozen=True, slots=True)
class Earned:
    """What an outcome brought somebody: a title, and the rungs they newly reached, lowest first."""

    title: Title | None = None
    rungs: tuple[Rung, ...] = ()


async def credit(
    ctx: Context, member: Member, kind: Credit, subject: str, *, by_id: int | None = None
) -> Earned | None:
    """Write one line of credit and let the member climb; None if it stood there. Nobody is told yet."""
    if not await ctx.uow.contributions.add(member.id, kind, subject, ctx.now, by_id=by_id):
        return None
    return Earned(rungs=tuple(await _climb(ctx, member)))


async def credit_verified(ctx: Context, feedback: Feedback, contributor: Member) -> Earned:
    """Credit whoever said first what is verified now, and for verifying it.

    Of a topic only the first voice is a first report. The contributor is not told yet of what they earned; the
    first reporter, if that is somebody else, is.
    """
    title = None
    first = (
        feedback if feedback.topic_id is None else await ctx.uow.boards.find_first_voice(feedback.topic_id)
    )
    if first is not None and not first.on_behalf_of:
        is_own = first.contributor_id == contributor.id
        reporter = contributor if is_own else await ctx.uow.members.get(first.contributor_id)
        subject = subject_of(first.id)
        await ctx.uow.contributions.add(reporter.id, Credit.FIRST_REPORT, subject, ctx.now)
        title = await give(ctx, reporter, Honour.ADVISER, subject=subject)
        if not is_own:
            await tell_earned(ctx, reporter, Earned(title, tuple(await _climb(ctx, reporter))))
            title = None
    await ctx.uow.contributions.add(contributor.id, Credit.VERIFICATION, subject_of(feedback.id), ctx.now)
    return Earned(title, tuple(await _climb(ctx, contributor)))


async def give(
    ctx: Context, member: Member, honour: Honour, *, subject: str = "", reason: str = "", by_id: int | None = None
) -> Title | None:  # fmt: skip
    """Give a title and show it beside the name; None if they hold it already or may have none."""
    if not may_be_honoured(member):
        return None
    title = await ctx.uow.titles.grant(
        member.id, honour, ctx.now, subject=subject, reason=reason, by_id=by_id
    )
    if title is not None:
        await show_beside_name(ctx, member)
    return title


async def show_beside_name(ctx: Context, member: Member, *, had_one: bool = False) -> None:
    """Promise the word beside a member's name in their group: their first title, nothing if they have none.

    `had_one` says that a word of ours stands there though no title is held any more; without it, what somebody
    wrote beside their own name is left alone.
    """
    if member.home_chat_id is None or hides(member):
        return
    held = await ctx.uow.titles.list_of(member.id)
    chat = await ctx.uow.chats.get(member.home_chat_id)
    if not (held or had_one) or not ctx.can(chat).member_tags or chat.state is not ChatState.SERVED:
        return
    may = member.is_named and may_be_honoured(member)  # beside the name is in public, too
    word = title_word(ctx, held[0].kind, chat.language) if held and may else ""
    key = f"tag:{chat.id}:{member.id}:{ctx.event.platform}:{ctx.event.update_id}"
    await ctx.uow.outbox.tag(chat.id, member, word, key=key, now=ctx.now)


def title_word(ctx: Context, honour: Honour, language: str = "") -> str:
    """Return what a title is called, in the language of the conversation unless another is given."""
    return ctx.texts.plain(language or ctx.language, f"title.{honour}")


def yours(ctx: Context, earned: Earned) -> Text:
    """Return the words that tell the sender what they have just earned; none if it is nothing."""
    words: Text = ()
    if earned.title is not None:
        words = ctx.say("honours.yours", title=title_word(ctx, earned.title.kind))
    if earned.rungs:
        rung, opened = _opened(ctx, earned.rungs, ctx.language)
        text_id = "honours.climbed_opens" if opened else "honours.climbed"
        words = (*words, *ctx.say(text_id, rung=rung, opened=opened))
    return words


async def tell_earned(ctx: Context, member: Member, earned: Earned) -> None:
    """Tell somebody who is not here what they have just earned."""
    if earned.title is not None:
        await tell_title(ctx, member, earned.title, "honours.given")
    if earned.rungs:
        await _tell_rung(ctx, member, earned.rungs)


async def tell_title(ctx: Context, member: Member, title: Title, text_id: str, **params: str) -> None:
    """Tell a member in private of a title they were given, once."""
    language = await ctx.language_of(member)
    words = ctx.texts.text(
        language, text_id, who=member.address, title=title_word(ctx, title.kind, language), **params
    )
    await ctx.tell(member, Message(text=words), key=f"title:{title.id}:given")


def in_words(ctx: Context, word: str, language: str) -> str:
    """Return the words of a rung or of what it opens: our own text, or the config's words."""
    return ctx.texts.plain(language, word) if word in ctx.texts.ids(language) else word


async def _climb(ctx: Context, member: Member) -> list[Rung]:
    """Note the rungs that a member has newly reached, and list for staff what opened; return them, lowest first."""
    if not may_be_honoured(member):
        return []
    counts = await ctx.uow.contributions.count(member.id)
    total = sum(count for kind, count in counts.items() if kind in COUNTED)
    known = await ctx.uow.ladder.list_reached(member.id)
    new = [
        rung
        for rung in sorted(ctx.settings.honours.ladder, key=lambda rung: rung.at)
        if 0 < rung.at <= total
        and rung.name not in known
        and await ctx.uow.ladder.reach(member.id, rung.name, rung.unlocks, ctx.now)
    ]
    if any(rung.unlocks for rung in new):
        await list_in_the_morning(ctx)
    return new


async def _tell_rung(ctx: Context, member: Member, new: Sequence[Rung]) -> None:
    language = await ctx.language_of(member)
    rung, opened = _opened(ctx, new, language)
    text_id = "honours.rung_opens" if opened else "honours.rung"
    words = ctx.texts.text(language, text_id, who=member.address, rung=rung, opened=opened)
    await ctx.tell(member, Message(text=words), key=f"rung:{member.id}:{new[-1].name}")


def _opened(ctx: Context, rungs: Sequence[Rung], language: str) -> tuple[str, str]:
    """Return the name of the highest rung and what they all open, in words."""
    unlocks = [in_words(ctx, unlock, language) for rung in rungs for unlock in rung.unlocks]
    return in_words(ctx, rungs[-1].name, language), ctx.texts.plain(language, "list.comma").join(unlocks)


async def list_in_the_morning(ctx: Context) -> None:
    """Promise staff, for the next morning and once, the list of what waits for a person."""
    zone = ZoneInfo(ctx.settings.timezone)
    local = ctx.now.astimezone(zone)
    morning = datetime.combine(local.date(), _LIST_AT, zone)
    due = morning if morning > local else morning + timedelta(days=1)
    await ctx.uow.timers.put(f"handovers:{due:%Y-%m-%d}", "handovers", due.astimezone(UTC))
