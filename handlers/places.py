"""Which group staff mean: the one they are in, one they name, or the only one. Used by handlers/admins/."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.base import Context, NotUnderstoodError, UserError
from storage.records import Chat, ChatKind, Platform

ALL = frozenset({"all", "全部", "所有", "所有群", "全部群", "everywhere"})


@dataclass(frozen=True, slots=True)
class Place:
    """The groups that are meant; `is_all` if every group was."""

    chats: tuple[Chat, ...]
    is_all: bool = False

    @property
    def name(self) -> str:
        """Return the name of the first group, for texts about one."""
        return title(self.chats[0])


def title(chat: Chat) -> str:
    """Return what people call a group."""
    return chat.title or chat.external_id


def platform_name(ctx: Context, platform: Platform) -> str:
    """Return what people call a platform."""
    return ctx.label(f"platform.{platform}")


async def find_place(words: str, ctx: Context, *, example: str, may_be_all: bool = True) -> Place:
    """Return the groups that these words name; without words the present one, or in private the only one.

    **Errors**: UserError that lists the groups, with an example.
    """
    wanted = words.strip().strip("「」\"'“”").casefold()
    groups = tuple(chat for chat in await ctx.uow.chats.list_served() if chat.platform is ctx.chat.platform)
    if wanted in ALL and may_be_all and groups:
        return Place(groups, is_all=True)
    if not wanted and ctx.chat.kind is ChatKind.GROUP:
        return Place((ctx.chat,))
    if not groups:
        raise UserError("place.none")
    if not wanted and len(groups) == 1:
        return Place(groups)
    exact = [chat for chat in groups if wanted in (title(chat).casefold(), chat.external_id)]
    found = exact or [chat for chat in groups if wanted and wanted in title(chat).casefold()]
    if len(found) == 1:
        return Place(tuple(found))
    names = ctx.label("place.comma").join(title(chat) for chat in groups)
    shown = f"{example} {title(groups[0])}"
    if not wanted:
        raise NotUnderstoodError("place.which", groups=names, example=shown)
    raise NotUnderstoodError("place.unknown", word=words.strip()[:40], groups=names, example=shown)
