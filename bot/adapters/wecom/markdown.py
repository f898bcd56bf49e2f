"""Texts become WeCom's markdown, cut by bytes on the borders of paragraphs. Pure; used by `render`.

Member text is defused with full-width signs, not with backslashes: which of its clients understand those is
not documented, and a wide star reads well in all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from storage.messages import Link, Mention, Part, Quote, Strong, Text

_WIDE = str.maketrans({"*": "＊", "`": "｀", "<": "＜"})
_UNDERSCORE = re.compile(
    r"(?<![^\W_])_|_(?![^\W_])"
)  # inside a word (snake_case, an address) it marks nothing
_LEADING = re.compile(r"^([ \t]*)([#>|]+)(?=[ \t#>|]|$)", re.MULTILINE)
_QUOTING = re.compile(r"^([ \t]*)>", re.MULTILINE)
_LINKING = re.compile(r"\](?=[(\[])")
_STRIKING = re.compile(r"~~")
_WIDE_SIGNS = {"#": "＃", ">": "＞", "|": "｜"}
_BORDERS = ("\n\n", "\n", "。", "！", "？", ". ", "，", " ")


def escape(text: str) -> str:
    """Return words that no client takes for markup, nor for a mention."""
    text = _UNDERSCORE.sub("＿", text.translate(_WIDE))
    text = _LEADING.sub(lambda found: found[1] + "".join(_WIDE_SIGNS[sign] for sign in found[2]), text)
    text = _QUOTING.sub(r"\1＞", text)
    return _STRIKING.sub("～～", _LINKING.sub("］", text))


def write(text: Text, *, mentions: bool) -> str:
    """Return a Text as markdown; with `mentions` people are named so that it notifies them.

    **Source**: `<@userid>` notifies in webhook messages only, reports say.
    """
    return "".join(_part(part, mentions=mentions) for part in text)


def _part(part: Part, *, mentions: bool) -> str:
    match part:
        case Mention():
            return f"<@{part.external_id}>" if mentions else f"@{escape(part.name)}"
        case Strong():
            return f"**{escape(part.text).strip()}**" if part.text.strip() else part.text
        case Quote():
            return f"「{escape(part.text)}」"
        case Link():
            return link(part.text, part.url)
        case _:
            return escape(part)


def link(words: str, url: str) -> str:
    """Return words that open an address."""
    safe = url.replace(" ", "%20").replace("(", "%28").replace(")", "%29").replace("<", "%3C")
    return f"[{escape(words)}]({safe})"


def split(text: str, limit: int) -> list[str]:
    """Cut a text into pieces of at most `limit` bytes, as late as a border allows, never inside a character.

    **Shape**: only the white space at the cuts is lost. **Units**: bytes of UTF-8.
    """
    return [piece for piece in _pieces(text.strip(), limit) if piece]


def _pieces(text: str, limit: int) -> Iterator[str]:
    while len(text.encode()) > limit:
        head = text.encode()[:limit].decode(errors="ignore")
        at = _border(head)
        yield text[:at].rstrip()
        text = text[at:].lstrip()
    yield text


def _border(head: str) -> int:
    """Return where to cut: behind the last border of the best kind in the last two thirds, else at the end."""
    for border in _BORDERS:
        at = head.rfind(border)
        if at >= len(head) // 3 and head[: at + len(border)].strip():
            return at + len(border)
    return len(head)


def lines(parts: Iterable[str]) -> str:
    """Join what is not empty, line by line."""
    return "\n".join(part for part in parts if part)
