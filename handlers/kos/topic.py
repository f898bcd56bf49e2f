"""Intent `topic`: what several voices are about; listed, shown, named, put before the group. Writes: topics, outbox."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.asides import aside
from handlers.base import Context, Settings, UserError
from handlers.events import Event, EventKind, called, pressed
from handlers.matters import Matter, matter_of
from handlers.public_cards import refresh_cards, show_card, title_of
from handlers.references import FeedbackRef, parse, resolve
from handlers.tags import clean
from handlers.topic_cards import groups_of, topic_card, topic_line
from storage.messages import Button, Message, Part
from storage.records import STAFF, ChatKind
from storage.topics import Topic

NAME = "topic"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("topic", "话题")
EXAMPLE = "/topic T7"
_PAGE = 10
_ACROSS = 5
_SUBJECT = "topics"
LONGEST_TITLE = 40  # characters; it stands on a group's card


@dataclass(frozen=True, slots=True)
class Wish:
    """One page of the list (from 0), or one topic: to see, to name, or to be put before its groups."""

    page: int | None = None
    ref: FeedbackRef | None = None
    title: str = ""
    is_post: bool = False


def match(event: Event, settings: Settings) -> Wish | None:
    """Return the wish, or None if the event is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is not None:
        if not rest.strip() and event.reply_to is None:
            return Wish(page=0)
        # After the word for topic a lone number is a topic only with its letter: 话题 128 is feedback 128.
        ref, title = parse(rest)
        return Wish(ref=ref, title=title)
    arguments = pressed(event, NAME)
    if arguments is None or len(arguments) != 2:
        return None
    if arguments[0] == "page" and arguments[1].isdecimal():
        return Wish(page=int(arguments[1]))
    ref, rest = parse(arguments[1])
    if rest or ref == FeedbackRef() or arguments[0] not in ("post", "show"):
        return None
    return Wish(ref=ref, is_post=arguments[0] == "post")


async def handle(event: Event, argument: Wish, ctx: Context) -> None:
    """List them, or show one; in a group its card is put there, with a title it is named."""
    if argument.ref is None:
        await _list(argument.page or 0, ctx)
        return
    emptied = await _find_empty(argument.ref, ctx)
    if emptied is not None:
        await aside(ctx, await topic_card(ctx, emptied), subject=emptied.subject)
        return
    feedback = await resolve(argument.ref, ctx)
    matter = await matter_of(ctx, feedback)
    if argument.title:
        await _name(ctx, matter, clean(argument.title))
    elif argument.is_post:
        await _post(ctx, matter, await groups_of(ctx, matter))
    elif ctx.chat.kind is ChatKind.GROUP and event.kind is EventKind.MESSAGE:
        await _post(ctx, matter, [ctx.chat.id])
    elif matter.topic is not None:
        await aside(ctx, await topic_card(ctx, matter.topic), subject=matter.subject)
    else:
        post = ctx.button("topic.post", f"{NAME}:post:{feedback.id}")
        words = ctx.say("topic.none_of", number=feedback.id)
        await aside(ctx, Message(text=words, buttons=((post,),)))


async def _find_empty(ref: FeedbackRef, ctx: Context) -> Topic | None:
    """Return the topic that is meant if it holds nothing any more."""
    topic = await ctx.uow.topics.find(ref.topic) if ref.topic is not None else None
    return topic if topic and await ctx.uow.topics.find_first(topic.id) is None else None


async def _list(page: int, ctx: Context) -> None:
    total = await ctx.uow.topics.count_()
    if not total:
        await aside(ctx, ctx.say("topic.nothing"))
        return
    pages = -(-total // _PAGE)
    page = min(page, pages - 1)
    topics = await ctx.uow.topics.list_latest(_PAGE, page * _PAGE)
    ids = [topic.id for topic in topics]
    voices, first = await ctx.uow.topics.count_feedback(ids), await ctx.uow.topics.list_first(ids)
    parts: list[Part] = [*ctx.say("topic.head", count=total)]
    for topic in topics:
        parts += ["\n", *topic_line(ctx, topic, first.get(topic.id), voices.get(topic.id, 0))]
    marks = [Button(topic.name, action=f"{NAME}:show:{topic.name}") for topic in topics]
    rows = [tuple(marks[start : start + _ACROSS]) for start in range(0, len(marks), _ACROSS)]
    turns = []
    if page > 0:
        turns.append(ctx.button("inbox.newer", f"{NAME}:page:{page - 1}"))
    if page + 1 < pages:
        turns.append(ctx.button("inbox.older", f"{NAME}:page:{page + 1}"))
    message = Message(text=tuple(parts), buttons=(*rows, *((tuple(turns),) if turns else ())))
    if not await ctx.replace(message, subject=_SUBJECT):
        await aside(ctx, message, subject=_SUBJECT)


async def _name(ctx: Context, matter: Matter, title: str) -> None:
    """Give a topic its title; what has no topic yet becomes the first voice of one."""
    if len(title) > LONGEST_TITLE:
        raise UserError("topic.long_title", most=LONGEST_TITLE, length=len(title))
    topic: Topic | None = matter.topic
    if topic is None:
        topic = await ctx.uow.topics.add(title, ctx.sender.id, ctx.now)
        await ctx.uow.topics.link([matter.named], topic, by_id=ctx.sender.id, now=ctx.now)
        detail = f"#{matter.named.id} {title}"
    else:
        await ctx.uow.topics.rename(topic, title, ctx.now)
        detail = f"{topic.title} -> {title}"
    await ctx.uow.audit.add(
        "topic.name", by_id=ctx.sender.id, now=ctx.now, subject=topic.subject, detail=detail
    )
    await refresh_cards(ctx, await matter_of(ctx, await ctx.uow.feedback.get(matter.named.id)))
    await aside(ctx, ctx.say("topic.named", name=topic.name, title=title), subject=topic.subject)


async def _post(ctx: Context, matter: Matter, chat_ids: list[int]) -> None:
    """Put the card before these groups, where it does not stand yet and has words that may be shown."""
    chats = await ctx.uow.chats.list_by_id(chat_ids)
    shown = False
    for chat in chats.values():
        if not title_of(ctx, matter, chat):
            continue
        shown = True
        await show_card(ctx, matter, chat)
    if not shown:
        raise UserError(
            "topic.no_words", example=f"/topic {matter.topic.name if matter.topic else matter.named.id} …"
        )
    await ctx.uow.audit.add("topic.card", by_id=ctx.sender.id, now=ctx.now, subject=matter.subject)
    if ctx.event.kind is EventKind.PRESS:
        ctx.toast = ctx.label("topic.posted")
    elif ctx.chat.kind is ChatKind.PRIVATE:
        await ctx.reply(ctx.say("topic.posted"))
