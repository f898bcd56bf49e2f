"""How much of a contributor is known (PRODUCT §8): named, by an alias, or not at all.

A hidden contributor is a Member, and has a private chat, of their own: whatever prints names, links or ids of the
two prints nothing of the person. Only the bot's storey, with the key, finds the way back.
"""

from __future__ import annotations

import enum
from datetime import UTC, datetime, timedelta

FORMER = "former:"
"""How the platform id of somebody begins who was forgotten; nothing follows but chance."""


class Mode(enum.StrEnum):
    """What is known of who said something."""

    NAMED = "named"  # the person themselves, as everywhere
    ALIAS = "alias"  # a name for this thread only; the way back to the person is encrypted
    SEALED = "sealed"  # nothing kept: whoever holds the claim code reads the answers


ALIAS, SEALED = "alias:", "sealed:"  # how platform ids of hidden contributors and of their chats begin
_GRAIN_SECONDS = int(timedelta(minutes=15).total_seconds())


def mode_of(external_id: str) -> Mode:
    """Return what is known of the contributor with this platform id. Pure."""
    if external_id.startswith(ALIAS):
        return Mode.ALIAS
    return Mode.SEALED if external_id.startswith(SEALED) else Mode.NAMED


def is_hidden(external_id: str) -> bool:
    """Tell whether a platform id belongs to a hidden contributor, or to their chat. Pure."""
    return mode_of(external_id) is not Mode.NAMED


def shortly(now: datetime) -> datetime:
    """Return the next full quarter of an hour: when a hidden act is said to have happened. Pure.

    The moment lies ahead, so that whoever is told of the act is told at a time that everybody's acts share.
    """
    return datetime.fromtimestamp(-(-int(now.timestamp()) // _GRAIN_SECONDS) * _GRAIN_SECONDS, UTC)


def lately(now: datetime) -> datetime:
    """Return the last full quarter of an hour: from when on a hidden person's own answers may leave. Pure."""
    return datetime.fromtimestamp(int(now.timestamp()) // _GRAIN_SECONDS * _GRAIN_SECONDS, UTC)
