"""What hides and finds people, to handlers; the key itself is known to the bot's storey alone."""

from __future__ import annotations

from typing import Protocol


class Veil(Protocol):
    """Encrypts what must not be read in the database."""

    @property
    def is_up(self) -> bool:
        """Tell whether there is a key; without one nobody can hide."""

    def cover(self, text: str, scope: str) -> str:
        """Return a text encrypted for one place (`scope`); in any other it cannot be read."""

    def uncover(self, covered: str, scope: str) -> str | None:
        """Return the text; None if it belongs elsewhere, was changed, or its key is gone."""

    def mark(self, text: str) -> str:
        """Return a keyed digest: the same for the same text, and telling nothing of it without the key."""

    def marks(self, text: str) -> tuple[str, ...]:
        """Return the keyed digests that a text has or had: under the newest key, then under the older ones."""


class NoVeil:
    """The veil of a bot that has no key."""

    is_up = False

    def cover(self, text: str, scope: str) -> str:
        """Refuse. **Errors**: RuntimeError: whoever covers asks `is_up` first."""
        del text, scope
        raise RuntimeError("there is no key to cover anything with")

    def uncover(self, covered: str, scope: str) -> str | None:
        """Return nothing."""
        del covered, scope
        return None

    def mark(self, text: str) -> str:
        """Refuse. **Errors**: RuntimeError."""
        del text
        raise RuntimeError("there is no key to mark anything with")

    def marks(self, text: str) -> tuple[str, ...]:
        """Return nothing."""
        del text
        return ()
