"""What must reach a person at once: somebody in danger or hurt, money taken, a threat. Called by guess.py.

By patterns, for it is said in ever other words: a thing and what befell it, a body and what was done to it.
"""

import re
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "danger.txt"
"""One pattern a line, Chinese and English."""

_HAN = re.compile(r"[\u3400-\u9fff]")


def is_danger(text: str) -> bool:
    """Tell whether a folded text (lower case, half-width) must reach a person at once. Pure."""
    chinese, english = _patterns()
    return (chinese if _HAN.search(text) else english).search(text) is not None


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Read them, once a process."""
    chinese, _, english = DATA.read_text(encoding="utf-8").partition("\n[en]\n")
    return _joined(chinese), _joined(english)


def _joined(part: str) -> re.Pattern[str]:
    return re.compile("|".join(line for line in part.splitlines() if line and not line.startswith("#")))
