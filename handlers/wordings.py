"""What people say instead of pressing a button: whether it is better. Pure; used by `verify`, `trial` and `talk`."""

from __future__ import annotations

import re

from storage.records import Verdict

# Longer words first, and 没好 before 好.
_WORDS = {
    Verdict.STILL: (
        "还是不行|还是没好|还没好|还没有|还不行|没解决|没有解决|没好|不行|没用",
        "still broken|still not|still|not fixed|not better",
    ),
    Verdict.CANNOT_TRY: ("没法试|还不知道|还没试|试不了|没试|没机会试", "can't try|cannot try|could not try"),
    Verdict.BETTER: (
        "顺手多了|好多了|已经好了|好了|解决了|可以了|搞定了",
        "much better|better|fixed|solved|works now",
    ),
}
_SAID = tuple(
    (
        verdict,
        re.compile(
            rf"(?:{'|'.join(words)})(?:[\s,，.。!！~～、:：;；]+(?P<note>.*))?", re.IGNORECASE | re.DOTALL
        ),
    )
    for verdict, words in _WORDS.items()
)


_HALF = re.compile(
    r"但|不过|可是|可惜|然而|只是|就是(?!好)|but\b|however\b|though\b|except\b|only\b", re.IGNORECASE
)


def is_half(note: str) -> bool:
    """Tell whether the words after a verdict take a part of it back: 「好多了，但是还有点慢」. Pure."""
    return bool(_HALF.match(note))


def opinion(said: str) -> tuple[Verdict, str] | None:
    """Return the verdict that a sentence begins with and the words after it, None if it is none."""
    for verdict, pattern in _SAID:
        if found := pattern.fullmatch(said.strip()):
            return verdict, (found["note"] or "").strip()
    return None
