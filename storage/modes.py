"""How much of a contributor is known (PRODUCT §8): named, by an alias, or not at all."""

from __future__ import annotations

import enum

FORMER = "former:"
"""How the platform id of somebody begins who was forgotten; nothing follows but chance."""


class Mode(enum.StrEnum):
    """What is known of who said something."""

    NAMED = "named"  # the person themselves, as everywhere
    ALIAS = "alias"  # a name for this thread only; the way back to the person is encrypted
    SEALED = "sealed"  # nothing kept: whoever holds the claim code reads the answers
