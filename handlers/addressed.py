"""Which words in a group concern us; every adapter's parse asks it, so that all platforms hear alike.

What is not addressed to us is Chatter: only counted, never stored and never given to a handler.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

SHORT = 12  # check-in words, a lone emoji, +1, 谢谢
SHORT_REPLY = 24  # said to somebody: 谢谢，很有用！ or "me too, every morning"

_UNSEEN = "\\x00-\\x08\\x0e-\\x1f\\x7f-\\x9f\\u00ad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff"
_INVISIBLE = re.compile(f"[{_UNSEEN}]")
_CALL = re.compile(
    rf"[\s{_UNSEEN}]*(?P<slash>[/／])?(?P<word>[^\s：:，,]*)(?P<gap>[\s：:，,]*)(?P<rest>.*)", re.DOTALL
)
_GLUED = re.compile(r"([\u4e00-\u9fff]+)([#＃]?[TtＴｔ]?\d\S*)")
_GLUED_LATIN = re.compile(r"([A-Za-z]+)([#＃]?\d\S*)")
_SENTENCE_END = "。！!？?~～…"


def is_addressed(text: str, *, is_reply_to_us: bool, mentions_us: bool, has_reply: bool) -> bool:
    """Tell whether a group message may concern us.

    **Units**: lengths are characters without the space around them.
    """
    if is_reply_to_us or mentions_us or "#" in text or "＃" in text:
        return True
    words = text.strip()
    if not words:
        return False
    return words[0] in "/／" or len(words) <= (SHORT_REPLY if has_reply else SHORT)


class Call(NamedTuple):
    """What a text calls us by: its first word and the rest of it.

    `whom` is the bot a command names after `@`, empty if none.
    """

    word: str
    rest: str
    is_command: bool
    whom: str = ""


def read_call(text: str) -> Call:
    """Split a text into the word that calls us and what follows it.

    The word is folded: full-width and upper-case letters, a full-width slash, invisible characters. A
    colon or comma ends it as a space does, and so does the number after it (查看128, /show128). The rest
    is kept as it was written.
    """
    found = _CALL.fullmatch(text)
    if found is None:
        return Call("", text, is_command=False)
    token, rest = found["word"], found["rest"].strip()
    if token[:1] >= "一" and not rest:
        token = token.rstrip(_SENTENCE_END)
    if glued := (_GLUED_LATIN if found["slash"] else _GLUED).fullmatch(token) or _GLUED.fullmatch(token):
        token, rest = glued[1], f"{glued[2]}{found['gap']}{rest}".strip()
    folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", token)).lower()
    if found["slash"] is None:
        return Call(folded, rest, is_command=False)
    word, _, whom = folded.partition("@")
    return Call(word, rest, is_command=bool(word), whom=whom)
