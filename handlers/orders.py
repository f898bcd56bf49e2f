"""An order: one sentence staff say about one feedback; typed, or asked for after a button. Used by handlers/kos/.

A button that needs a sentence asks for it in private and waits for the next plain message; both know
the version the button was drawn for, so nothing is done to what somebody changed meanwhile.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handlers import casework, next_words
from handlers.asides import aside
from handlers.base import Context, NotUnderstoodError, UserError
from handlers.cards import card
from handlers.events import Event, EventKind, called, pressed
from handlers.quotes import quote_of
from handlers.references import UNITS, FeedbackRef, parse, resolve, subject_of, topic_of
from handlers.statuses import status_word
from handlers.tags import clean
from handlers.topic_cards import topic_card
from storage.errors import ConflictError, InvalidTransitionError
from storage.messages import Button, Message, Text, plain
from storage.records import Change, Feedback, Status
from storage.statuses import may_follow

LONGEST = 1_000  # characters; more would not fit a message beside the quote
_WAIT_FOR = timedelta(minutes=30)
_SECOND = re.compile(rf"[#＃]?(\d{{1,15}})(?:号|条)?(?:$|[\s,，、和]+(?![{UNITS}]))")
_ID = re.compile(r"\d{1,15}", re.ASCII)
DROP = "drop"  # the intent of the cancel button
ASKING = frozenset(
    {"resolve", "decline", "plan", "note", "reply", "progress", "reopen", "beta", "decide", "detail"}
)
# Who is asked for a sentence and says one of these wants that command; it must never be told to a member.
LONE_WORDS = frozenset({
    "话题", "合并", "取消合并", "拆分",
    "转交", "答复", "洞察", "简报", "导出",
    "待办", "查看", "归类", "跟进", "回复", "备注", "排期", "进展", "解决", "婉拒", "重开", "搁置",
    "已告知", "代提", "投票", "帮助", "反馈", "我的", "关注", "取关", "取消关注", "撤回", "勿扰", "开始",
    "例行", "体检", "记录", "暂停", "人员", "我在哪", "悄悄话", "揭开", "恢复", "启用", "补充", "称呼", "相似", "草稿",
    "公开课", "原因", "免疫",
    "忘记我", "我的数据",
    "授予", "感谢", "内测", "核心圈", "荣誉",
    "收回", "故事", "成员", "标签", "城市",
})  # fmt: skip
_FOLLOWING = {
    Status.IN_REVIEW: "/claim",
    Status.ANSWERED: "/reply",
    Status.PLANNED: "/plan",
    Status.IN_PROGRESS: "/progress",
    Status.RESOLVED: "/resolve",
    Status.DECLINED: "/decline",
}


@dataclass(frozen=True, slots=True)
class Order:
    """Which feedback, what about it, and the version its button was drawn for (None when typed)."""

    ref: FeedbackRef
    text: str = ""
    version: int | None = None
    is_press: bool = False


def match(event: Event, intent: str, commands: tuple[str, ...]) -> Order | None:
    """Return the order if the event is this intent: awaited, typed or pressed. Pure."""
    if is_sentence(event) and event.awaited is not None:
        # A sentence for another intent is not this one, whatever word it begins with.
        data = event.awaited.data
        mine = event.awaited.intent == intent
        ref = FeedbackRef(data["feedback"], data.get("topic"))
        return Order(ref, event.text.strip(), data["version"]) if mine else None
    rest = called(event, commands)
    if rest is not None:
        ref, text = parse(rest)
        return Order(ref, text)
    return pressed_order(event, intent)


def is_sentence(event: Event) -> bool:
    """Tell whether a message is the sentence a button asked for, and not a command on its own. Pure.

    A picture or a recording is one, too: that only words go on is said by who takes it.
    """
    if event.awaited is None or event.awaited.intent not in ASKING:
        return False
    said = event.text.strip()
    return bool(said or event.attachments) and said not in LONE_WORDS


def pressed_order(event: Event, intent: str) -> Order | None:
    """Return the order of a pressed button `intent:feedback:version[:text]`, else None. Pure."""
    arguments = pressed(event, intent)
    if arguments is None or len(arguments) < 2 or not _ID.fullmatch(arguments[1]):
        return None
    number, version, *text = arguments
    if not _ID.fullmatch(number.removeprefix("T")):
        return None
    ref = FeedbackRef(topic=int(number[1:])) if number[0] == "T" else FeedbackRef(int(number))
    return Order(ref, ":".join(text), int(version), is_press=True)


async def take(
    order: Order, ctx: Context, *, intent: str, ask: str, example: str, after: Status | None = None
) -> tuple[Feedback, str] | None:
    """Return the feedback and the sentence; None if it was asked for instead, or the button was old.

    `ask` and `example` are text ids; `after` is the status it would move to, checked before anybody
    is asked to write. **Errors**: UserError, in one line.
    """
    feedback = await find(order, ctx, after)
    if feedback is None:
        return None
    if after is not None and not may_follow(feedback.status, after):
        raise cannot_follow(ctx, feedback)
    if order.is_press:
        await _ask(ctx, order, feedback, intent, ask)
        return None
    text = clean(order.text)
    if not text and ctx.event.attachments:
        raise UserError("order.words_only")
    if not text:
        raise NotUnderstoodError("order.no_text", example=ctx.label(example))
    await check_one(order, text, ctx)
    if len(text) > LONGEST:
        raise UserError("order.too_long", limit=LONGEST, length=len(text))
    if ctx.event.awaited is not None:
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
    if ctx.event.attachments:
        await aside(ctx, Message(text=ctx.say("order.picture_stays")))
    return feedback, text


async def check_one(order: Order, text: str, ctx: Context) -> None:
    """Refuse an order that names two at once: its second number would be told to a member. **Errors**: UserError."""
    second = _SECOND.match(text) if ctx.event.awaited is None and order.ref != FeedbackRef() else None
    if second is None or int(second[1]) == order.ref.number:
        return
    if await ctx.uow.feedback.find(int(second[1])) is not None:
        raise UserError("order.one_each", first=order.ref.number or f"T{order.ref.topic}", second=second[1])


async def find(order: Order, ctx: Context, after: Status | None = None) -> Feedback | None:
    """Return the feedback, or say that somebody changed it since the button was drawn, and return None.

    Of a topic it is the first reported that may move to `after`, which stands for all of it.
    """
    feedback = await resolve(order.ref, ctx)
    newest = feedback
    if order.ref.topic is not None and feedback.topic_id is not None:
        everything = await ctx.uow.topics.list_feedback(feedback.topic_id)
        newest = max(everything, key=lambda each: each.version)
        fit = (each for each in everything if after and may_follow(each.status, after))
        feedback = next(fit, feedback)
    if order.version is None or order.version == newest.version:
        return feedback
    if not order.is_press:
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
    await say_changed(ctx, newest)
    return None


async def move(
    ctx: Context, feedback: Feedback, after: Status, *, note: str, intent: str, **values: Any
) -> tuple[Feedback, Change] | None:
    """Move a feedback on in the sender's name; who acts on what nobody has becomes its owner.

    Returns None after saying who was faster. **Errors**: UserError when the status cannot follow.
    """
    if feedback.owner_id is None:
        values["owner_id"] = ctx.sender.id
    values["update_due"] = next_words.due_of(ctx, feedback, after)
    values["held_until"] = None  # of what is held at this very moment, too
    if feedback.held_until is not None:
        await ctx.uow.timers.cancel(subject_of(feedback.id), "held")
    try:
        async with ctx.uow.savepoint():
            change = await ctx.uow.feedback.change(
                feedback, after, by_id=ctx.sender.id, note=note, now=ctx.now, **values
            )
    except InvalidTransitionError as error:
        raise cannot_follow(ctx, feedback) from error
    except ConflictError:
        await say_changed(ctx, await ctx.uow.feedback.get(feedback.id))
        return None
    await record(ctx, feedback, intent, f"{feedback.status} -> {after}")
    moved = await ctx.uow.feedback.get(feedback.id)
    await casework.refresh_all(ctx, [moved])
    return moved, change


async def record(ctx: Context, feedback: Feedback, intent: str, detail: str = "") -> None:
    """Write the audit line of what staff did to a feedback."""
    await ctx.uow.audit.add(
        f"feedback.{intent}", by_id=ctx.sender.id, now=ctx.now, subject=subject_of(feedback.id), detail=detail
    )


async def done(ctx: Context, feedback: Feedback, line: Text, *, buttons: tuple[Button, ...] = ()) -> None:
    """Give staff their receipt, in private; a pressed card is brought up to date."""
    if ctx.event.kind is EventKind.PRESS:
        ctx.toast = plain(line)
        await refresh_card(ctx, feedback)
    if ctx.event.kind is not EventKind.PRESS or buttons:
        message = Message(text=line, buttons=(buttons,) if buttons else ())
        await aside(ctx, message, subject=subject_of(feedback.id))


async def refresh_card(ctx: Context, feedback: Feedback) -> None:
    """Bring the card whose button was pressed up to date, or show a new one where nothing can be edited."""
    shown = await ctx.uow.promises.find_by_receipt(ctx.chat.id, ctx.event.message_id)
    subject = shown.subject if shown else ""
    about = topic_of(subject)
    topic = await ctx.uow.topics.find(about) if about is not None else None
    fresh = await topic_card(ctx, topic) if topic else await card(ctx, feedback)
    is_card = subject == (topic.subject if topic else subject_of(feedback.id))
    if shown is not None and not shown.is_held and ctx.can(ctx.chat).edits and is_card:
        await ctx.uow.outbox.edit(shown.key, fresh, now=ctx.now)
    else:
        await aside(ctx, fresh, subject=topic.subject if topic else subject_of(feedback.id))


async def say_changed(ctx: Context, feedback: Feedback) -> None:
    """Say in one line who changed a feedback meanwhile and to what, and show its card again."""
    changes = await ctx.uow.feedback.list_changes(feedback.id)
    last = changes[-1] if changes else None
    by = await ctx.uow.members.get(last.by_id) if last and last.by_id else None
    line = ctx.say(
        "order.changed",
        number=feedback.id,
        who=by.address if by else ctx.label("card.clock"),
        status=status_word(ctx, feedback.status),
    )
    if ctx.event.kind is EventKind.PRESS:
        ctx.toast = plain(line)
        await refresh_card(ctx, feedback)
        return
    fresh = await card(ctx, feedback)
    await aside(ctx, replace_text(fresh, (*line, "\n\n", *fresh.text)), subject=subject_of(feedback.id))


def replace_text(message: Message, text: Text) -> Message:
    """Return a message with other words and the same buttons."""
    return Message(text=text, buttons=message.buttons, about=message.about)


def cannot_follow(ctx: Context, feedback: Feedback) -> UserError:
    """Return the line that says where a feedback stands and what can follow."""
    words = _FOLLOWING | ({} if feedback.status is Status.RECEIVED else {Status.IN_REVIEW: "/reopen"})
    following = [word for status, word in words.items() if may_follow(feedback.status, status)]
    if not following:
        return UserError("order.is_over", number=feedback.id, status=status_word(ctx, feedback.status))
    return UserError(
        "order.cannot_follow",
        number=feedback.id,
        status=status_word(ctx, feedback.status),
        following=ctx.label("order.comma").join(following),
    )


async def _ask(ctx: Context, order: Order, feedback: Feedback, intent: str, ask: str) -> None:
    """Ask in private for the sentence a button needs, and wait for it."""
    private = await ctx.own_chat()
    data = {"feedback": feedback.id, "topic": order.ref.topic, "version": order.version}
    await ctx.uow.expectations.put(private.id, ctx.sender.id, intent, data, ctx.now + _WAIT_FOR)
    question = ctx.say(ask, number=feedback.id, quote=quote_of(ctx, feedback, 24))
    cancel = Button(ctx.label("order.cancel"), action=f"{DROP}:{intent}")
    await aside(ctx, Message(text=question, buttons=((cancel,),)))
