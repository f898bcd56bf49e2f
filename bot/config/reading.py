"""One reading of a config: where keys stand, what was found or assumed, and every mistake so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from bot.config.lines import Path
from bot.config.mistakes import Mistake
from locales.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it will be served with.

    **Shape**: `note` is "" for what stands in the file, "default", or for a secret "set" or "missing".
    """

    path: Path
    value: Any
    note: str = ""


@cache
def _catalog() -> Catalog:
    return Catalog()


@dataclass(slots=True)
class Reading:
    """Collects while the tables are read."""

    file: str
    environ: Mapping[str, str]
    language: str = "en"
    lines: Mapping[Path, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    missing: list[Mistake] = field(default_factory=list)
    settings: list[Setting] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    texts: Catalog = field(default_factory=_catalog)

    def wrong(self, path: Path, text_id: str, /, **params: Any) -> None:
        """Note a mistake; its text is two lines: what is wrong, and what would be right."""
        self.mistakes.append(self.mistake(path, text_id, **params))

    def mistake(self, path: Path, text_id: str, /, **params: Any) -> Mistake:
        """Return a mistake in the reader's language."""
        why, _, fix = self.say(text_id, **params).partition("\n")
        return Mistake(self.file, self.line(path), written(path), why, fix)

    def say(self, text_id: str, /, **params: Any) -> str:
        """Return words in the reader's language; the catalog is read only when something is wrong."""
        return self.texts.plain(self.language, text_id, **params)

    def line(self, path: Path) -> int:
        """Return the line of a key, or of the nearest table around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)


def written(path: Path) -> str:
    """Return a path as people write it: `rituals[2].cron`, counted from 1."""
    return "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(
        "."
    )
