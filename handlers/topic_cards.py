"""The card of a topic for staff: its title, how many met it, its voices, the next steps. Used by handlers/kos/."""

from __future__ import annotations

from handlers.base import Context
from handlers.lines import line
from handlers.matters import Matter, title_for_staff
from handlers.public_cards import spread_line, spread_of
from handlers.routing import hands_block
from storage.messages import Button, Message, Part, Strong
from storage.records import CLOSED, ChatKind, Feedback, Status
from storage.statuses import may_follow
from storage.topics import Topic

_VOICES = 8  # how many voices of a topic its card names
_ACROSS = 5  # buttons side by side
_STEPS = {
    "plan": ("step.plan", Status.PLANNED),
    "resolve": ("step.resolve", Status.RESOLVED),
    "decline": ("step.decline", Status.DECLINED),
}


async def topic_card(ctx: Context, topic: Topic) -> Message:
    """Return the card of a topic; open voices come first, and each button knows the version it was drawn for."""
    feedback = await ctx.uow.topics.list_feedback(topic.id)
    title = title_for_staff(ctx, topic, feedback[0] if feedback else None)
    parts: list[Part] = [Strong(topic.name), f" {title}"]
    if not feedback:
        return Message(text=(*parts, "\n", *ctx.say("topic.empty")))
    matter = Matter(feedback[0], tuple(feedback), topic)
    parts += [" · ", ctx.label("topic.voices", count=len(feedback)), "\n"]
    parts.append(spread_line(ctx, ctx.language, await spread_of(ctx, matter)))
    hands = await hands_block(ctx, feedback[0])
    parts += ["\n", *hands] if hands else []
    shown = sorted(feedback, key=lambda each: (each.status in CLOSED, each.id))[:_VOICES]
    people = await ctx.uow.members.list_by_id({each.contributor_id for each in shown})
    for each in shown:
        parts += ["\n", *line(ctx, each, each.on_behalf_of or people[each.contributor_id].address)]
    if len(feedback) > len(shown):
        parts += ["\n", *ctx.say("topic.more", count=len(feedback) - len(shown))]
    numbers = [Button(f"#{each.id}", action=f"show:{each.id}") for each in shown]
    rows = [tuple(numbers[start : start + _ACROSS]) for start in range(0, len(numbers), _ACROSS)]
    steps = tuple(
        ctx.button(text_id, f"{intent}:{topic.name}:{matter.version}")
        for intent, (text_id, after) in _STEPS.items()
        if any(may_follow(each.status, after) for each in feedback)
    )
    page = ctx.button("step.insight", f"insight:{topic.name}")
    if ctx.settings.departments:
        rows.append((ctx.button("step.route", f"route:{topic.name}:{matter.version}"), page))
    post = (ctx.button("topic.post", f"topic:post:{topic.name}"),)
    return Message(text=tuple(parts), buttons=(*rows, *((steps,) if steps else ()), post), about=topic.name)


def topic_line(ctx: Context, topic: Topic, first: Feedback | None, voices: int) -> list[Part]:
    """Return a topic as one line of a list."""
    return [*ctx.say("topic.line", name=topic.name, title=title_for_staff(ctx, topic, first), count=voices)]


async def groups_of(ctx: Context, matter: Matter) -> list[int]:
    """Return the groups in which any of it was said."""
    chats = await ctx.uow.chats.list_by_id({each.chat_id for each in matter.feedback})
    return [chat.id for chat in chats.values() if chat.kind is ChatKind.GROUP]
