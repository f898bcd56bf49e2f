"""Finds the line each key of a TOML document stands on, for the errors of the config.

It reads text that `tomllib` has accepted, so it only has to tell the parts from one another.
"""

from __future__ import annotations

import bisect
import re
import tomllib
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]

_BLANK = re.compile(r"(?:\s|#[^\n]*)*")
_KEY = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+')
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_STRING = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
_BARE = re.compile(r"[^,\]}\n#]+")


def find_lines(text: str) -> dict[Path, int]:
    """Return the line of every table, key and array item.

    **Shape**: `("rituals", 0, "cron")` is the first of `[[rituals]]`; lines count from 1.
    """
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


class _Scanner:
    """Walks over the document once, left to right."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._text = text
        self._at = 0
        self._ends = [found.start() for found in re.finditer("\n", text)]
        self._lengths: dict[Path, int] = {}

    def document(self) -> None:
        """Read headers and pairs to the end."""
        table: Path = ()
        while not self._is_over():
            table = self._header() if self._sees("[") else self._pair(table)

    def _header(self) -> Path:
        line = self._line()
        is_array = self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        keys = self._keys()
        self._at += 2 if is_array else 1
        path: Path = ()
        for key in keys[:-1]:
            path = (*path, key)
            self.lines.setdefault(path, line)
            path = self._last(path)
        path = (*path, keys[-1])
        self.lines.setdefault(path, line)
        if not is_array:
            path = self._last(path)
        else:
            self._lengths[path] = self._lengths.get(path, 0) + 1
            path = (*path, self._lengths[path] - 1)
        self.lines.setdefault(path, line)
        return path

    def _last(self, path: Path) -> Path:
        """Return the path of the newest table, where the path is an array of tables."""
        return (*path, self._lengths[path] - 1) if path in self._lengths else path

    def _pair(self, table: Path) -> Path:
        line = self._line()
        path = table
        for key in self._keys():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self._skip("=")
        self._value(path)
        return table

    def _value(self, path: Path) -> None:
        self.lines.setdefault(path, self._line())
        if self._sees("["):
            self._array(path)
        elif self._sees("{"):
            self._skip("{")
            while not self._sees("}") and not self._is_over():
                self._pair(path)
                self._skip(",")
            self._skip("}")
        elif found := _STRING.match(self._text, self._at) or _BARE.match(self._text, self._at):
            self._at = found.end()

    def _array(self, path: Path) -> None:
        self._skip("[")
        count = 0
        while not self._sees("]") and not self._is_over():
            self._value((*path, count))
            count += 1
            self._skip(",")
        self._skip("]")

    def _keys(self) -> list[str]:
        self._is_over()
        keys = []
        while found := _KEY.match(self._text, self._at):
            written = found.group()
            keys.append(tomllib.loads(f"key = {written}")["key"] if written[0] in "\"'" else written)
            self._at = found.end()
            if dot := _DOT.match(self._text, self._at):
                self._at = dot.end()
        self._is_over()
        return keys

    def _is_over(self) -> bool:
        """Step over blanks and comments; tell whether nothing follows."""
        found = _BLANK.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at >= len(self._text)

    def _sees(self, sign: str) -> bool:
        return not self._is_over() and self._text.startswith(sign, self._at)

    def _skip(self, sign: str) -> None:
        if self._sees(sign):
            self._at += 1
        self._is_over()

    def _line(self) -> int:
        return bisect.bisect_left(self._ends, self._at) + 1
