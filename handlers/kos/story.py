"""Intent `story`, 故事: staff ask for one, word it, publish it. Writes: stories, consents, expectations, outbox."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from handlers import orders, storytelling
from handlers.asides import aside
from handlers.base import Context, NotUnderstoodError, Settings, UserError
from handlers.events import Event, EventKind, called, pressed
from handlers.references import FeedbackRef, parse, resolve, subject_of
from handlers.spans import span
from handlers.tags import clean, without_tags
from storage.consents import Purpose, Scope
from storage.messages import Button, Message, Part, Quote, Strong, plain
from storage.records import STAFF, Feedback, FeedbackClass, Member, Status
from storage.stories import OVER, Story, StoryState

NAME = "story"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("story", "故事")
EXAMPLE = "/story 128"

LONGEST = 600  # characters: it is read in a group
_PAGE = 5
_ID = re.compile(r"\d{1,15}", re.ASCII)
_LIST = re.compile(r"(?:list|列表|库|故事库)(?:\s+(\d{1,4}))?", re.ASCII | re.IGNORECASE)
_PUBLISH = frozenset({"publish", "发布"})
_TELL_OTHERS_EDIT_FOR = timedelta(minutes=10)
_WAIT_FOR = timedelta(minutes=30)
_SUBJECT = "stories"
_STATES = {
    StoryState.ASKED: "story.state_asked",
    StoryState.AGREED: "story.state_agreed",
    StoryState.PUBLISHED: "story.state_published",
    StoryState.REFUSED: "story.state_refused",
    StoryState.REVOKED: "story.state_revoked",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to do about which story; `version` is the one a button was drawn for."""

    ref: FeedbackRef
    act: str = "show"
    text: str = ""
    version: int | None = None
    page: int = 0


def match(event: Event, settings: Settings) -> Wanted | None:
    """Return what is wanted, or None if the event is something else. Pure."""
    del settings
    arguments = pressed(event, NAME)
    if arguments is not None:
        return _press(arguments)
    awaited = event.awaited
    if awaited is not None and awaited.intent == NAME and event.kind is EventKind.MESSAGE:
        said = event.text.strip()
        if not said or said in orders.LONE_WORDS:
            return None
        return Wanted(FeedbackRef(awaited.data["feedback"]), "word", said, awaited.data["version"])
    rest = called(event, COMMANDS)
    if rest is None:
        return None
    listed = _LIST.fullmatch(rest.strip())
    if listed or (not rest.strip() and event.reply_to is None):
        return Wanted(FeedbackRef(), "list", page=max(int((listed and listed[1]) or 1) - 1, 0))
    ref, text = parse(rest)
    if text.strip().lower() in _PUBLISH:
        return Wanted(ref, "publish")
    return Wanted(ref, "word" if text else "show", text)


def _press(arguments: tuple[str, ...]) -> Wanted | None:
    if len(arguments) == 2 and arguments[0] == "list" and _ID.fullmatch(arguments[1]):
        return Wanted(FeedbackRef(), "list", page=int(arguments[1][:4]))
    if len(arguments) == 1 and _ID.fullmatch(arguments[0]):
        return Wanted(FeedbackRef(int(arguments[0])))  # from a card: asks, or shows where it stands
    if len(arguments) != 3 or not all(_ID.fullmatch(each) for each in arguments[:2]):
        return None
    number, version, act = arguments
    return (
        Wanted(FeedbackRef(int(number)), act, version=int(version))
        if act in ("publish", "edit", "show")
        else None
    )


async def handle(event: Event, argument: Wanted, ctx: Context) -> None:
    """Show the library, or carry out what is wanted with one story."""
    del event
    if argument.act == "list":
        await _list(ctx, argument.page)
        return
    feedback = await resolve(argument.ref, ctx)
    story = await ctx.uow.stories.find(feedback.id)
    author = await ctx.uow.members.get(feedback.contributor_id)
    if story is None:
        await _begin(ctx, feedback, author, argument)
    elif argument.version is not None and argument.version != story.version:
        await _say_changed(ctx, feedback, story, author)
    elif argument.act == "publish":
        await _publish(ctx, feedback, story, author)
    elif argument.act == "edit":
        await _ask_for_words(ctx, feedback, story)
    elif argument.act == "word":
        await _reword(ctx, feedback, story, author, argument)
    else:
        await aside(ctx, await _card(ctx, feedback, story, author), subject=story.subject)


