"""A case in the group: its card while its contributor allows it, and how it goes when they do not any more.

Used by the intents `case`, `mycase` and `withdraw`, and wherever a feedback moves. Nothing that was said to somebody
in private is repeated on a card: it shows where things stand, and what staff wrote for everybody to read.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import datetime, timedelta

from handlers.base import Context
from handlers.references import number_of, subject_of
from handlers.statuses import STATUS_WORDS
from handlers.tags import without_tags
from storage.cases import Case, CaseState
from storage.consents import Consent, Purpose, Scope
from storage.manners import after_quiet
from storage.messages import Button, Message, Part, Quote, Strong
from storage.promises import DeliveryState
from storage.records import Chat, ChatKind, ChatState, Feedback, Member, Status
from storage.text.quotes import cut

_LINES = 8
_ANSWER_WITHIN = timedelta(days=3)
_SHOWN = 300  # characters of their words
MYCASE = "mycase"  # the intent of who answers whether their feedback may be a case
_OUTCOMES = {
    Status.ANSWERED: "case.answered",
    Status.RESOLVED: "case.resolved",
    Status.VERIFIED: "case.verified",
    Status.DECLINED: "case.declined",
    Status.IN_REVIEW: "case.reopened",
}


class Gone(enum.IntEnum):
    """What became of a card that was taken down; nothing is false."""

    NOTHING = 0  # there was none
    UNSEEN = 1  # it had not left
    REPLACED = 2  # a neutral line stands in its place
    LINGERS = 3  # it cannot be edited: a person has to remove it


async def group_of(ctx: Context, feedback: Feedback, contributor: Member) -> Chat | None:
    """Return the group that would watch: where it was said, else where the contributor lives."""
    for chat_id in (feedback.chat_id, contributor.home_chat_id):
        chat = None if chat_id is None else await ctx.uow.chats.get(chat_id)
        if chat is not None and chat.kind is ChatKind.GROUP and chat.state is ChatState.SERVED:
            return chat
    return None


async def open_case(ctx: Context, feedback: Feedback, case: Case, consent: Consent) -> Gone:
    """Show the card as far as the consent goes, in place of one that went further or less far.

    Returns what became of the card there was; of one that cannot be edited the words are taken back by a line.
    """
    former = case.post_key
    is_shown = bool(former) and not await ctx.uow.retractions.take_back(former)
    chat = await ctx.uow.chats.get(case.chat_id)
    lingers = is_shown and not ctx.can(chat).edits
    key = former if is_shown and not lingers else f"{case.subject}:consent:{consent.id}"
    if not await ctx.uow.cases.change(case, CaseState.OPEN, ctx.now, post_key=key):
        return Gone.NOTHING
    card = await _card(ctx, case, feedback, chat, consent)
    if is_shown:
        await ctx.uow.retractions.take_back_about(case.subject)
        await ctx.uow.retractions.blank(case.subject)
    if is_shown and not lingers:
        await ctx.uow.outbox.edit(former, card, now=ctx.now)
        return Gone.REPLACED
    if lingers:
        ended = Message(text=ctx.texts.text(chat.language, "case.ended"))
        await _post(ctx, chat, ended, case, f"{former}:ended")
    await _post(ctx, chat, card, case, key)
    return Gone.LINGERS if lingers else Gone.NOTHING


async def refresh(ctx: Context, feedback: Feedback, *, line: str = "") -> bool:
    """Bring the card up to date; where it cannot be edited, say the one thing that is new.

    `line` is what staff just wrote; without it, what is new is where the feedback stands. Returns False if
    there is no case, or nobody allows it.
    """
    case = await ctx.uow.cases.find(feedback.id)
    if case is None or case.state is not CaseState.OPEN:
        return False
    consent = await ctx.uow.consents.find(feedback.contributor_id, Purpose.CASE, subject_of(feedback.id))
    if consent is None or not consent.allows:
        return False
    chat = await ctx.uow.chats.get(case.chat_id)
    if ctx.can(chat).edits:
        await ctx.uow.outbox.edit(case.post_key, await _card(ctx, case, feedback, chat, consent), now=ctx.now)
        return True
    outcome = _OUTCOMES.get(feedback.status)
    if not line and outcome is None:
        return True
    said = line or ctx.texts.plain(chat.language, outcome or "")
    words = ctx.texts.text(chat.language, "case.news", number=feedback.id, text=said)
    key = f"{case.subject}:news:{ctx.event.platform}:{ctx.event.update_id}"
    await _post(ctx, chat, Message(text=words), case, key)
    return True


async def refresh_all(ctx: Context, moved: Iterable[Feedback]) -> None:
    """Bring up to date whatever cases there are of feedback that just moved."""
    by_id = {feedback.id: feedback for feedback in moved}
    for feedback_id in await ctx.uow.cases.list_open(by_id):
        await refresh(ctx, by_id[feedback_id])


async def take_down(ctx: Context, feedback_id: int) -> Gone:
    """Let a case go from the group: never seen if it had not left, else a neutral line in its place or after it."""
    case = await ctx.uow.cases.find(feedback_id)
    if case is None or case.state is not CaseState.OPEN:
        return Gone.NOTHING
    if not await ctx.uow.cases.change(case, CaseState.ENDED, ctx.now):
        return Gone.NOTHING
    was_seen = bool(case.post_key) and not await ctx.uow.retractions.take_back(case.post_key)
    await ctx.uow.retractions.take_back_about(case.subject)
    gone = Gone.UNSEEN
    if was_seen:
        gone = Gone.REPLACED
        chat = await ctx.uow.chats.get(case.chat_id)
        ended = Message(text=ctx.texts.text(chat.language, "case.ended"))
        posted = await ctx.uow.promises.find(case.post_key)
        if ctx.can(chat).edits and posted is not None and posted.state is not DeliveryState.UNKNOWN:
            await ctx.uow.outbox.edit(case.post_key, ended, now=ctx.now)
        else:
            gone = Gone.LINGERS
            await _post(ctx, chat, ended, case, f"{case.post_key}:ended")
    await ctx.uow.retractions.blank(case.subject)
    return gone


async def end(ctx: Context, feedback: Feedback) -> None:
    """End a case that nobody allows any more, and tell who asked for it."""
    case = await ctx.uow.cases.find(feedback.id)
    if case is None:
        return
    await ctx.uow.consents.revoke(feedback.contributor_id, Purpose.CASE, subject_of(feedback.id), ctx.now)
    gone = await take_down(ctx, feedback.id)
    if gone:
        await tell_kos(ctx, case, "case.kos_off_by_hand" if gone is Gone.LINGERS else "case.kos_off")


async def tell_kos(ctx: Context, case: Case, text_id: str) -> None:
    """Tell who asked what the answer was, without hurry."""
    if case.by_id == ctx.sender.id:
        return
    kos = await ctx.uow.members.get(case.by_id)
    language = await ctx.language_of(kos)
    private = await ctx.uow.outbox.private_chat(kos, timezone=ctx.chat.timezone, language=language)
    words = ctx.texts.text(language, text_id, number=case.feedback_id, who=ctx.sender.address)
    await ctx.uow.outbox.put(
        private.id, Message(text=words), key=f"{case.subject}:kos:{ctx.event.platform}:{ctx.event.update_id}",
        now=ctx.now, member_id=kos.id,
    )  # fmt: skip


async def off_buttons(ctx: Context) -> tuple[tuple[Button, ...], ...]:
    """Return a button for each case the sender may take back."""
    given = await ctx.uow.consents.list_in_force(ctx.sender.id)
    numbers = [number_of(consent.subject) for consent in given if consent.purpose is Purpose.CASE]
    return tuple(
        (ctx.button("case.off_of", f"{MYCASE}:{number}:off", number=number),) for number in numbers if number
    )


async def expect_answer(ctx: Context, feedback: Feedback, contributor: Member) -> None:
    """Take the answer in words too, where the private chat has no buttons."""
    home = await ctx.home_of(contributor)
    private = await ctx.uow.outbox.private_chat(
        contributor, timezone=home.timezone, language=await ctx.language_of(contributor)
    )
    if not ctx.can(private).buttons:
        data = {"feedback": feedback.id}
        await ctx.uow.expectations.put(private.id, contributor.id, MYCASE, data, ctx.now + _ANSWER_WITHIN)


def choices(
    ctx: Context, feedback_id: int, language: str, *, given: Scope | None = None
) -> tuple[Button, ...]:
    """Return what a contributor may answer now."""

    def button(text_id: str, answer: str) -> Button:
        return Button(ctx.texts.plain(language, text_id), action=f"{MYCASE}:{feedback_id}:{answer}")

    if given is None:
        return (
            button("case.named", "named"),
            button("case.nameless", "nameless"),
            button("case.no", "refused"),
        )
    if given is Scope.REFUSED:
        return ()
    return (button("case.off", "off"),)


async def _post(ctx: Context, chat: Chat, message: Message, case: Case, key: str) -> None:
    due = after_quiet(ctx.settings.manners, ctx.now, chat.zone)
    await ctx.uow.outbox.put(
        chat.id, message, key=key, now=ctx.now, due=due, subject=case.subject, is_unprompted=True
    )


async def _card(ctx: Context, case: Case, feedback: Feedback, chat: Chat, consent: Consent) -> Message:
    """Return the card: whose it is only if they said so, where it stands, what staff wrote.

    Until somebody takes it up it is followed by who asked for the consent.
    """
    owner = await ctx.uow.members.get(feedback.owner_id or case.by_id)
    contributor = await ctx.uow.members.get(feedback.contributor_id)
    is_named = consent.scope is Scope.NAMED
    language = chat.language
    parts: list[Part] = [
        Strong(ctx.texts.plain(language, "case.title", number=feedback.id)),
        *ctx.texts.text(
            language, "case.head_named" if is_named else "case.head_nameless",
            who=contributor.name or contributor.address,
            owner=owner.address,
            status=ctx.texts.plain(language, STATUS_WORDS[feedback.status]),
        ),
    ]  # fmt: skip
    words = without_tags(feedback.text, ctx.settings.tags).strip()
    if is_named and words:  # words that were said in the group would name who said them
        parts += ["\n", Quote(cut(words, _SHOWN))]
    for line in await ctx.uow.cases.list_lines(feedback.id, _LINES):
        parts.append(f"\n· {_day(ctx, chat, line.at)} {line.text}")
    outcome = _OUTCOMES.get(feedback.status)
    if outcome is not None and not (
        feedback.status is Status.IN_REVIEW and not await _came_back(ctx, feedback)
    ):
        parts.append(f"\n· {_day(ctx, chat, feedback.updated_at)} {ctx.texts.plain(language, outcome)}")
    reply_to = feedback.message_id if is_named and chat.id == feedback.chat_id else ""
    return Message(text=tuple(parts), reply_to=reply_to)


async def _came_back(ctx: Context, feedback: Feedback) -> bool:
    """Tell whether it is in review again, and not for the first time."""
    changes = await ctx.uow.feedback.list_changes(feedback.id)
    return bool(changes) and changes[-1].before is not Status.RECEIVED


def _day(ctx: Context, chat: Chat, at: datetime) -> str:
    return ctx.texts.day(chat.language, at.astimezone(chat.zone).date())
