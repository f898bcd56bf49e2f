"""The hand-written word lists, and finding them in a text. Called by features.py and harms.py."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LEXICON = Path(__file__).parent / "data" / "lexicon.txt"

LONGEST_TEXT = 1200
"""Characters looked at: what a text is about stands in its beginning or its end."""

_UNIT = re.compile(r"[a-z]+(?:'[a-z]+)*|[0-9]+|[^\s_]")
_NOISE = re.compile(r"https?://\S+|@[\w-]+|[##][\w-]{1,12}(?=\s|$)|^[##][\w-]{1,12}")
_PAUSE = frozenset(",.;:!?、。~…()")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Word lists by category, ready to be looked up."""

    names: tuple[str, ...]
    words: dict[str, tuple[int, ...]]
    lengths: dict[str, tuple[int, ...]]
    negators: frozenset[str]
    latin: frozenset[str]


@dataclass(frozen=True, slots=True)
class Match:
    """A word of the lexicon in a text: its categories, its place among the units, whether it is negated."""

    categories: tuple[int, ...]
    start: int
    end: int
    negated: bool


@cache
def lexicon() -> Lexicon:
    """Read the word lists of the triage once a process."""
    return read(LEXICON)


def read(path: Path) -> Lexicon:
    """Read word lists, one a line: a name, a colon, words with `_` for a space."""
    words: dict[str, set[int]] = {}
    lengths: dict[str, set[int]] = {}
    names: list[str] = []
    latin: set[str] = set()
    negators: frozenset[str] = frozenset()
    for line in path.read_text(encoding="utf-8").splitlines():
        name, colon, entries = line.partition(":")
        if not colon or line.startswith("#"):
            continue
        if name.split()[0] == "negator":
            negators = frozenset(entries.split())
        if name not in names:
            names.append(name)
        category = names.index(name)
        for entry in entries.split():
            found = units(entry.replace("_", " "))
            words.setdefault("".join(found), set()).add(category)
            lengths.setdefault(found[0], set()).add(len(found))
            latin.update(unit for unit in found if unit.isascii())
    return Lexicon(
        names=tuple(names),
        words={word: tuple(sorted(categories)) for word, categories in words.items()},
        lengths={first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()},
        negators=negators,
        latin=frozenset(latin),
    )


def units(text: str) -> list[str]:
    """Return Chinese characters, English words, numbers and signs; no links, mentions and tags."""
    return _UNIT.findall(_NOISE.sub(" ", fold(text)))


def fold(text: str) -> str:
    """Return a text's beginning and end in lower case, full-width letters and signs made half-width."""
    if len(text) > LONGEST_TEXT:
        text = text[: LONGEST_TEXT // 2] + " " + text[-LONGEST_TEXT // 2 :]
    return unicodedata.normalize("NFKC", text).lower().replace("\u2019", "'")


def matches(found: list[str], lists: Lexicon) -> list[Match]:
    """Find the lists' words from left to right, the longest first, none inside another.

    Shape: a word is negated when one of the three units before it, in its clause, is a lone negator.
    """
    result: list[Match] = []
    total = len(found)
    position = clause = 0
    negator = -9
    while position < total:
        unit = found[position]
        if unit in _PAUSE:
            clause = position = position + 1
            continue
        for length in lists.lengths.get(unit, ()):
            end = position + length
            categories = lists.words.get("".join(found[position:end])) if end <= total else None
            if categories is not None:
                result.append(Match(categories, position, end, negator >= max(clause, position - 3)))
                if length == 1 and unit in lists.negators:
                    negator = position
                position = end
                break
        else:
            position += 1
    return result