async def _begin(ctx: Context, feedback: Feedback, author: Member, wanted: Wanted) -> None:
    """Ask the author of a praise; nothing is told yet."""
    if not feedback.is_open_voice or feedback.on_behalf_of or author.is_former:
        raise UserError("story.hidden", number=feedback.id)
    if feedback.status is Status.WITHDRAWN:
        raise UserError("story.withdrawn", number=feedback.id)
    if feedback.feedback_class is not FeedbackClass.PRAISE and feedback.status is not Status.VERIFIED:
        raise UserError("story.not_praise", number=feedback.id)
    if wanted.act == "publish":
        raise UserError("story.not_agreed", number=feedback.id, who=author.address)
    wording = _worded(wanted.text or without_tags(feedback.text, ctx.settings.tags))
    story = await ctx.uow.stories.ask(
        feedback.id, author.id, wording, ctx.settings.stories.places, by_id=ctx.sender.id, now=ctx.now
    )
    if story is None:
        raise UserError("error.conflict")
    await storytelling.ask(ctx, feedback, story, author)
    await orders.record(ctx, feedback, NAME, "ask")
    await aside(ctx, ctx.say("story.asked", number=feedback.id, who=author.address), subject=story.subject)


def _worded(text: str) -> str:
    wording = clean(text).strip()
    if not wording:
        raise NotUnderstoodError("story.no_words", example="/story 128 …")
    if len(wording) > LONGEST:
        raise UserError("order.too_long", limit=LONGEST, length=len(wording))
    return wording


async def _reword(ctx: Context, feedback: Feedback, story: Story, author: Member, wanted: Wanted) -> None:
    """Take other words: what was agreed to is void, what was told comes down, and the author is asked again."""
    if ctx.event.awaited is not None:
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
    if story.state in OVER:
        raise UserError(_OVER[story.state], number=feedback.id, who=author.address)
    wording = _worded(wanted.text)
    if wording == story.wording:
        await aside(ctx, await _card(ctx, feedback, story, author), subject=story.subject)
        return
    if wanted.version is None and await _is_new_to_them(ctx, story):
        await _say_changed(ctx, feedback, story, author)
        return
    fresh = await ctx.uow.stories.change(
        story, ctx.now, wording=wording, state=str(StoryState.ASKED), by_id=ctx.sender.id, signature="", post_key="",
        chat_id=None, published_at=None,
    )  # fmt: skip
    if fresh is None:
        raise UserError("error.conflict")
    await ctx.uow.consents.revoke(author.id, Purpose.STORY, subject_of(feedback.id), ctx.now)
    await storytelling.take_down(ctx, story)
    await storytelling.ask(ctx, feedback, fresh, author)
    await orders.record(ctx, feedback, NAME, "reword")
    text_id = "story.reworded_down" if story.state is StoryState.PUBLISHED else "story.asked_again"
    await aside(ctx, ctx.say(text_id, number=feedback.id, who=author.address), subject=story.subject)


async def _is_new_to_them(ctx: Context, story: Story) -> bool:
    """Tell whether somebody else changed the words just now, which this KOS was not told yet; they are told once."""
    if story.by_id == ctx.sender.id or ctx.now - story.changed_at > _TELL_OTHERS_EDIT_FOR:
        return False
    until = ctx.now + _TELL_OTHERS_EDIT_FOR
    return await ctx.uow.expectations.caution(
        ctx.sender.id, f"story:{story.id}:{story.version}", ctx.now, until
    )


async def _say_changed(ctx: Context, feedback: Feedback, story: Story, author: Member) -> None:
    by = await ctx.uow.members.get(story.by_id)
    line = ctx.say("story.changed", number=feedback.id, who=by.address)
    if ctx.event.awaited is not None:
        await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
    ctx.toast = plain(line) if ctx.event.kind is EventKind.PRESS else ""
    card = await _card(ctx, feedback, story, author)
    await aside(ctx, orders.replace_text(card, (*line, "\n\n", *card.text)), subject=story.subject)


