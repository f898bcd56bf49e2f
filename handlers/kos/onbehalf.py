"""Intent `for`: a KOS captures what somebody said to them elsewhere. Writes: members, feedback, audit, outbox.

Who is known here is the contributor. Who is not (a customer of a WeCom external group, a caller) is kept
by name, and the KOS carries the echo to them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers import orders
from handlers.asides import aside
from handlers.base import Context, NotUnderstoodError, Settings, UserError
from handlers.capture import LEAST_WEIGHT, MOST_CHARACTERS, Voice, record
from handlers.events import Event, called
from handlers.quotes import quote_of
from handlers.references import subject_of
from handlers.statuses import class_of
from handlers.tags import clean, find_tags, weight
from storage.messages import Message
from storage.records import STAFF, Attachment, Member

NAME = "for"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("for", "代提")
EXAMPLE = "/for 王姐 电话里说发货太慢"
_LONGEST_NAME = 40
_AT = ("@", "＠")
_NAMED = re.compile(r"[@＠]?([^\s,，:：]+)[\s,，:：]*(.*)", re.DOTALL)
_NUMBER = re.compile(r"[TtＴｔ]?\d+号?")


@dataclass(frozen=True, slots=True)
class Carried:
    """What somebody said and who, both still as they were written."""

    words: str


@dataclass(frozen=True, slots=True)
class _Source:
    """Whose words they are: a member, or a name."""

    text: str
    member: Member | None
    name: str = ""
    attachments: tuple[Attachment, ...] = ()


def match(event: Event, settings: Settings) -> Carried | None:
    """Return what is carried, or None if the event is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    return None if rest is None else Carried(rest)


async def handle(event: Event, argument: Carried, ctx: Context) -> None:
    """Capture it for them, acknowledge it to the KOS only."""
    source = await _source(event, clean(argument.words), ctx)
    if weight(source.text) < LEAST_WEIGHT and not source.attachments:
        raise NotUnderstoodError("for.malformed", example=ctx.label("for.example"))
    if len(source.text) > MOST_CHARACTERS:
        raise UserError("order.too_long", limit=MOST_CHARACTERS, length=len(source.text))
    tags = find_tags(source.text, ctx.settings.tags)
    voice = Voice(event.message_id, source.text, tags, source.attachments, link=event.link)
    feedback = await record(
        ctx, voice, source.member or ctx.sender, on_behalf_of="" if source.member else source.name
    )
    if feedback is None:
        return
    await orders.record(ctx, feedback, NAME)
    who = source.member.address if source.member else source.name
    line = ctx.say(
        "for.done" if source.member else "for.done_by_hand",
        number=feedback.id,
        who=who,
        quote=quote_of(ctx, feedback, 24),
        kind=class_of(ctx, feedback),
    )
    button = ctx.button("for.show", f"show:{feedback.id}")
    await aside(
        ctx,
        Message(text=line, buttons=((button,),), about=f"#{feedback.id}"),
        subject=subject_of(feedback.id),
    )


async def _source(event: Event, words: str, ctx: Context) -> _Source:
    """Read whose words they are: `@name text`, `name text`, or the author of the message replied to."""
    reply = event.reply_to
    if reply is not None and words[:1] not in _AT:
        author = reply.sender
        if reply.by_us or author is None or author.is_bot or not author.external_id:
            raise UserError("for.no_author", example=ctx.label("for.example"))
        text = words or clean(reply.text)
        files = event.attachments if words else reply.attachments
        if not author.is_person:
            return _Source(text, None, author.name, files)
        people = [(author.external_id, author.name, author.username)]
        met = await ctx.uow.members.meet(ctx.chat.platform, people, ctx.now)
        return _Source(text, met[author.external_id], attachments=files)
    said = _NAMED.fullmatch(words)
    name, text = said.groups() if said else ("", "")
    if len(name) > _LONGEST_NAME or not any(character.isalpha() for character in _NUMBER.sub("", name)):
        raise NotUnderstoodError("for.malformed", example=ctx.label("for.example"))
    called = await ctx.uow.members.list_named(ctx.chat.platform, name, 2)  # nobody who hides, nobody who left
    return _Source(text.strip(), called[0] if len(called) == 1 else None, name, event.attachments)
