"""Renders a neutral Message into what Telegram takes: HTML, keyboards, parts of the right length. Pure.

A text that is too long for one message becomes several, cut at paragraphs and never inside a tag; the
buttons stand under the last, the reply is the first. An edit cannot become several: it is cut short with `…`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.adapters.telegram.people import button_scope, clean, link_scope
from bot.seal import seal
from storage.messages import Button, Link, Mention, Message, Part, Quote, Strong, Text

TEXT_LIMIT = 4096  # UTF-16 units after parsing; Source: Bot API, sendMessage
CAPTION_LIMIT = 1024  # the same; Source: Bot API, sendPhoto
QUESTION_LIMIT = 300  # Source: Bot API, sendPoll
OPTION_LIMIT = 100  # Source: Bot API, InputPollOption
_ELLIPSIS = "…"
_HEARD_AS_MENTION = re.compile(r"(?<![A-Za-z0-9_])@(?=[A-Za-z0-9_])")
_BREAKS = ("\n\n", "\n", "。", "！", "？", ". ", "; ", "；", "，", " ")
_OPENABLE = ("https://", "http://", "tg://")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MARKS = "「」"
_LONGEST_WITHIN_A_SENTENCE = 80
_WORD_JOINER = "\u2060"


@dataclass(frozen=True, slots=True)
class Key:
    """One button of a keyboard: what comes back when it is pressed, or the address it opens."""

    label: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One message's words: as HTML, and as plain text for when Telegram cannot parse the HTML."""

    html: str
    plain: str


@dataclass(frozen=True, slots=True)
class Question:
    """A native poll."""

    question: str
    options: tuple[str, ...]
    multiple: bool


@dataclass(frozen=True, slots=True)
class Rendered:
    """A Message as Telegram takes it. **Shape**: the keys stand under the last of `pieces`."""

    pieces: tuple[Piece, ...]
    keys: tuple[tuple[Key, ...], ...]
    question: Question | None = None
    is_photo: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a Message goes: the chat its buttons are sealed for, and the bot its links open."""

    chat: str
    bot_username: str
    seal_key: bytes
    is_private: bool


def render(message: Message, place: Place, *, is_photo: bool = False, is_edit: bool = False) -> Rendered:
    """Render a Message. **Errors**: ValueError if a button's action does not fit its seal."""
    text = message.text
    if message.picture is not None and not is_photo:  # it could not be drawn: what it shows is said
        text = (*text, "\n", message.picture.words)
    elif not text and message.picture is not None:
        text = (message.picture.caption or message.picture.title,)
    pieces = _cut_short(text, is_photo=is_photo) if is_edit else _pieces(text, is_photo=is_photo)
    question = None
    if message.ballot is not None:
        options = tuple(shortened(option, OPTION_LIMIT) for option in message.ballot.options)
        question = Question(
            shortened(message.ballot.question, QUESTION_LIMIT), options, message.ballot.multiple
        )
    return Rendered(pieces, _keys(message, place), question, is_photo)


def shortened(text: str, limit: int) -> str:
    """Return a text of at most `limit` UTF-16 units, cut with `…` where it is longer."""
    text = _words(text)
    return text if units(text) <= limit else _fitting(text, limit - 1) + _ELLIPSIS


