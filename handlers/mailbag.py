"""Letters to aliases: what became of each is kept for all alike, encrypted; what waits goes out when somebody returns.

A row that said who could not be reached would say, beside the members who cannot be, who an alias is. Used by the
postman, by whoever covers anew, and by the handlers of those who come back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from handlers.base import Context
from handlers.hidden import WHISPER, WORN, dressed, lead_to, whisper
from handlers.references import number_of
from handlers.veil import Veil
from locales.catalog import Catalog
from storage.letters import PLAIN, Letter
from storage.messages import Button, Message, decode, encode, fold, is_foldable
from storage.promises import Delivery
from storage.veils import Way

WAITS = "waits"  # the person could not be reached
LOST = "lost"  # the platform took it for another reason not
_SENT = "sent:"  # and the platform's number of it, by which a reply finds its thread
_FATE_BYTES = 120  # of every fate, so that their covers have one length
_MOST_FOLDED = 9
_BLANKS = frozenset({encode(Message()), encode(Message(text=("…",)))})
"""What is kept of words that nobody is to read again."""


def sent(message_id: str) -> str:
    """Return the fate of a letter that arrived; a number too long to look like any other is left out. Pure."""
    fate = _SENT + message_id
    return fate if len(fate.encode()) <= _FATE_BYTES else _SENT


def cover(veil: Veil, alias_id: int, fate: str) -> str:
    """Encrypt what became of a letter: for that alias alone, and as long as for any other."""
    return veil.cover(fate + " " * (_FATE_BYTES - len(fate.encode())), _scope_of_fate(alias_id))


def fate_of(veil: Veil, alias_id: int, covered: str) -> str:
    """Return what became of a letter, "" if no key opens it."""
    if covered.startswith(PLAIN):
        return covered.removeprefix(PLAIN)
    return (veil.uncover(covered, _scope_of_fate(alias_id)) or "").rstrip(" ")


def _scope_of_fate(alias_id: int) -> str:
    return f"fate:{alias_id}"


def written(veil: Veil, alias_id: int, ids: Iterable[int], fate: str) -> tuple[Letter, ...]:
    """Return what is to be kept of promises to an alias that fared alike."""
    return tuple(Letter(each, cover(veil, alias_id, fate)) for each in ids)


async def replied(ctx: Context, message_id: str) -> int | None:
    """Return to which of the sender's aliases a message of ours went, None if to none."""
    marks = ctx.veil.marks(f"letter:{ctx.chat.platform}:{ctx.event.chat}:{message_id}")
    found = await ctx.uow.letters.find_member(marks)
    if found is not None:
        return found
    for way in await lead_to(ctx):
        for letter in await ctx.uow.letters.list_of(way.member_id):
            if message_id and fate_of(ctx.veil, way.member_id, letter.covered) == sent(message_id):
                return way.member_id
    return None


def dressed_letter(message: Message, way: Way, subject: str, texts: Catalog) -> Message:
    """Return a message whose buttons act for the alias it goes to, with one to write back."""
    rows = list(dressed(message.buttons, way.member_id))
    number = number_of(subject)
    if number is not None:
        label = texts.plain(way.language, "private.write_back")
        rows.append((Button(label, action=f"{WORN}:{way.member_id}:answer:{number}"),))
    return msgspec.structs.replace(message, buttons=tuple(rows), reply_to="")


async def release(ctx: Context) -> None:
    """Send what waited for the aliases of a person who can be reached again, in the order in which it was posted.

    It goes to the person in whispers: nothing that is kept says that an alias heard of something just now.
    """
    if not ctx.veil.is_up:
        return
    for way in await lead_to(ctx):
        for some in _folded(await _list_waiting(ctx, way)):
            message = fold(tuple(decode(each.content) for each in some))
            letter = dressed_letter(message, way, some[0].subject, ctx.texts)
            key = await whisper(ctx, letter, alias_id=way.member_id, letters=[each.id for each in some])
            await ctx.uow.letters.settle(written(ctx.veil, way.member_id, [each.id for each in some], key))


async def _list_waiting(ctx: Context, way: Way) -> list[Delivery]:
    """List the letters to an alias that wait: those that met nobody, and those lost on their way since."""
    posted = await ctx.uow.letters.list_posted(way.member_id)
    fates = {each.delivery.id: fate_of(ctx.veil, way.member_id, each.covered) for each in posted}
    whispers = {fate for fate in fates.values() if fate.startswith(WHISPER)}
    gone = whispers - await ctx.uow.letters.list_promised(whispers) if whispers else whispers
    waiting = [each.delivery for each in posted if fates[each.delivery.id] in {WAITS, *gone}]
    keys = {each.key for each in waiting}
    return [each for each in waiting if each.content not in _BLANKS and not _is_said_by(each, keys)]


def _is_said_by(delivery: Delivery, keys: Iterable[str]) -> bool:
    """Tell whether a letter only reminds of another that waits as well."""
    about, _, what = delivery.key.rpartition(":")
    return what == "reminder" and any(key.startswith(f"{about}:member:") for key in keys)


def _folded(waiting: Iterable[Delivery]) -> Iterator[list[Delivery]]:
    """Yield letters that may share a message together, as the relay folds what it holds; in their order."""
    some: list[Delivery] = []
    for each in waiting:
        may = each.is_held and is_foldable(decode(each.content))
        if some and not (may and some[-1].is_held and is_foldable(decode(some[-1].content))):
            yield some
            some = []
        some.append(each)
        if len(some) == _MOST_FOLDED:
            yield some
            some = []
    if some:
        yield some
