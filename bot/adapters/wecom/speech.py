"""What people say, read without its wrapping: our name taken out, quotes made comparable. Pure; used by `parse`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from bot.adapters.wecom.wire import Body, Mixed, Quote

_MARKS = re.compile(r"[\s*_`>#＃＊＿｀＞~～\[\]［］]+")
_UNKNOWN_NAME = re.compile(
    r"\A\s*@[^\u2005\n]{1,32}\u2005"
)  # the client puts U+2005 behind every name it fills in


def call_pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Return what finds us called by one of these names, which may hold spaces, anywhere in a text."""
    wanted = sorted((name.strip() for name in names if name.strip()), key=len, reverse=True)
    loose = (r"\s+".join(re.escape(word) for word in name.split()) for name in wanted)
    return re.compile(rf"\s*[@＠](?:{'|'.join(loose) or '(?!)'})\s*", re.IGNORECASE)


def without_name(text: str, pattern: re.Pattern[str]) -> str:
    """Return a text without the calls of our name; one that begins with a name we don't know loses that."""
    stripped = pattern.sub(" ", text)
    if stripped == text:
        stripped = _UNKNOWN_NAME.sub("", text)
    return stripped.replace("\u2005", " ").strip()


def clean(text: str) -> str:
    """Return a text without NUL, which no database keeps."""
    return text.replace("\0", "") if "\0" in text else text


def words_of(body: Body) -> str:
    """Return what a message says, of a voice message what was understood."""
    if body.text is not None:
        return body.text.content
    if body.voice is not None:
        return body.voice.content
    return _mixed_words(body.mixed)


def quoted_words(quote: Quote) -> str:
    """Return what a quoted message says."""
    if quote.text is not None:
        return quote.text.content
    if quote.voice is not None:
        return quote.voice.content
    return _mixed_words(quote.mixed)


def _mixed_words(mixed: Mixed | None) -> str:
    items = mixed.msg_item if mixed is not None else ()
    return "\n".join(item.text.content for item in items if item.text is not None and item.text.content)


def digest(text: str, pattern: re.Pattern[str]) -> str:
    """Return what two copies of one text share, whatever a client did to spaces and markdown; empty for none."""
    kept = _MARKS.sub("", without_name(text, pattern)).casefold()
    return hashlib.blake2b(kept.encode(errors="surrogatepass"), digest_size=16).hexdigest() if kept else ""
