"""Intent `who`, 成员: what is known of one member, for staff. Writes: outbox."""

from __future__ import annotations

from handlers.asides import aside
from handlers.base import Context, Settings
from handlers.events import Event, called
from handlers.quotes import quote_of
from handlers.statuses import status_word
from handlers.whom import find_person
from storage.messages import Button, Message, Part, Strong
from storage.records import STAFF, Member

NAME = "who"
ROLES = STAFF
COMMANDS: tuple[str, ...] = ("who", "成员")
EXAMPLE = "/who 张哥"

_LATEST = 5
_QUOTED = 20
_ACROSS = 5


def match(event: Event, settings: Settings) -> str | None:
    """Return whom is meant, as it was written, or None if the event is something else. Pure."""
    del settings
    return called(event, COMMANDS)


async def handle(event: Event, argument: str, ctx: Context) -> None:
    """Show the member's card to who asked, and to nobody else."""
    del event
    member, _ = await find_person(ctx, argument, example=ctx.label(f"{NAME}.example"))
    await aside(ctx, await _card(ctx, member))


async def _card(ctx: Context, member: Member) -> Message:
    home = await ctx.uow.chats.get(member.home_chat_id) if member.home_chat_id else None
    since = await ctx.uow.members.first_seen(member.id)
    parts: list[Part] = [
        Strong(member.name or member.address),
        f" @{member.username}" if member.username else "",
        "\n",
        *ctx.say(
            "who.since", day=ctx.texts.day(ctx.language, since.astimezone(ctx.chat.zone).date()),
            year=since.astimezone(ctx.chat.zone).year,
        ),
    ]  # fmt: skip
    lines = [
        ctx.label("who.salutation", word=member.salutation) if member.salutation else "",
        ctx.label("who.city", city=member.city) if member.city else "",
        ctx.label("who.home", group=home.title) if home else "",
        ctx.label("who.staff") if member.role in STAFF else "",
        ctx.label("who.unreachable") if member.reachable is False else "",
        ctx.label("who.nameless") if not member.is_named else "",
    ]
    if member.snoozed_until is not None and member.snoozed_until > ctx.now:
        until = ctx.texts.moment(ctx.language, member.snoozed_until, ctx.chat.zone)
        lines.append(ctx.label("who.snoozed", moment=until))
    tags = await ctx.uow.member_tags.list_of(member.id)
    lines.append(
        ctx.label("who.tags", tags=ctx.label("order.comma").join(tags)) if tags else ctx.label("who.no_tags")
    )
    parts += [f"\n{line}" for line in lines if line]
    row = await _voices(ctx, member, parts)
    follows = await ctx.uow.members.list_follows(member.id, _LATEST)
    if follows:
        listed = ctx.label("order.comma").join(f"#{number}" for number in follows)
        parts += ["\n", *ctx.say("who.follows", listed=listed)]
    return Message(text=tuple(parts), buttons=(tuple(row),) if row else ())


async def _voices(ctx: Context, member: Member, parts: list[Part]) -> list[Button]:
    """Add what they said under their own name, newest first; return the buttons that show each."""
    total = await ctx.uow.feedback.count_of(member.id)
    if not total:
        parts += ["\n", *ctx.say("who.silent")]
        return []
    parts += ["\n", *ctx.say("who.said", count=total)]
    row: list[Button] = []
    for feedback in await ctx.uow.feedback.list_of(member.id, limit=_LATEST):
        quote = quote_of(ctx, feedback, _QUOTED)
        parts += [
            "\n",
            *ctx.say("who.line", number=feedback.id, status=status_word(ctx, feedback.status), quote=quote),
        ]
        row.append(Button(f"#{feedback.id}", action=f"show:{feedback.id}"))
    return row[:_ACROSS]
