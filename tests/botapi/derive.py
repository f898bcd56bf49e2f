"""Derive the compact Bot API table `tests/data/bot_api.json` from the full machine-readable description.

Run by hand when Telegram publishes a version: `python -m tests.botapi.derive SPEC OUT`. Only facts are
taken: names, types, what is required, subtypes, tags of unions, the emoji that may be reactions.

**Shape**: `{"version", "reactions": [emoji], "methods": {name: fields}, "types": {name: fields or [subtype]}}`
where `fields` is `{field: "Integer|String!"}`; `!` means required, `=word` the only value allowed.
"""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_CONSTANT = re.compile(r"(?:always|must be)\s+[\"“*]?(\w+)[\"”*]?")
_TAGS = frozenset({"type", "status", "source"})
_QUOTED = re.compile(r"[\"“]([^\"”]+)[\"”]")


def compact(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table of a full description."""
    types = spec["types"]
    return {
        "version": spec["version"],
        "reactions": _reactions(types),
        "methods": {name: _fields(method.get("fields", ())) for name, method in spec["methods"].items()},
        "types": {
            name: kind.get("subtypes") or _fields(kind.get("fields", ())) for name, kind in types.items()
        },
    }


def write(table: Mapping[str, Any], out: Path) -> None:
    """Write the table with one method or type a line, so that a new version is a readable diff."""
    lines = ["{", f'"version": {_json(table["version"])},', f'"reactions": {_json(table["reactions"])},']
    for section, end in (("methods", "},"), ("types", "}")):
        rows = [f"{_json(name)}: {_json(entry)}" for name, entry in sorted(table[section].items())]
        lines += [f'"{section}": {{', ",\n".join(rows), end]
    out.write_text("\n".join([*lines, "}"]) + "\n", encoding="utf-8")


def _fields(fields: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {field["name"]: _kind(field) for field in fields}


def _kind(field: Mapping[str, Any]) -> str:
    kind = "|".join(field["types"]) + ("!" if field["required"] else "")
    constant = (
        _CONSTANT.search(field["description"]) if field["name"] in _TAGS and field["required"] else None
    )
    return f"{kind}={constant[1]}" if constant else kind


def _reactions(types: Mapping[str, Any]) -> list[str]:
    emoji = next(field for field in types["ReactionTypeEmoji"]["fields"] if field["name"] == "emoji")
    return _QUOTED.findall(emoji["description"])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    source, target = sys.argv[1:]
    write(compact(json.loads(Path(source).read_text(encoding="utf-8"))), Path(target))
