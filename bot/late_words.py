"""The words of texts, whose dictionary is read long after the first poll. Used by `bot/app.py`."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.text.tokens import Tokens


class LateWords:
    """Cuts texts as `storage.text.tokens.Tokens` does, once `load` has read the dictionary; `load` is for a thread."""

    def __init__(self, folder: Path) -> None:
        """Keep the dictionary's cache in `folder`."""
        self._folder = folder
        self._tokens: Tokens | None = None
        self._reading = threading.Lock()

    @property
    def ready(self) -> bool:
        """Tell whether `tokens` answers at once."""
        return self._tokens is not None

    @property
    def name(self) -> str:
        """Name whose words these are, to be kept with an index of them."""
        return self.load().name

    def load(self) -> Tokens:
        """Read the dictionary, once: most of a second and some 70 MB. **Errors**: OSError."""
        from storage.text.tokens import Tokens

        with self._reading:
            if self._tokens is None:
                tokens = Tokens(self._folder)
                tokens.load()
                self._tokens = tokens
            return self._tokens

    def tokens(self, text: str) -> list[str]:
        """Return the words of a text in order; whoever asks before they are ready, waits."""
        return (self._tokens or self.load()).tokens(text)
