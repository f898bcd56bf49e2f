"""Discoveries: how one is kept, shown and chosen. Used by `discovery`, `award`, and whatever turns a reply into one."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.base import Context, mention
from handlers.events import Replied
from handlers.honours import credit, give, tell_earned, title_word
from handlers.tags import clean, without_tags
from storage.contributions import Credit
from storage.discoveries import Discovery
from storage.honours import may_be_honoured
from storage.manners import after_quiet
from storage.messages import Message
from storage.records import Attachment, ChatKind, ChatState, Member
from storage.text.quotes import short_quote
from storage.titles import Honour, Title

_QUOTED = 24


async def keep(
    ctx: Context, finder: Member, *, message_id: str, text: str, link: str, attachments: Iterable[Attachment] = ()
) -> Discovery | None:  # fmt: skip
    """Keep what somebody found out in this chat; None if that message was kept before."""
    return await ctx.uow.discoveries.add(
        chat_id=ctx.chat.id, member_id=finder.id, message_id=message_id, text=text, link=link, now=ctx.now,
        attachments=attachments,
    )  # fmt: skip


async def keep_said(ctx: Context, finder: Member, said: Replied) -> Discovery | None:
    """Make a discovery of what somebody said in this chat, whatever tag it bears; return it, kept now or before."""
    await keep(
        ctx,
        finder,
        message_id=said.message_id,
        text=clean(said.text),
        link=said.link,
        attachments=said.attachments,
    )
    return await ctx.uow.discoveries.find_by_message(ctx.chat.id, said.message_id)


def tags(ctx: Context) -> dict[str, str]:
    """Return the tags that mark a discovery, as `handlers.tags` takes them."""
    return {tag.casefold(): "" for tag in ctx.settings.honours.discovery_tags}


def quote_of_discovery(ctx: Context, discovery: Discovery, language: str = "") -> str:
    """Return its first words without the tag; a word for the picture if it has none. `language` as for `quote_of`."""
    return short_quote(without_tags(discovery.text, tags(ctx)), _QUOTED) or ctx.texts.plain(
        language or ctx.language, "feedback.no_words"
    )


async def choose(ctx: Context, discovery: Discovery, finder: Member) -> bool:
    """Choose a discovery: credit, title, word to the finder and to the group; False if somebody was faster."""
    if not await ctx.uow.discoveries.choose(discovery.id, ctx.sender.id, ctx.now):
        return False
    subject = f"discovery:{discovery.id}"
    earned = await credit(ctx, finder, Credit.DISCOVERY, subject, by_id=ctx.sender.id)
    title = await give(ctx, finder, Honour.BEST_FIND, subject=subject, by_id=ctx.sender.id)
    await _tell_finder(ctx, discovery, finder, title)
    if earned is not None:
        await tell_earned(ctx, finder, earned)
    await _tell_group(ctx, discovery, finder)
    return True


async def _tell_finder(ctx: Context, discovery: Discovery, finder: Member, title: Title | None) -> None:
    language = await ctx.language_of(finder)
    words = ctx.texts.text(
        language, "discovery.chosen" if title is None else "discovery.chosen_titled", who=finder.address,
        quote=quote_of_discovery(ctx, discovery, language), by=ctx.sender.address,
        title=title_word(ctx, Honour.BEST_FIND, language),
    )  # fmt: skip
    await ctx.tell(finder, Message(text=words), key=f"discovery:{discovery.id}:chosen")


async def _tell_group(ctx: Context, discovery: Discovery, finder: Member) -> None:
    """Thank the finder under their message; without a name if they would rather not, and not while they want peace."""
    chat = await ctx.uow.chats.get(discovery.chat_id)
    wants_peace = finder.wants_peace(ctx.now)
    if chat.kind is not ChatKind.GROUP or chat.state is not ChatState.SERVED or wants_peace:
        return
    is_named = finder.is_named and may_be_honoured(finder)
    quote = quote_of_discovery(ctx, discovery, chat.language)
    if is_named:
        words = ctx.texts.text(chat.language, "discovery.group", who=mention(finder), quote=quote)
    else:
        words = ctx.texts.text(chat.language, "discovery.group_nameless", quote=quote)
    message = Message(text=words, reply_to=discovery.message_id if is_named else "")
    await ctx.uow.outbox.put(
        chat.id, message, key=f"discovery:{discovery.id}:group", now=ctx.now, subject=f"discovery:{discovery.id}",
        due=after_quiet(ctx.settings.manners, ctx.now, chat.zone), is_unprompted=True,
    )  # fmt: skip
