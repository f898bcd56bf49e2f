"""The classifier of texts, read after the first poll: 60 ms that no start waits for. Used by `bot/app.py`."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from handlers.guesses import Guess

if TYPE_CHECKING:
    from storage.text.triage import Triage


class LateTriage:
    """Guesses as `storage.text.triage.Triage` does; whoever asks before it is read, reads it."""

    def __init__(self) -> None:
        self._triage: Triage | None = None
        self._reading = threading.Lock()

    def load(self) -> Triage:
        """Read the model, once. **Errors**: OSError, ValueError if it is none."""
        from storage.text.triage import Triage

        with self._reading:
            if self._triage is None:
                self._triage = Triage.load()
            return self._triage

    def guess(self, text: str, hint: str | None = None) -> Guess:
        """Guess the class of a text; `hint` is the class or tag its author gave."""
        return (self._triage or self.load()).guess(text, hint)
