"""The Bot API's methods and types as data, read once from `tests/data/bot_api.json`."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_PATH = Path(__file__).parents[1] / "data" / "bot_api.json"
_ARRAY = "Array of "


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field may hold.

    **Shape**: `alternatives` are type names, `Array of X` for lists; `constant` is the only string allowed.
    """

    alternatives: tuple[str, ...]
    required: bool
    constant: str | None


Fields = dict[str, Kind]


@dataclass(frozen=True, slots=True)
class Table:
    """One version of the Bot API: `methods` and `types` by name, `unions` by name with their subtypes."""

    version: str
    reactions: frozenset[str]
    methods: dict[str, Fields]
    types: dict[str, Fields]
    unions: dict[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def table() -> Table:
    """Return the table, read from disk on first use."""
    raw = json.loads(_PATH.read_text(encoding="utf-8"))
    types = raw["types"]
    return Table(
        version=raw["version"],
        reactions=frozenset(raw["reactions"]),
        methods={name: _fields(fields) for name, fields in raw["methods"].items()},
        types={name: _fields(fields) for name, fields in types.items() if isinstance(fields, dict)},
        unions={name: tuple(subtypes) for name, subtypes in types.items() if isinstance(subtypes, list)},
    )


@lru_cache(maxsize=256)
def item_of(kind: str) -> str | None:
    """Return the item type of an array type's name, or None for other types."""
    return kind.removeprefix(_ARRAY) if kind.startswith(_ARRAY) else None


def _fields(raw: dict[str, str]) -> Fields:
    return {name: _kind(text) for name, text in raw.items()}


@lru_cache(maxsize=2048)
def _kind(text: str) -> Kind:
    names, _, constant = text.partition("=")
    return Kind(tuple(names.rstrip("!").split("|")), names.endswith("!"), constant or None)
