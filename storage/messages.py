"""Neutral content to send: what handlers and rituals write and adapters render.

A Text is a tuple of parts. Plain strings are always escaped by the adapter, so nothing a member
typed can become markup; emphasis, quotes, links and mentions are parts of their own.
"""

from __future__ import annotations

import re
from typing import TypeAlias

import msgspec

_LATIN = re.compile(r"[^\u2e80-\uffef]*")


class Mention(msgspec.Struct, frozen=True, tag="mention"):
    """A person named so that their platform notifies them."""

    external_id: str
    name: str


class Strong(msgspec.Struct, frozen=True, tag="strong"):
    """Emphasis."""

    text: str


class Quote(msgspec.Struct, frozen=True, tag="quote"):
    """Somebody's own words, set apart."""

    text: str


class Link(msgspec.Struct, frozen=True, tag="link"):
    """Words that open an address."""

    text: str
    url: str


Part: TypeAlias = str | Mention | Strong | Quote | Link
Text: TypeAlias = tuple[Part, ...]


class Button(msgspec.Struct, frozen=True):
    """One thing to tap.

    Exactly one of three is set: `action` comes back to us as a press (`intent:argument…`, at most 48
    bytes, sealed by the adapter against its chat), `start` opens the private chat with a sealed
    payload, `url` opens an address. `opinion` ("good" or "bad") marks what a platform's own 👍 or 👎 on
    the message says as well.
    """

    label: str
    action: str = ""
    start: str = ""
    url: str = ""
    opinion: str = ""


class Picture(msgspec.Struct, frozen=True):
    """A chart to draw, by the name of its template ("poll", "bars", "line"); rows are label and value."""

    template: str
    title: str
    rows: tuple[tuple[str, int], ...] = ()
    caption: str = ""

    @property
    def words(self) -> str:
        """Return what it shows in words, with the stops of its language."""
        comma, colon = (", ", ": ") if _LATIN.fullmatch(self.title) else ("，", "：")
        rows = comma.join(f"{label} {value}" for label, value in self.rows)
        return f"{self.title}{colon}{rows}" if rows else self.title


class Ballot(msgspec.Struct, frozen=True):
    """A question with options, sent as the platform's native poll."""

    question: str
    options: tuple[str, ...]
    multiple: bool = False


class Document(msgspec.Struct, frozen=True):
    """A file of text, where the platform can send one.

    With `export` it holds no text yet: what that names ("feedback", "topics", "insights") is written into it, and
    into the data folder, when it is sent.
    """

    name: str
    text: str = ""
    export: str = ""


class Message(msgspec.Struct, frozen=True):
    """One message to one chat.

    `reply_to` is a platform message id in that chat. `about` is a short label ("#128") that keeps
    button rows apart when several held messages are folded into one.
    """

    text: Text = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    picture: Picture | None = None
    ballot: Ballot | None = None
    reply_to: str = ""
    about: str = ""
    document: Document | None = None


def plain(text: Text) -> str:
    """Return the words of a Text without any emphasis."""
    return "".join(
        part
        if isinstance(part, str)
        else part.name
        if isinstance(part, Mention)
        else f"「{part.text}」"
        if isinstance(part, Quote)
        else part.text
        for part in text
    )


def fold(messages: tuple[Message, ...]) -> Message:
    """Fold several held messages into one, each with its own button rows named by `about`."""
    if len(messages) == 1:
        return messages[0]
    parts: list[Part] = []
    rows: list[tuple[Button, ...]] = []
    for message in messages:
        if parts:
            parts.append("\n\n")
        parts.extend(message.text)
        rows.extend(tuple(_named(button, message.about) for button in row) for row in message.buttons)
    return Message(text=tuple(parts), buttons=tuple(rows))


def _named(button: Button, about: str) -> Button:
    return msgspec.structs.replace(button, label=f"{about} {button.label}") if about else button


def is_foldable(message: Message) -> bool:
    """Tell whether a message may share one bubble with others (words and buttons only)."""
    return (
        message.picture is None
        and message.ballot is None
        and message.document is None
        and not message.reply_to
    )


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Message)


def encode(message: Message) -> str:
    """Write a Message as JSON for the outbox."""
    return _ENCODER.encode(message).decode()


def decode(raw: str) -> Message:
    """Read a Message back from the outbox."""
    return _DECODER.decode(raw)
