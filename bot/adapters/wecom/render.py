"""Messages become what WeCom shows: pieces of markdown, cards, pictures. Pure; every route sends the same pieces.

In a group there are no buttons: what a message offers is said in words by whoever wrote it, addresses become
links. In private buttons become cards; a text too long for a card, or one that may be rated 👍 👎, goes before
its card as markdown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.adapters.base import Parcel
from bot.adapters.wecom import cards, markdown
from bot.adapters.wecom.parse import RATINGS, button_scope
from bot.seal import seal
from storage.messages import Button, Message
from storage.records import ChatKind

Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a route can carry. **Units**: `limit` bytes of one text."""

    limit: int
    cards: bool
    group_cards: bool = False
    mentions: bool = False
    ratings: bool = False

    def may_show_cards(self, kind: ChatKind) -> bool:
        """Tell whether it can carry something to tap into a chat of this kind."""
        return self.cards and (self.group_cards or kind is ChatKind.PRIVATE)


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to send: markdown (`rating` is the id its 👍 👎 carry), a card, or a picture."""

    text: str = ""
    rating: str = ""
    card: Mapping[str, Any] | None = None
    png: bytes | None = None


def render(parcel: Parcel, shape: Shape, seal_key: bytes, say: Say) -> list[Piece]:
    """Return the pieces of a parcel, in order. **Errors**: CardError if a card cannot be made to fit."""
    message = parcel.message
    offered = [button for row in message.buttons for button in row if button.action]
    has_cards = shape.may_show_cards(parcel.chat_kind)
    text = _words(parcel, shape, say, offered)
    pieces: list[Piece] = []
    if has_cards and message.ballot is not None:
        text = markdown.lines((text, _long_ballot(message)))
        card = cards.ballot(
            message.ballot.question, message.ballot.options[: cards.MOST_OPTIONS], task_id_of(parcel.key),
            say("wecom.vote"), multiple=message.ballot.multiple,
        )  # fmt: skip
        pieces.append(Piece(card=card))
    if has_cards and offered:
        rating = _rating(offered, parcel.chat, seal_key) if shape.ratings else ""
        fits = len(text) <= cards.SUB_TITLE and not rating and not parcel.png and not pieces
        title = message.about or say("wecom.choose")
        dealt = _deal(offered, title, text if fits else "", parcel, seal_key)
        pieces += [Piece(card=card) for card in dealt]
        words = [] if fits else _texts(text, shape.limit, rating)
    else:
        words = _texts(text, shape.limit, "")
    for piece in pieces:
        if piece.card is not None:
            cards.check(piece.card)
    pictures = [Piece(png=parcel.png)] if parcel.png else []
    return [*words, *pictures, *pieces]


def task_id_of(key: str, number: int = 0) -> str:
    """Return the id of a card: the same for the same promise, so that a repeated one is refused as repeated."""
    return f"h{hashlib.blake2b(key.encode(), digest_size=15).hexdigest()}_{number}"


def _texts(text: str, limit: int, rating: str) -> list[Piece]:
    cut = markdown.split(text, limit)
    last = len(cut) - 1
    return [Piece(text=piece, rating=rating if number == last else "") for number, piece in enumerate(cut)]


def _words(parcel: Parcel, shape: Shape, say: Say, offered: list[Button]) -> str:
    message, has_cards = parcel.message, shape.may_show_cards(parcel.chat_kind)
    given = [markdown.write(message.text, mentions=shape.mentions)]
    if message.picture is not None:
        given.append(markdown.escape(message.picture.caption if parcel.png else message.picture.words))
    if message.ballot is not None and not has_cards:
        given.append(_numbered(message, say))
    given += [
        markdown.link(button.label, button.url) for row in message.buttons for button in row if button.url
    ]
    if parcel.chat_kind is ChatKind.GROUP and any(button.start for row in message.buttons for button in row):
        given.append(say("wecom.write_to_me"))
    if offered and not has_cards and parcel.chat_kind is ChatKind.PRIVATE:
        labels = " / ".join(button.label for button in offered)
        given.append(markdown.escape(say("wecom.answer_there", labels=labels)))
    return markdown.lines(given)


def _numbered(message: Message, say: Say) -> str:
    """Return a ballot in words: the only form that every route can carry."""
    ballot = message.ballot
    assert ballot is not None  # noqa: S101 - the caller has looked
    how = say("wecom.how_to_vote_several" if ballot.multiple else "wecom.how_to_vote")
    options = [f"{number}. {markdown.escape(option)}" for number, option in enumerate(ballot.options, 1)]
    return markdown.lines((f"**{markdown.escape(ballot.question)}**", *options, how))


def _long_ballot(message: Message) -> str:
    """Return what a vote card would cut off."""
    ballot = message.ballot
    assert ballot is not None  # noqa: S101 - the caller has looked
    is_whole = len(ballot.question) <= cards.TITLE and all(len(o) <= cards.OPTION for o in ballot.options)
    if is_whole:
        return ""
    options = [f"{number}. {markdown.escape(option)}" for number, option in enumerate(ballot.options, 1)]
    return markdown.lines((markdown.escape(ballot.question), *options))


def _rating(offered: list[Button], chat: str, seal_key: bytes) -> str:
    """Return the id of a message whose 👍 and 👎 mean two of its buttons, empty if none is marked so."""
    actions = {button.opinion: button.action for button in offered if button.opinion}
    if "good" not in actions or "bad" not in actions:
        return ""
    scope = button_scope(chat)
    return RATINGS.join(seal(seal_key, scope, actions[opinion]) for opinion in ("good", "bad"))


def _deal(offered: list[Button], title: str, text: str, parcel: Parcel, seal_key: bytes) -> list[cards.Card]:
    """Return as many cards as the buttons need; the words stand on the first."""
    scope = button_scope(parcel.chat)
    hands = [offered[at : at + cards.MOST_BUTTONS] for at in range(0, len(offered), cards.MOST_BUTTONS)]
    return [
        cards.buttons(
            title, text if number == 0 else "",
            [(button.label, seal(seal_key, scope, button.action)) for button in hand],
            task_id_of(parcel.key, number + 1),
        )
        for number, hand in enumerate(hands)
    ]  # fmt: skip
