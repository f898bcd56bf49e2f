"""The compact table: facts out of a full description, and nothing of its prose."""

import json
from pathlib import Path

from tests.botapi.derive import compact, write

_SPEC = {
    "version": "Bot API 0.1",
    "methods": {
        "ping": {
            "fields": [
                {"name": "chat_id", "types": ["Integer", "String"], "required": True, "description": "Where"},
                {"name": "type", "types": ["String"], "required": False, "description": 'always "x"'},
            ]
        },
        "getMe": {},
    },
    "types": {
        "ReactionType": {"subtypes": ["ReactionTypeEmoji"], "description": ["One of"]},
        "ReactionTypeEmoji": {
            "fields": [
                {
                    "name": "type",
                    "types": ["String"],
                    "required": True,
                    "description": 'Type, always "emoji"',
                },
                {"name": "emoji", "types": ["String"], "required": True, "description": 'One of "👍", "🎉"'},
            ]
        },
    },
}


def test_names_types_and_what_is_required_are_kept(tmp_path: Path) -> None:
    write(compact(_SPEC), tmp_path / "table.json")
    text = (tmp_path / "table.json").read_text(encoding="utf-8")
    assert json.loads(text) == {
        "version": "Bot API 0.1",
        "reactions": ["👍", "🎉"],
        "methods": {"ping": {"chat_id": "Integer|String!", "type": "String"}, "getMe": {}},
        "types": {
            "ReactionType": ["ReactionTypeEmoji"],
            "ReactionTypeEmoji": {"type": "String!=emoji", "emoji": "String!"},
        },
    }
    assert text.count("\n") == 3 + 3 + 3 + 3
