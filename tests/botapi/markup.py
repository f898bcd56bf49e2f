"""Telegram's HTML: parse it into text and entities as the real server does, with the real complaints.

**Source**: core.telegram.org/bots/api#html-style, and how TDLib's parser behaves where that page is silent.
"""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

Entity = dict[str, Any]

_KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "span": "spoiler", "tg-spoiler": "spoiler", "tg-emoji": "custom_emoji", "tg-time": "date_time",
    "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
}  # fmt: skip
_NAMED = re.compile(
    r"&(?:(?:lt|gt|amp|quot)(?![a-z0-9]);?|#\d{1,7}(?!\d);?|#[xX][0-9a-fA-F]{1,6}(?![0-9a-fA-F]);?)"
)
_SPACE = " \t\r\n\f\v"
_MENTION_LINK = re.compile(r"tg://user\?id=(\d+)")
_FOUND = (
    ("url", re.compile(r"(?<![\w@])(?:https?://|t\.me/)[^\s<>\"（）“”]+[^\s<>\"（）“”.,!?;:，。！？]")),
    ("mention", re.compile(r"(?<![\w@])@[A-Za-z]\w{3,31}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w#＃])[#＃](?=\d*[^\W\d_])\w{1,256}")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z]\w{2,31})?(?![\w/])")),
)  # fmt: skip
_RANK = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 11,
    "code": 20,
    "text_link": 49,
    "text_mention": 49,
}
_LAST_RANKS = {
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}


class MarkupError(ValueError):
    """The text cannot be parsed; the message is Telegram's, without its "can't parse entities: "."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """Text as a person sees it.

    **Units**: entity offsets and lengths are UTF-16 code units.
    """

    text: str
    entities: list[Entity]


@dataclass(slots=True)
class _Open:
    tag: str
    start: int
    attributes: dict[str, str] = field(default_factory=dict)


def units(text: str) -> int:
    """Return a text's length in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def parse_html(source: str) -> Formatted:
    """Return the text and entities of Telegram's HTML.

    **Errors**: MarkupError with the byte offset where the real server would stop.
    """
    out: list[str] = []
    length = 0
    entities: list[Entity] = []
    stack: list[_Open] = []
    at = 0
    while at < len(source):
        mark = source.find("<", at)
        plain = _decoded(source[at : mark if mark >= 0 else len(source)])
        out.append(plain)
        length += units(plain)
        if mark < 0:
            break
        if source.startswith("</", mark):
            at, opened = _closing(source, mark, stack)
            entities += _entity(opened, length, "".join(out))
        else:
            at, started = _opening(source, mark)
            stack.append(_Open(started.tag, length, started.attributes))
    if stack:
        raise MarkupError(f'Can\'t find end tag corresponding to start tag "{stack[-1].tag}"')
    return Formatted("".join(out), _in_order(entities))


def plain(text: str) -> Formatted:
    """Return a text with only what Telegram finds by itself: links, mentions, hashtags, commands."""
    return Formatted(text, _found(text, []))


def finished(formatted: Formatted) -> Formatted:
    """Return a formatted text as it is stored: trimmed at both ends, with what Telegram finds by itself."""
    text = formatted.text.strip()
    cut = units(formatted.text) - units(formatted.text.lstrip())
    size = units(text)
    kept: list[Entity] = []
    for entity in formatted.entities:
        start = max(0, entity["offset"] - cut)
        end = min(size, entity["offset"] + entity["length"] - cut)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return Formatted(text, _in_order(kept + _found(text, kept)))


def _decoded(text: str) -> str:
    return _NAMED.sub(lambda match: unescape(match[0]), text) if "&" in text else text


def _offset(source: str, at: int) -> int:
    return len(source[:at].encode())


def _opening(source: str, mark: int) -> tuple[int, _Open]:
    at = mark + 1
    while at < len(source) and source[at] not in _SPACE and source[at] != ">":
        at += 1
    if at >= len(source):
        raise MarkupError(f"Unclosed start tag at byte offset {_offset(source, mark)}")
    tag = source[mark + 1 : at].lower()
    if tag not in _KINDS:
        raise MarkupError(f'Unsupported start tag "{tag}" at byte offset {_offset(source, mark)}')
    attributes: dict[str, str] = {}
    while True:
        at = _skipped(source, at)
        if at >= len(source):
            raise MarkupError(f'Unclosed start tag "{tag}" at byte offset {_offset(source, mark)}')
        if source[at] == ">":
            break
        at, name, value = _attribute(source, at, tag, mark)
        attributes[name] = value
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise MarkupError(f'Tag "span" must have class "tg-spoiler" at byte offset {_offset(source, mark)}')
    return at + 1, _Open(tag, 0, attributes)