def units(text: str) -> int:
    """Count UTF-16 code units, which no reading of Telegram's limits counts fewer than."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def defused(text: str) -> str:
    """Return a text in which no `@name` notifies anybody."""
    return _HEARD_AS_MENTION.sub(f"@{_WORD_JOINER}", text) if "@" in text else text


def split(text: Text, limit: int, first_limit: int | None = None) -> list[Text]:
    """Split a Text into several of at most `limit` units each, at paragraphs where there are any."""
    chunks: list[list[Part]] = [[]]
    room = first_limit or limit
    for part in text:
        for piece in _breakable(part, room, limit):
            size = units(_shown(piece))
            if size > room and chunks[-1]:
                chunks.append([])
                room = limit
            chunks[-1].append(piece)
            room -= size
            if room <= 0:
                chunks.append([])
                room = limit
    return [tuple(chunk) for chunk in chunks if _said(tuple(chunk)).strip()]


def _breakable(part: Part, room: int, limit: int) -> Iterator[Part]:
    """Yield a part in stretches: the first fits the room, the others a whole message."""
    if isinstance(part, Mention | Link):
        yield part
        return
    rest, wrap = (part, None) if isinstance(part, str) else (part.text, type(part))
    rest = defused(_words(rest))
    if isinstance(part, Quote):
        room, limit = room - len(_MARKS), limit - len(_MARKS)
    while units(rest) > room:
        head = _cut(rest, room)
        if not head:
            room = limit
            continue
        yield wrap(head) if wrap else head
        rest, room = rest[len(head) :].lstrip("\n "), limit
    if rest:
        yield wrap(rest) if wrap else rest


def _cut(text: str, room: int) -> str:
    """Return the longest good beginning of a text: up to a paragraph, a line, a sentence, a word."""
    if room <= 0:
        return ""
    head = _fitting(text, room)
    for mark in _BREAKS:
        at = head.rfind(mark)
        if at >= len(head) // 2:
            return head[: at + len(mark)]
    return head


def _fitting(text: str, limit: int) -> str:
    return text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", errors="ignore")


def _pieces(text: Text, *, is_photo: bool) -> tuple[Piece, ...]:
    chunks = split(text, TEXT_LIMIT, CAPTION_LIMIT if is_photo else None)
    return tuple(_piece(chunk) for chunk in chunks)


def _cut_short(text: Text, *, is_photo: bool) -> tuple[Piece, ...]:
    limit = CAPTION_LIMIT if is_photo else TEXT_LIMIT
    if units(_said(text)) <= limit:
        return (_piece(text),)
    return tuple(_piece((*first, _ELLIPSIS)) for first in split(text, limit - 1)[:1])


def _piece(text: Text) -> Piece:
    marked = "".join(_marked(part) for part in text)
    return Piece(marked.strip(), _said(text).strip())


def _said(text: Text) -> str:
    return "".join(_shown(part) for part in text)


def _shown(part: Part) -> str:
    """Return what people see of a part, which is what Telegram's limits count."""
    if isinstance(part, str):
        return defused(_words(part))
    words = defused(_words(part.name if isinstance(part, Mention) else part.text))
    return f"{_MARKS[0]}{words}{_MARKS[1]}" if isinstance(part, Quote) and not _is_block(part) else words


def _is_block(quote: Quote) -> bool:
    """Tell whether a quote stands apart in its own lines rather than within a sentence."""
    return "\n" in quote.text or len(quote.text) > _LONGEST_WITHIN_A_SENTENCE


def _marked(part: Part) -> str:
    words = html.escape(_shown(part), quote=False)
    if isinstance(part, str) or not words:
        return words
    if isinstance(part, Strong):
        return f"<b>{words}</b>"
    if isinstance(part, Quote):
        return f"<blockquote>{words}</blockquote>" if _is_block(part) else words
    url = f"tg://user?id={part.external_id}" if isinstance(part, Mention) else part.url
    if not url.startswith(_OPENABLE):
        return words
    return f'<a href="{html.escape(url)}">{words}</a>'


def _words(text: str) -> str:
    """Return a text that Telegram accepts as UTF-8 and no database chokes on: no control characters."""
    return _CONTROL.sub("", clean(text)).encode("utf-8", "replace").decode()


def _keys(message: Message, place: Place) -> tuple[tuple[Key, ...], ...]:
    whom = _meant(message, place)
    rows = [tuple(key for button in row if (key := _key(button, place, whom))) for row in message.buttons]
    return tuple(row for row in rows if row)


def _meant(message: Message, place: Place) -> str:
    """Return the member that deep links are for: the only one named, or who the private chat is with."""
    if place.is_private:
        return place.chat
    named = {part.external_id for part in message.text if isinstance(part, Mention)}
    return named.pop() if len(named) == 1 else ""


def _key(button: Button, place: Place, whom: str) -> Key | None:
    label = _words(button.label).strip() or _ELLIPSIS
    if button.action:
        return Key(label, data=seal(place.seal_key, button_scope(place.chat), button.action))
    if button.start:
        payload = seal(place.seal_key, link_scope(whom), button.start)
        return Key(label, url=f"https://t.me/{place.bot_username}?start={payload}")
    return Key(label, url=button.url) if button.url.startswith(_OPENABLE) else None
