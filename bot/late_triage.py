"""The classifier of texts, read after the first poll: 60 ms that no start waits for. Used by `bot/app.py`."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from bot.learned import Learned
from handlers.guesses import Guess

if TYPE_CHECKING:
    from storage.text.triage import Triage

KIND = "triage"
"""What the files of learned models of words begin with."""


class LateTriage:
    """Guesses as `storage.text.triage.Triage` does; whoever asks before it is read, reads it."""

    def __init__(self, folder: Path | None = None) -> None:
        """Look for a learned model in `folder`."""
        self._learned = None if folder is None else Learned(folder, KIND)
        self._triage: Triage | None = None
        self._reading = threading.Lock()

    def load(self) -> Triage:
        """Read the model, once. **Errors**: OSError, ValueError if the shipped one is none."""
        with self._reading:
            if self._triage is None:
                self._triage = self._read()
            return self._triage

    def refresh(self) -> None:
        """Read the model again if `huixiang retrain` wrote another meanwhile; for a thread."""
        from storage.text.triage import SHIPPED

        if self._triage is not None and self._learned is not None and self._learned.has_changed(SHIPPED):
            self._triage = self._read()

    def _read(self) -> Triage:
        from storage.text.danger import shipped
        from storage.text.triage import SHIPPED, Triage

        shipped()  # danger's weights, lest the first capture read them
        learned = None if self._learned is None else self._learned.read(SHIPPED, Triage.load)
        return learned or Triage.load()

    def guess(self, text: str, hint: str | None = None) -> Guess:
        """Guess the class of a text; `hint` is the class or tag its author gave."""
        return (self._triage or self.load()).guess(text, hint)

    def is_complaint(self, text: str) -> bool:
        """Tell whether an untagged text complains of the product."""
        return (self._triage or self.load()).is_complaint(text)
