"""Reads `[texts.zh_CN]` and `[texts.en]`: known ids, and only the `{fields}` that the text it replaces has."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import locales
from bot.config.tables import Table

_HOME = Path(locales.__file__).parent
_ENTRY = re.compile(r'^msgid "(?P<id>.+)"\n(?P<words>(?:(?:msgid_plural|msgstr|").*\n?)+)', re.MULTILINE)
_FIELD = re.compile(r"\{(\w+)\}")


def read_words(table: Table, language: str) -> dict[str, str]:
    """Read the replaced texts of one language."""
    known = _fields(language)
    words = {}
    for home, key, text_id in table.words():
        text = home.text(key)
        if text_id not in known:
            nearest = difflib.get_close_matches(text_id, known, 1, 0.0)
            home.wrong(key, "config.texts.unknown", nearest=nearest[0] if nearest else "—")
        elif unknown := sorted(set(_FIELD.findall(text)) - known[text_id]):
            fields = ", ".join(f"{{{name}}}" for name in sorted(known[text_id])) or "—"
            home.wrong(key, "config.texts.field", found=f"{{{unknown[0]}}}", fields=fields)
        words[text_id] = text
    return words


def _fields(language: str) -> dict[str, set[str]]:
    """Return the ids of a language with their fields, read as text: no start waits for the whole catalog."""
    return {
        entry["id"]: set(_FIELD.findall(entry["words"]))
        for path in sorted((_HOME / language).glob("*.po"))
        for entry in _ENTRY.finditer(path.read_text(encoding="utf-8"))
    }
