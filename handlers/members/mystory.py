"""Intent `mystory`: the author says whether these very words may be told, and under which name.

Writes: consents, stories, outbox.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers import storytelling
from handlers.base import Context, Settings, UserError
from handlers.consenting import read_scope, settle
from handlers.events import Event, EventKind, pressed
from handlers.references import subject_of
from storage.consents import Purpose, Scope
from storage.messages import Button, Message, Text
from storage.records import EVERYBODY, Member, Status
from storage.stories import OVER, Story, StoryState

NAME = storytelling.MYSTORY
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""

_ID = re.compile(r"\d{1,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answer:
    """To which words, and how far they may be told."""

    feedback_id: int
    version: int
    scope: Scope


def match(event: Event, settings: Settings) -> Answer | None:
    """Return the answer, pressed or said, None if it is something else. Pure."""
    del settings
    arguments = pressed(event, NAME)
    if arguments is not None:
        if len(arguments) != 3 or not all(_ID.fullmatch(each) for each in arguments[:2]):
            return None
        return (
            Answer(int(arguments[0]), int(arguments[1]), Scope(arguments[2]))
            if arguments[2] in set(Scope)
            else None
        )
    if event.kind is not EventKind.MESSAGE or event.awaited is None or event.awaited.intent != NAME:
        return None
    scope = read_scope(event.text)
    data = event.awaited.data
    return Answer(int(data["feedback"]), int(data["version"]), scope) if scope else None


async def handle(event: Event, argument: Answer, ctx: Context) -> None:
    """Record the answer, show how it will look, and tell who asked."""
    story = await ctx.uow.stories.find(argument.feedback_id)
    if story is None or story.member_id != ctx.sender.id:
        raise UserError("story.not_yours")
    if event.awaited is not None:
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
    if story.state in OVER:
        raise UserError("story.over_before", number=story.feedback_id)
    if argument.version != story.version:
        raise UserError("story.reworded")
    feedback = await ctx.uow.feedback.get(story.feedback_id)
    if feedback.status is Status.WITHDRAWN:
        raise UserError("story.over_before", number=story.feedback_id)
    if story.state is StoryState.PUBLISHED:
        raise UserError("story.is_published", number=story.feedback_id)
    await _answer(ctx, story, argument.scope)


async def _answer(ctx: Context, story: Story, scope: Scope) -> None:
    state = StoryState.REFUSED if scope is Scope.REFUSED else StoryState.AGREED
    answered = await ctx.uow.stories.change(story, ctx.now, state=str(state), is_named=scope is Scope.NAMED)
    if answered is None:
        raise UserError("story.reworded")
    await ctx.uow.consents.give(
        ctx.sender.id, Purpose.STORY, subject_of(story.feedback_id), scope, ctx.now, wording=story.agreed_to
    )
    if state is StoryState.REFUSED:
        await _settle(ctx, story, ctx.say("story.noted_no"), ())
        await _tell_kos(ctx, story, "story.kos_no", ())
        return
    preview = storytelling.told(ctx, story, ctx.sender, ctx.language, is_named=scope is Scope.NAMED)
    words = ctx.say("story.noted_yes", preview=preview)
    await _settle(ctx, story, words, (storytelling.off_button(ctx, story, ctx.language),))
    await _tell_kos(
        ctx, answered, "story.kos_named" if scope is Scope.NAMED else "story.kos_nameless", preview
    )


async def _settle(ctx: Context, story: Story, words: Text, buttons: tuple[Button, ...]) -> None:
    """Let our question end in the answer, with the way back; where it cannot be edited, say it anew."""
    ctx.toast = ctx.label("story.toast")
    await settle(ctx, story.question_key, words, buttons, about=f"#{story.feedback_id}")


async def _tell_kos(ctx: Context, story: Story, text_id: str, preview: Text) -> None:
    """Tell who asked what the answer was, with the button that publishes."""
    kos: Member = await ctx.uow.members.get(story.by_id)
    language = await ctx.language_of(kos)
    private = await ctx.uow.outbox.private_chat(kos, timezone=ctx.chat.timezone, language=language)
    words = ctx.texts.text(
        language, text_id, number=story.feedback_id, who=ctx.sender.address, preview=preview
    )
    action = f"story:{story.feedback_id}:{story.version}:publish"
    row = (Button(ctx.texts.plain(language, "story.publish"), action=action),) if preview else ()
    await ctx.uow.outbox.put(
        private.id, Message(text=words, buttons=(row,) if row else (), about=f"#{story.feedback_id}"),
        key=f"{story.subject}:{story.version}:kos:{ctx.event.platform}:{ctx.event.update_id}", now=ctx.now,
        member_id=kos.id, subject=story.subject,
    )  # fmt: skip
