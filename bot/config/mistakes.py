"""What can be wrong with a config: every mistake at once, each with its place and what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to put right.

    **Shape**: `line` is 0 where the file as a whole is meant; `key` is like `rituals[2].cron`, counted from 1.
    """

    file: str
    line: int
    key: str
    why: str
    fix: str

    def __str__(self) -> str:
        """Return the mistake as one line that editors can jump to."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        key = f"{self.key}: " if self.key else ""
        return f"{place}: {key}{self.why} → {self.fix}"


class ConfigError(Exception):
    """The config cannot be served from; `mistakes` holds all that is wrong with it, by line."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda mistake: (mistake.line, mistake.key)))
        super().__init__("\n".join(map(str, self.mistakes)))
