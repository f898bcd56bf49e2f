"""Reads lists of tags: what a group may write after `#`."""

from __future__ import annotations

from bot.config.tables import Table

_CHARACTERS = 32


def read_tags(table: Table, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
    """Read tags as they are compared: folded, without their sign."""
    tags = []
    for tag in table.texts(key, default):
        folded = tag.strip().lstrip("#＃").casefold()
        if not folded.replace("_", "").isalnum() or len(folded) > _CHARACTERS:
            table.wrong(key, "config.tag", found=tag[:_CHARACTERS])
        tags.append(folded)
    return tuple(tags)
