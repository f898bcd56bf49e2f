"""Tags in what people write (`#反馈`), and how much is left beside them. Pure; used by what captures feedback."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

# Full-width letters and signs become their ASCII twins, one character each, so that positions stay true.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_UNSEEN = "[\u00ad\u200b-\u200f\u2060\ufeff\ufe0f]*"
# Taken out of every stored text: controls that databases refuse, and marks that turn the line around.
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_LONGEST_ADDRESS = 300  # characters looked at before a hash
_Span: TypeAlias = tuple[int, int, str]  # begin, end, tag


def clean(text: str) -> str:
    """Return a text as it is kept: verbatim, without characters that nobody sees and that do harm."""
    return _HARMFUL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def find_tags(text: str, tags: Mapping[str, str]) -> tuple[str, ...]:
    """Return the known tags of a text in order, each once, case-folded."""
    found = (tag for _, _, tag in _spans(text, tags))
    return tuple(dict.fromkeys(found))


def without_tags(text: str, tags: Mapping[str, str]) -> str:
    """Return what is left of a text when its tags are taken out."""
    kept: list[str] = []
    end = 0
    for start, stop, _ in _spans(text, tags):
        kept.append(text[end:start])
        end = stop
    kept.append(text[end:])
    return clean(" ".join(part.strip() for part in kept))


def weight(text: str) -> int:
    """Return how much a text says. **Units**: letters and digits count 1; Han, kana and Hangul 2, as on paper.

    Space, punctuation, emoji and invisible characters count nothing.
    """
    said = [character for character in text if character.isalnum()]
    return len(said) + sum(unicodedata.east_asian_width(character) in "WF" for character in said)


def _spans(text: str, tags: Mapping[str, str]) -> tuple[_Span, ...]:
    """Return where each known tag stands and which it is."""
    return _find(text, tuple(tags)) if "#" in text or "＃" in text else ()


@lru_cache(maxsize=8)  # one handler after the other asks about the same text
def _find(text: str, tags: tuple[str, ...]) -> tuple[_Span, ...]:
    if not tags:
        return ()
    spans: list[_Span] = []
    narrow = text.translate(_NARROW)
    last = -1
    for found in _pattern(tags).finditer(narrow):
        start = found.start()
        if start != last and _is_inside_word(narrow, start):
            continue
        last = found.end()
        spans.append((start, last, found[1].casefold()))
    return tuple(spans)


def _is_inside_word(narrow: str, start: int) -> bool:
    """Tell whether a hash belongs to an address or a word such as `C#`, and so begins no tag."""
    before = narrow[start - 1] if start else " "
    if before.isspace():
        return False
    word = narrow[max(0, start - _LONGEST_ADDRESS) : start].rsplit(maxsplit=1)[-1].casefold()
    is_address = "://" in word or word.startswith("www.")
    return is_address or (before.isascii() and (before.isalnum() or before in "_/&=?%"))


@lru_cache(maxsize=8)
def _pattern(tags: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of these tags; a Latin one must end there, a Chinese one may be glued to the text."""
    longest_first = sorted(tags, key=len, reverse=True)
    forms = (re.escape(tag) + (r"(?![0-9A-Za-z_])" if tag[-1:].isascii() else "") for tag in longest_first)
    return re.compile(f"#{_UNSEEN}({'|'.join(forms)})", re.IGNORECASE)
