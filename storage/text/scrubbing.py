"""A text without what points at a person: names, numbers, addresses, links. Called by `bot/assistant.py`. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

GONE = "…"
"""What stands in the place of what was taken out."""

_POINTERS = (
    re.compile(r"[a-z][a-z0-9+.-]*://\S+|\bwww\.\S+|\bt\.me/\S+", re.IGNORECASE),
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"[@＠][^\s@＠,，。!！?？:：;；]+"),
    re.compile(r"[\u4e00-\u9fff][A-Za-z][·. ]?[A-Za-z0-9]{5,6}(?![A-Za-z0-9])"),  # a number plate
    re.compile(r"(?<![A-Za-z0-9])(?=(?:[A-Za-z_-]*\d){4})[A-Za-z0-9_-]{8,}"),  # orders, frames, accounts
    re.compile(
        r"\+?\d(?:[\s().-]{0,2}\d){5,}"
    ),  # telephones, identities, long numbers however they are grouped
    re.compile(r"[#＃]\d+"),
)


def scrub(text: str, names: Iterable[str] = ()) -> str:
    """Return a text without names, mentions, links, addresses and numbers by which a person could be found."""
    result = unicodedata.normalize("NFKC", text)
    for pattern in _POINTERS:
        result = pattern.sub(GONE, result)
    known = {unicodedata.normalize("NFKC", name).strip() for name in names}
    for name in sorted(filter(None, known), key=len, reverse=True):
        edge = r"\b" if name.isascii() else ""
        result = re.sub(edge + re.escape(name) + edge, GONE, result, flags=re.IGNORECASE)
    return result.strip()