async def _publish(ctx: Context, feedback: Feedback, story: Story, author: Member) -> None:
    """Publish what its author agreed to, these very words, and tell them where it is."""
    if story.state in OVER:
        raise UserError(_OVER[story.state], number=feedback.id, who=author.address)
    if story.state is StoryState.PUBLISHED:
        raise UserError("story.published_before", number=feedback.id)
    consent = await storytelling.consent_to(ctx, story)
    if consent is None or story.state is not StoryState.AGREED or feedback.status is Status.WITHDRAWN:
        raise UserError("story.not_agreed", number=feedback.id, who=author.address)
    published = await storytelling.publish(ctx, feedback, story, author, consent.scope)
    if published is None:
        raise UserError("error.conflict")
    language = await ctx.language_of(author)
    where = await storytelling.places(ctx, feedback, published, author, language)
    words = ctx.texts.text(language, "story.published", who=author.address, places=where)
    row = (storytelling.off_button(ctx, published, language),)
    await ctx.tell(
        author, Message(text=words, buttons=(row,), about=f"#{feedback.id}"), subject=published.subject,
        key=f"{published.subject}:{published.version}:published",
    )  # fmt: skip
    await orders.record(ctx, feedback, NAME, "publish")
    here = await storytelling.places(ctx, feedback, published, author, ctx.language)
    line = ctx.say("story.is_out", number=feedback.id, places=here)
    ctx.toast = plain(line) if ctx.event.kind is EventKind.PRESS else ""
    await aside(ctx, line, subject=published.subject)


_OVER = {StoryState.REFUSED: "story.refused", StoryState.REVOKED: "story.revoked"}


async def _ask_for_words(ctx: Context, feedback: Feedback, story: Story) -> None:
    """Ask in private for other words, and wait for them; they know the version they replace."""
    if story.state in OVER:
        author = await ctx.uow.members.get(story.member_id)
        raise UserError(_OVER[story.state], number=feedback.id, who=author.address)
    private = await ctx.own_chat()
    data = {"feedback": feedback.id, "version": story.version}
    await ctx.uow.expectations.put(private.id, ctx.sender.id, NAME, data, ctx.now + _WAIT_FOR)
    cancel = Button(ctx.label("order.cancel"), action=f"{orders.DROP}:{NAME}")
    question = ctx.say("story.which_words", number=feedback.id, wording=(Quote(story.wording),))
    await aside(ctx, Message(text=question, buttons=((cancel,),)))


async def _card(ctx: Context, feedback: Feedback, story: Story, author: Member) -> Message:
    """Return a story as staff see it: where it stands, its words, who agreed to what, what may be done."""
    by = await ctx.uow.members.get(story.by_id)
    consent = await storytelling.consent_to(ctx, story)
    parts: list[Part] = [
        *ctx.say("story.head", number=feedback.id, who=author.address, state=ctx.label(_STATES[story.state])),
        "\n", Quote(story.wording), "\n",
        *ctx.say(
            "story.about", places=await storytelling.places(ctx, feedback, story, author, ctx.language),
            by=by.address, age=span(ctx, ctx.now - story.changed_at),
        ),
    ]  # fmt: skip
    if consent is not None:
        is_named = consent.scope is Scope.NAMED
        parts += ["\n", *ctx.say("story.agreed_named" if is_named else "story.agreed_nameless")]
    if story.state in OVER:
        return Message(text=tuple(parts), about=f"#{feedback.id}")
    action = f"{NAME}:{feedback.id}:{story.version}"
    row = [ctx.button("story.edit", f"{action}:edit")]
    if story.state is StoryState.AGREED and consent is not None:
        row.insert(0, ctx.button("story.publish", f"{action}:publish"))
    return Message(text=tuple(parts), buttons=(tuple(row),), about=f"#{feedback.id}")


async def _list(ctx: Context, page: int) -> None:
    """Show a page of the library; in place of the former one when its button was pressed."""
    counts = await ctx.uow.stories.count()
    total = await ctx.uow.stories.count_library()
    pages = max(-(-total // _PAGE), 1)
    page = min(page, pages - 1)
    parts: list[Part] = [
        *ctx.say(
            "story.library_head" if total else "story.library_empty", count=total,
            asked=counts.get(StoryState.ASKED, 0), agreed=counts.get(StoryState.AGREED, 0),
        )
    ]  # fmt: skip
    for story in await ctx.uow.stories.list_published(_PAGE, page * _PAGE):
        signature = story.signature or ctx.label("story.nobody")
        parts += ["\n", Strong(f"#{story.feedback_id}"), " ", Quote(story.wording), f" —— {signature}"]
    row: list[Button] = []
    if page:
        row.append(ctx.button("mine.newer", f"{NAME}:list:{page - 1}"))
    if page < pages - 1:
        row.append(ctx.button("mine.older", f"{NAME}:list:{page + 1}"))
    if pages > 1:
        parts += ["\n", *ctx.say("mine.page", page=page + 1, pages=pages)]
    message = Message(text=tuple(parts), buttons=(tuple(row),) if row else ())
    if not await ctx.replace(message, subject=_SUBJECT):
        await aside(ctx, message, subject=_SUBJECT)
