"""Intent `revoke`: a member takes back what they allowed to be told of them.

Writes: consents, stories, cases, outbox.
"""

from __future__ import annotations

from handlers import casework, storytelling
from handlers.base import Context, Settings, UserError
from handlers.events import Event, EventKind, called, pressed
from handlers.knowing import resolve_own
from handlers.references import FeedbackRef, number_of, parse, subject_of
from storage.consents import Purpose
from storage.messages import Message
from storage.records import ADMINS, EVERYBODY, Feedback
from storage.stories import Place, Story, StoryState

NAME = storytelling.REVOKE
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ("revoke", "收回")
EXAMPLE = "/revoke 128"


def match(event: Event, settings: Settings) -> FeedbackRef | None:
    """Return which feedback is meant, or None if the event is something else. Pure."""
    del settings
    arguments = pressed(event, NAME)
    if arguments is not None:
        return parse(arguments[0])[0] if len(arguments) == 1 and arguments[0].isdecimal() else None
    rest = called(event, COMMANDS)
    return None if rest is None else parse(rest)[0]


async def handle(event: Event, argument: FeedbackRef, ctx: Context) -> None:
    """Take down what was told, and say where it had been."""
    if not event.is_private:
        await ctx.reply(ctx.say("revoke.in_private"))
        return
    if argument.number is None and event.reply_to is None:
        await _list(ctx)
        return
    feedback = await resolve_own(argument, ctx, not_yours="revoke.not_yours")
    story = await ctx.uow.stories.find(feedback.id)
    was = story.state if story else None
    ended = await storytelling.end(ctx, feedback.id)
    case = await ctx.uow.consents.find(ctx.sender.id, Purpose.CASE, subject_of(feedback.id))
    has_case = case is not None and case.allows
    if has_case:
        await casework.end(ctx, feedback)
    if ended is None and not has_case:
        raise UserError(
            "revoke.before" if was is StoryState.REVOKED else "revoke.nothing", number=feedback.id
        )
    await _say(event, ctx, feedback, ended)
    if ended is not None:
        await _tell_staff(ctx, feedback, ended.story)


async def _list(ctx: Context) -> None:
    """Say what the sender allows now, for who does not know the number."""
    given = await ctx.uow.consents.list_in_force(ctx.sender.id)
    numbers = dict.fromkeys(number for consent in given if (number := number_of(consent.subject)) is not None)
    if not numbers:
        raise UserError("revoke.none")
    rows = tuple((ctx.button("revoke.this", f"{NAME}:{number}", number=number),) for number in numbers)
    listed = ctx.label("order.comma").join(f"#{number}" for number in numbers)
    await ctx.reply(Message(text=ctx.say("revoke.which", listed=listed), buttons=rows))


async def _say(event: Event, ctx: Context, feedback: Feedback, ended: storytelling.Ended | None) -> None:
    """Tell the member where it went, and what became of it there."""
    lines = list(ctx.say("revoke.done", number=feedback.id))
    if ended is not None and ended.story.state is StoryState.PUBLISHED:
        group = ended.seen_in
        if group is not None:
            text_id = "revoke.group" if ctx.can(group).edits else "revoke.group_line"
            lines += ["\n", *ctx.say(text_id, group=group.title)]
        elif ended.story.post_key:
            lines += ["\n", *ctx.say("revoke.unseen")]
        if Place.LIBRARY in ended.story.places:
            lines += ["\n", *ctx.say("revoke.library")]
        if Place.BRAND in ended.story.places:
            channels = ctx.settings.stories.channels or ctx.label("story.channels")
            lines += ["\n", *ctx.say("revoke.brand", channels=channels)]
    elif ended is not None:
        lines += ["\n", *ctx.say("revoke.nowhere")]
    ctx.toast = ctx.label("revoke.toast") if event.kind is EventKind.PRESS else ""
    await ctx.reply(Message(text=tuple(lines)))


async def _tell_staff(ctx: Context, feedback: Feedback, story: Story) -> None:
    """Tell who asked for it; where a person has to take it off a channel, the admins as well."""
    people = {story.by_id: await ctx.uow.members.get(story.by_id)}
    is_out = story.state is StoryState.PUBLISHED and Place.BRAND in story.places
    if is_out:
        people |= {admin.id: admin for admin in await ctx.uow.members.list_staff(ADMINS)}
    for member in people.values():
        if member.id == ctx.sender.id:
            continue
        language = await ctx.language_of(member)
        channels = ctx.settings.stories.channels or ctx.texts.plain(language, "story.channels")
        text_id = "revoke.staff" if story.state is StoryState.PUBLISHED else "revoke.staff_unseen"
        text_id = "revoke.staff_channels" if is_out else text_id
        words = ctx.texts.text(
            language, text_id, number=feedback.id, who=ctx.sender.address, channels=channels
        )
        key = (
            f"{story.subject}:{story.version}:revoked:{ctx.event.platform}:{ctx.event.update_id}:{member.id}"
        )
        message = Message(text=words, about=f"#{feedback.id}")
        await ctx.tell(member, message, key=key, subject=subject_of(feedback.id))