def _skipped(source: str, at: int) -> int:
    while at < len(source) and source[at] in _SPACE:
        at += 1
    return at


def _attribute(source: str, at: int, tag: str, mark: int) -> tuple[int, str, str]:
    start = at
    while at < len(source) and source[at] not in _SPACE and source[at] not in "=>":
        at += 1
    name = source[start:at].lower()
    if not name:
        raise MarkupError(f'Empty attribute name in the tag "{tag}" at byte offset {_offset(source, mark)}')
    after = _skipped(source, at)
    if not source.startswith("=", after):
        return after, name, ""
    at = _skipped(source, after + 1)
    if at >= len(source):
        raise MarkupError(f'Unclosed start tag "{tag}" at byte offset {_offset(source, mark)}')
    if source[at] in "'\"":
        end = source.find(source[at], at + 1)
        if end < 0:
            raise MarkupError(f"Unclosed start tag at byte offset {_offset(source, mark)}")
        return end + 1, name, _decoded(source[at + 1 : end])
    end = at
    while end < len(source) and (source[end].isalnum() or source[end] in ".-"):
        end += 1
    if end >= len(source) or (source[end] not in _SPACE and source[end] != ">"):
        raise MarkupError(f"Unexpected end of name token at byte offset {_offset(source, at)}")
    return end, name, source[at:end].lower()


def _closing(source: str, mark: int, stack: list[_Open]) -> tuple[int, _Open]:
    if not stack:
        raise MarkupError(f"Unexpected end tag at byte offset {_offset(source, mark)}")
    at = mark + 2
    while at < len(source) and source[at] not in _SPACE and source[at] != ">":
        at += 1
    tag = source[mark + 2 : at].lower()
    at = _skipped(source, at)
    if not source.startswith(">", at):
        raise MarkupError(f"Unclosed end tag at byte offset {_offset(source, mark)}")
    opened = stack.pop()
    if tag and tag != opened.tag:
        found = f'expected "</{opened.tag}>", found "</{tag}>"'
        raise MarkupError(f"Unmatched end tag at byte offset {_offset(source, mark)}, {found}")
    return at + 1, opened


def _entity(opened: _Open, end: int, text: str) -> list[Entity]:
    if end == opened.start:
        return []
    kind = _KINDS[opened.tag]
    entity: Entity = {"type": kind, "offset": opened.start, "length": end - opened.start}
    attributes = opened.attributes
    if kind == "text_link":
        url = attributes.get("href") or text.encode("utf-16-le")[2 * opened.start :].decode("utf-16-le")
        person = _MENTION_LINK.fullmatch(url)
        if person is not None:
            return [{**entity, "type": "text_mention", "user": {"id": int(person[1])}}]
        return [{**entity, "url": url}] if "." in url or "://" in url else []
    if kind == "blockquote" and "expandable" in attributes:
        entity["type"] = "expandable_blockquote"
    if kind == "custom_emoji":
        entity["custom_emoji_id"] = attributes.get("emoji-id", "")
    if kind == "date_time":
        entity |= {
            "unix_time": int(attributes.get("unix", "0")),
            "date_time_format": attributes.get("format", ""),
        }
    return [entity]


def _found(text: str, taken: list[Entity]) -> list[Entity]:
    found: list[Entity] = []
    closed = [
        (entity["offset"], entity["offset"] + entity["length"])
        for entity in taken
        if entity["type"] in ("code", "pre", "text_link", "text_mention")
    ]
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            start = units(text[: match.start()])
            end = start + units(match[0])
            if all(end <= left or start >= right for left, right in closed):
                found.append({"type": kind, "offset": start, "length": end - start})
                closed.append((start, end))
    return found


def _in_order(entities: list[Entity]) -> list[Entity]:
    def rank(entity: Entity) -> tuple[int, int, int]:
        kind = entity["type"]
        return entity["offset"], -entity["length"], _RANK.get(kind, _LAST_RANKS.get(kind, 50))

    return sorted(entities, key=rank)
