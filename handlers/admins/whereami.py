"""Intent `whereami`: which chat this is, who asks, and what to put into the config. Writes: outbox.

Open to everybody where nothing is set up yet, since that is how the first admin learns their number.
"""

from __future__ import annotations

import json
from datetime import timedelta

from handlers.base import Context, NotAllowedError, Settings
from handlers.events import Event, called
from handlers.places import platform_name, title
from handlers.statuses import ROLE_WORDS
from storage.messages import Part, Strong
from storage.records import ADMINS, EVERYBODY, ChatState, Role

NAME = "whereami"
ROLES = EVERYBODY
LISTED_FOR = ADMINS
COMMANDS: tuple[str, ...] = ("whereami", "我在哪")
EXAMPLE = "/whereami"
SERVES_STRANGERS = True

_SAY_AGAIN_AFTER = timedelta(minutes=1)


def match(event: Event, settings: Settings) -> str | None:
    """Return what follows the command, None if it is something else. Pure."""
    del settings
    return called(event, COMMANDS)


async def handle(event: Event, argument: str, ctx: Context) -> None:
    """Name the chat and the sender, and give the lines of the config that are missing."""
    del argument
    role = ctx.sender.role
    if role is Role.MEMBER:
        if not event.is_private and ctx.chat.state is ChatState.SERVED:
            raise NotAllowedError
        here = f"{NAME}:{ctx.chat.id}"
        if not await ctx.uow.expectations.caution(ctx.sender.id, here, ctx.now, ctx.now + _SAY_AGAIN_AFTER):
            return
    words: list[Part] = []
    if not event.is_private:
        state = ctx.label("whereami.served" if ctx.chat.state is ChatState.SERVED else "whereami.not_served")
        words += ctx.say(
            "whereami.group", group=title(ctx.chat), id=Strong(ctx.chat.external_id),
            platform=platform_name(ctx, event.platform), state=state,
        )  # fmt: skip
        words.append("\n")
    words += ctx.say(
        "whereami.you",
        id=Strong(ctx.sender.external_id),
        role=ctx.label(ROLE_WORDS[role]),
        platform=platform_name(ctx, event.platform),
    )
    if not event.is_private and ctx.chat.state is not ChatState.SERVED:
        lines = _lines("chats", event.platform, ctx.chat.external_id, {"name": title(ctx.chat)})
        words += ["\n", *ctx.say("whereami.add"), "\n", lines]
    elif role is Role.MEMBER and not await _has_admin(ctx):
        lines = _lines(
            "staff", event.platform, ctx.sender.external_id, {"role": "admin", "name": ctx.sender.name}
        )
        words += ["\n", *ctx.say("whereami.add"), "\n", lines]
    await ctx.reply(tuple(words))


async def _has_admin(ctx: Context) -> bool:
    """Tell whether somebody is admin here already, who can add others."""
    grants = await ctx.uow.staff.list_grants()
    return any(grant.role is Role.ADMIN and grant.platform is ctx.chat.platform for grant in grants)


def _lines(table: str, platform: str, external_id: str, rest: dict[str, str]) -> str:
    """Return a table of the config, ready to be pasted."""
    number = (
        external_id if external_id.lstrip("-").isdecimal() else json.dumps(external_id, ensure_ascii=False)
    )
    pairs = {"platform": f'"{platform}"', "id": number}
    pairs |= {key: json.dumps(value, ensure_ascii=False) for key, value in rest.items()}
    return "\n".join([f"[[{table}]]", *(f"{key} = {value}" for key, value in pairs.items())])
