"""What is in a batch of Updates: where it comes from, what of it is new. Used by the dispatcher."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.adapters.base import Taken
from handlers.events import Event, Sender


def places(batch: Sequence[Taken]) -> tuple[list[str], set[str], set[str]]:
    """Return the ids of a batch, of the chats it comes from, and of the people whose Events are in it."""
    contents = [taken.content for taken in batch if taken.content is not None]
    chats = {content.chat for content in contents} - {""}
    senders = [content.sender for content in contents if isinstance(content, Event)]
    people = {sender.external_id for sender in senders if is_met(sender)}
    return [taken.update_id for taken in batch], chats, people


def is_met(sender: Sender) -> bool:
    """Tell whether a sender is somebody to remember: a person."""
    return sender.is_person and not sender.is_bot


def fresh(batch: Sequence[Taken], new: set[str]) -> Iterable[Taken]:
    """Yield each Update that was not seen before, once, in order."""
    left = set(new)
    for taken in batch:
        if taken.update_id in left:
            left.remove(taken.update_id)
            yield taken


def set_aside(taken: Taken, error: Exception) -> Taken:
    """Return an Update as one that could not be read; of what came in private, nothing but that it did."""
    is_private = isinstance(taken.content, Event) and taken.content.is_private
    return Taken(
        taken.update_id,
        raw=taken.raw or ("in private" if is_private else repr(taken.content)),
        error=f"{type(error).__name__} while taking it in",
    )
