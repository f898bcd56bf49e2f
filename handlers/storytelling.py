"""A story: asked for, previewed, published, taken back. Used by what staff and authors say about it, and by who leaves.

Only what its author agreed to, word by word and place by place, is ever told; whatever changes a word asks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from handlers.base import Context
from handlers.casework import group_of
from handlers.references import subject_of
from storage.consents import Consent, Purpose, Scope
from storage.manners import after_quiet
from storage.messages import Button, Message, Quote, Text
from storage.records import Chat, Feedback, Member
from storage.stories import Place, Story, StoryState

MYSTORY = "mystory"  # the intent of the author's answer
REVOKE = "revoke"
_ANSWER_WITHIN = timedelta(days=7)
_PLACES = {
    Place.GROUP: "story.place_group",
    Place.LIBRARY: "story.place_library",
    Place.BRAND: "story.place_brand",
}


@dataclass(frozen=True, slots=True)
class Ended:
    """A story as it was before it was taken back, and the group in which it was seen."""

    story: Story
    seen_in: Chat | None


async def ask(ctx: Context, feedback: Feedback, story: Story, author: Member) -> None:
    """Ask the author whether these words may be told, there and under which name; once a version."""
    language = await ctx.language_of(author)
    words = ctx.texts.text(
        language, "story.ask" if story.version == 1 else "story.ask_again", who=author.address,
        wording=(Quote(story.wording),), places=await places(ctx, feedback, story, author, language),
    )  # fmt: skip
    rows = tuple((button,) for button in _choices(ctx, story, language))
    message = Message(text=words, buttons=rows, about=f"#{feedback.id}")
    await ctx.tell(author, message, key=story.question_key, subject=story.subject)
    home = await ctx.home_of(author)
    private = await ctx.uow.outbox.private_chat(author, timezone=home.timezone, language=language)
    if not ctx.can(private).buttons:
        data = {"feedback": feedback.id, "version": story.version}
        await ctx.uow.expectations.put(private.id, author.id, MYSTORY, data, ctx.now + _ANSWER_WITHIN)


async def places(ctx: Context, feedback: Feedback, story: Story, author: Member, language: str) -> str:
    """Name the places a story is, or would be, told in."""
    group = await group_of(ctx, feedback, author)
    named = []
    for place in story.places:
        if place is Place.GROUP and group is None:
            continue
        named.append(
            ctx.texts.plain(
                language, _PLACES[place], group=group.title if group else "",
                channels=ctx.settings.stories.channels or ctx.texts.plain(language, "story.channels"),
            )
        )  # fmt: skip
    return ctx.texts.plain(language, "order.comma").join(named)


def told(ctx: Context, story: Story, author: Member, language: str, *, is_named: bool) -> Text:
    """Return a story as everybody will read it."""
    signature = signed(ctx, author, language, is_named=is_named)
    return ctx.texts.text(language, "story.told", wording=(Quote(story.wording),), signature=signature)


def signed(ctx: Context, author: Member, language: str, *, is_named: bool) -> str:
    """Return the name under a story, or what stands for it."""
    nobody = ctx.texts.plain(language, "story.nobody")
    return (author.name or author.username or nobody) if is_named else nobody


async def consent_to(ctx: Context, story: Story) -> Consent | None:
    """Return the consent in force to the words and places as they are now, or None."""
    consent = await ctx.uow.consents.find(story.member_id, Purpose.STORY, subject_of(story.feedback_id))
    return consent if consent and consent.allows and consent.wording == story.agreed_to else None


async def publish(
    ctx: Context, feedback: Feedback, story: Story, author: Member, scope: Scope
) -> Story | None:
    """Put it into the library, and into the group where that was agreed to; None if somebody was faster."""
    group = await group_of(ctx, feedback, author) if Place.GROUP in story.places else None
    is_named = scope is Scope.NAMED
    language = group.language if group else ctx.settings.language
    key = f"{story.subject}:{story.version}:post" if group else ""
    signature = author.name or author.username if is_named else ""
    published = await ctx.uow.stories.change(
        story, ctx.now, state=str(StoryState.PUBLISHED), is_named=is_named, signature=signature, post_key=key,
        chat_id=group.id if group else None, published_at=ctx.now,
    )  # fmt: skip
    if published is not None and group is not None:
        words = told(ctx, story, author, language, is_named=is_named)
        due = after_quiet(ctx.settings.manners, ctx.now, group.zone)
        await ctx.uow.outbox.put(
            group.id, Message(text=words), key=key, now=ctx.now, due=due, subject=story.subject, is_unprompted=True
        )  # fmt: skip
    return published


async def take_down(ctx: Context, story: Story) -> Chat | None:
    """Let nothing of it be seen any more; return the group in which it was seen, None if it never was.

    A post that waits never leaves; one that left becomes a neutral line, or is followed by one where it cannot
    be edited.
    """
    was_seen = bool(story.post_key) and not await ctx.uow.retractions.take_back(story.post_key)
    await ctx.uow.retractions.take_back_about(story.subject)
    chat = None if story.chat_id is None or not was_seen else await ctx.uow.chats.get(story.chat_id)
    if chat is not None:
        ended = Message(text=ctx.texts.text(chat.language, "story.ended"))
        if ctx.can(chat).edits:
            await ctx.uow.retractions.overwrite(story.post_key, ended)
            await ctx.uow.outbox.edit(story.post_key, ended, now=ctx.now)
        else:
            await ctx.uow.outbox.put(
                chat.id, ended, key=f"{story.post_key}:ended", now=ctx.now, subject=story.subject,
                due=after_quiet(ctx.settings.manners, ctx.now, chat.zone),
            )  # fmt: skip
    await ctx.uow.retractions.blank(story.subject)
    return chat


async def end(ctx: Context, feedback_id: int) -> Ended | None:
    """Take a story back for good, by its author's wish; None if there was nothing to take back."""
    story = await ctx.uow.stories.find(feedback_id)
    if story is None or story.state in (StoryState.REFUSED, StoryState.REVOKED):
        return None
    await ctx.uow.consents.revoke(story.member_id, Purpose.STORY, subject_of(feedback_id), ctx.now)
    ended = await ctx.uow.stories.change(
        story, ctx.now, state=str(StoryState.REVOKED), signature="", post_key="", published_at=None
    )
    if ended is None:
        return None
    return Ended(story, await take_down(ctx, story))


def off_button(ctx: Context, story: Story, language: str) -> Button:
    """Return the button that takes a story back."""
    return Button(ctx.texts.plain(language, "story.off"), action=f"{REVOKE}:{story.feedback_id}")


def _choices(ctx: Context, story: Story, language: str) -> tuple[Button, ...]:
    """Return what the author may answer to these very words."""
    answers = {"story.yes_named": "named", "story.yes_nameless": "nameless", "story.no": "refused"}
    action = f"{MYSTORY}:{story.feedback_id}:{story.version}"
    return tuple(
        Button(ctx.texts.plain(language, text_id), action=f"{action}:{answer}")
        for text_id, answer in answers.items()
    )
