"""Reads `[privacy]`: who is too few to be shown, what forgetting takes, the keys that hide people."""

from __future__ import annotations

from bot.config.tables import Table
from bot.veil import read_keys
from storage.suppression import FLOOR, PrivacySettings

KEY_VARIABLE = "HUIXIANG_ALIAS_KEY"
_MOST = 1_000
_FORGET = ("anonymise", "delete")


def read_privacy(root: Table) -> tuple[PrivacySettings, tuple[bytes, ...]]:
    """Read what reports suppress, what is forgotten, the keys of aliases, newest first; none where nobody may hide."""
    table = root.table("privacy")
    settings = PrivacySettings(
        least_slice=table.number("least_slice", 5, FLOOR, _MOST),
        deletes_words=table.text("forget", _FORGET[0], choices=_FORGET) == "delete",
    )
    keys: tuple[bytes, ...] = ()
    try:
        keys = read_keys(table.variable("key_env", KEY_VARIABLE, needed=False))
    except ValueError as error:
        table.wrong("key_env", "config.alias_key", number=str(error))
    table.finish()
    return settings, keys
