"""Intent `staff`: who is KOS or admin. Writes: staff, audit, outbox.

What is said here wins over the config; somebody always stays admin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.asides import aside
from handlers.base import Context, NotUnderstoodError, Settings, UserError
from handlers.events import Event, Sender, called
from handlers.places import platform_name
from handlers.statuses import ROLE_WORDS
from storage.messages import Message, Part, Strong
from storage.records import ADMINS, STAFF, Member, Platform, Role
from storage.staff import CHAT, CONFIG, Grant

NAME = "staff"
ROLES = ADMINS
COMMANDS: tuple[str, ...] = ("staff", "人员")
EXAMPLE = "/staff add @li kos 李哥"

_VERBS = {
    "list": "list", "列表": "list", "add": "add", "添加": "add", "加": "add", "remove": "remove", "移除": "remove",
    "删除": "remove",
}  # fmt: skip
_WORDS = {"kos": Role.KOS, "koe": Role.KOS, "admin": Role.ADMIN, "管理员": Role.ADMIN, "客服": Role.KOS}
_ID = re.compile(r"\d{1,20}", re.ASCII)
_LONGEST = 30  # characters of a salutation


@dataclass(frozen=True, slots=True)
class Order:
    """What to do, to whom (as written; "" is who was replied to), with which role and salutation."""

    verb: str
    whom: str = ""
    role: Role | None = None
    salutation: str = ""


def match(event: Event, settings: Settings) -> Order | None:
    """Return the order, None if it is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is None:
        return None
    words = rest.split()
    if not words:
        return Order("add" if event.reply_to and not event.reply_to.by_us else "list")
    verb = _VERBS.get(words[0].casefold(), "")
    if verb:
        del words[0]
    elif event.reply_to is not None and words[0].casefold() in _WORDS:
        verb = "add"  # a reply with the role alone
    place = next((index for index, word in enumerate(words) if word.casefold() in _WORDS), None)
    if place is None:
        return Order(verb, " ".join(words))
    role = _WORDS[words[place].casefold()]
    return Order(verb, " ".join(words[:place]), role, " ".join(words[place + 1 :]))


async def handle(event: Event, argument: Order, ctx: Context) -> None:
    """List, or change one person's role."""
    if argument.verb == "list":
        await aside(ctx, await _listed(ctx))
    elif argument.verb == "add":
        await _add(event, argument, ctx)
    elif argument.verb == "remove":
        await _remove(event, argument, ctx)
    else:
        raise NotUnderstoodError("staff.how", example=ctx.label(f"{NAME}.example"))


async def _listed(ctx: Context) -> Message:
    words: list[Part] = list(ctx.say("staff.head"))
    seen: set[tuple[Platform, str]] = set()
    for grant in await ctx.uow.staff.list_grants():
        who = (grant.platform, grant.external_id)
        if who in seen:
            continue
        seen.add(who)
        if grant.role not in STAFF and grant.source == CHAT:
            source = ctx.label("staff.removed_here")
        else:
            source = ctx.label("staff.from_config" if grant.source == CONFIG else "staff.from_chat")
        said = (
            grant.salutation,
            ctx.label(ROLE_WORDS[grant.role]),
            f"{platform_name(ctx, grant.platform)} {grant.external_id}",
            source,
        )
        words += [
            "\n",
            Strong(grant.name or grant.external_id),
            "".join(f" · {part}" for part in said if part),
        ]
    return Message(text=tuple(words))


