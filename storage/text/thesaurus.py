"""Notions: what people call the same thing, and the same trouble with it, in whatever words.

`storage/text/tokens.py` puts the notions of a text among its words, so that words find what is said in others;
`storage/text/likeness.py` judges by them.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "thesaurus.txt"
"""One notion a line, written by hand for cars, apps and orders."""

THING, TROUBLE = "≈", "~"
"""What a notion begins with among the words of a text; a thing and its trouble together are one more word."""

MOST_PAIRS = 6
"""How many pairs of a thing and a trouble one text is found by: long texts name everything."""

_LATIN = re.compile(r"[a-z]")


class Thesaurus:
    """Finds the notions of a text."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Read the notions. **Errors**: re.error for a pattern that is none."""
        self._patterns: list[tuple[str, re.Pattern[str]]] = []
        mark = THING
        for line in lines:
            if line.startswith("["):
                mark = THING if line.startswith("[things]") else TROUBLE
            elif line.strip() and not line.startswith("#"):
                name, _, rest = line.partition(": ")
                halves = rest.partition(" | ")
                pattern = _pattern(halves[0].split(), halves[2].split())
                self._patterns.append((mark + name, re.compile(pattern)))

    def notions(self, text: str) -> list[str]:
        """Return the notions of a folded text: things, troubles, and pairs of both."""
        found = [notion for notion, pattern in self._patterns if pattern.search(text)]
        things = [notion for notion in found if notion[0] == THING]
        troubles = [notion for notion in found if notion[0] == TROUBLE]
        pairs = [thing + trouble for thing in things for trouble in troubles]
        return found + pairs[:MOST_PAIRS]


def is_notion(word: str) -> bool:
    """Tell whether a word of an index is a notion, or a pair of them."""
    return len(word) > 1 and word[0] in (THING, TROUBLE)


def is_pair(word: str) -> bool:
    """Tell whether a notion is a thing and its trouble together."""
    return word[0] == THING and TROUBLE in word


@cache
def shipped() -> Thesaurus:
    """Read the shipped one, once."""
    return Thesaurus(DATA.read_text(encoding="utf-8").splitlines())


def _pattern(chinese: list[str], english: list[str]) -> str:
    parts = [rf"(?<![a-z]){part}(?![a-z])" if _LATIN.match(part) else part for part in chinese]
    words = "|".join(re.escape(word.replace("_", " ")) for word in english)
    return "|".join([*parts, rf"(?<![a-z])(?:{words})(?:s|es|ed|d|ing)?(?![a-z])"])