async def _add(event: Event, order: Order, ctx: Context) -> None:
    """Give somebody a role, and let them know."""
    if order.role is None:
        raise NotUnderstoodError("staff.no_role", example=ctx.label(f"{NAME}.example"))
    if len(order.salutation) > _LONGEST:
        raise UserError("staff.long_salutation", most=_LONGEST)
    external_id, name = await _whom(event, order, ctx)
    if order.role is not Role.ADMIN:
        await _check_not_last(external_id, ctx)
    grant = Grant(ctx.chat.platform, external_id, CHAT, order.role, name, order.salutation)
    await ctx.uow.staff.grant(grant, ctx.now)
    await _record(event, "staff.add", external_id, f"{order.role} {order.salutation}".strip(), ctx)
    role = ctx.label(ROLE_WORDS[order.role])
    await ctx.reply(ctx.say("staff.added", name=name or external_id, role=role))
    member = await ctx.uow.members.find(ctx.chat.platform, external_id)
    if member is not None and member.id != ctx.sender.id:
        await _tell(event, member, order.role, ctx)


async def _tell(event: Event, member: Member, role: Role, ctx: Context) -> None:
    language = await ctx.language_of(member)
    text = ctx.texts.text(
        language,
        "staff.you_are",
        role=ctx.texts.plain(language, ROLE_WORDS[role]),
        community=ctx.settings.community,
    )
    await ctx.tell(member, Message(text=text), key=f"staff:{event.platform}:{event.update_id}")


async def _remove(event: Event, order: Order, ctx: Context) -> None:
    """Take somebody's role away, never the last admin's."""
    external_id, name = await _whom(event, order, ctx)
    grant = next((g for g in await _in_force(ctx) if g.external_id == external_id), None)
    if grant is None or grant.role not in STAFF:
        raise UserError("staff.is_none", name=name or external_id)
    await _check_not_last(external_id, ctx)
    await ctx.uow.staff.grant(
        Grant(grant.platform, external_id, CHAT, Role.MEMBER, grant.name or name), ctx.now
    )
    await _record(event, "staff.remove", external_id, str(grant.role), ctx)
    await ctx.reply(ctx.say("staff.removed", name=grant.name or name or external_id))


async def _in_force(ctx: Context) -> list[Grant]:
    """Return the grant in force of each person on this platform."""
    found: dict[str, Grant] = {}
    for grant in await ctx.uow.staff.list_grants():
        if grant.platform is ctx.chat.platform:
            found.setdefault(grant.external_id, grant)
    return list(found.values())


async def _check_not_last(external_id: str, ctx: Context) -> None:
    """Keep one admin. **Errors**: UserError."""
    admins = {grant.external_id for grant in await _in_force(ctx) if grant.role is Role.ADMIN}
    if admins == {external_id}:
        raise UserError("staff.last_admin")


async def _whom(event: Event, order: Order, ctx: Context) -> tuple[str, str]:
    """Return the platform id and name of who is meant. **Errors**: UserError."""
    if not order.whom:
        replied = event.reply_to.sender if event.reply_to and not event.reply_to.by_us else None
        if replied is None:
            raise NotUnderstoodError("staff.whom", example=ctx.label(f"{NAME}.example"))
        return _person(replied)
    member = await ctx.uow.members.find_named(ctx.chat.platform, order.whom)
    if member is None:
        member = await ctx.uow.members.find(ctx.chat.platform, order.whom)
    if member is not None:
        return member.external_id, member.name
    named = [
        grant
        for grant in await _in_force(ctx)
        if order.whom.removeprefix("@") in (grant.name, grant.external_id)
    ]
    if len(named) == 1:
        return named[0].external_id, named[0].name
    if _ID.fullmatch(order.whom):
        return order.whom, ""
    raise NotUnderstoodError("staff.unknown", whom=order.whom[:40], example=ctx.label(f"{NAME}.example"))


def _person(sender: Sender) -> tuple[str, str]:
    if sender.is_bot or not sender.is_person:
        raise UserError("staff.not_a_person")
    return sender.external_id, sender.name


async def _record(event: Event, action: str, external_id: str, detail: str, ctx: Context) -> None:
    subject = f"member:{event.platform}:{external_id}"
    await ctx.uow.audit.add(action, by_id=ctx.sender.id, now=ctx.now, subject=subject, detail=detail)
