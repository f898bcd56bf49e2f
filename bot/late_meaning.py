"""The semantic engine, where its extra is installed: loaded at the first need, in a thread. Used by `bot/app.py`.

Everything here stands beside the lexical engine and never in its place: without the extra, before the index is read,
or when the library fails on a machine, `sense` is None and words alone decide.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bot.learned import Learned
from bot.logs import get_logger
from handlers.guesses import Guess
from storage.meanings import Coming, Sense
from storage.text.meaning import Codes, Meaning, MeaningMissingError, is_installed

if TYPE_CHECKING:
    from storage.text.semantic import SemanticTriage
    from storage.text.triage import Triage

_log = get_logger(__name__)
SEMANTIC = "semantic"
"""What the files of learned models of meaning begin with."""


class Embedder(Protocol):
    """What is used of the library's model."""

    @property
    def name(self) -> str:
        """Name whose vectors these are."""

    def vectors(self, texts: Sequence[str]) -> list[bytes]:
        """Return the vectors of texts. **Errors**: MeaningMissingError."""


class LateMeaning:
    """Vectors of texts, and guesses by them."""

    def __init__(self, folder: Path | None = None, *, meaning: Embedder | None = None) -> None:
        """Look for a learned model in `folder`."""
        self._learned = None if folder is None else Learned(folder, SEMANTIC)
        self._meaning: Embedder = meaning or Meaning()
        self._triage: SemanticTriage | None = None
        self._loading = threading.Lock()
        self.codes: Codes | None = None  # set once the index of meaning is read
        self.is_there = is_installed()

    @property
    def name(self) -> str:
        """Name whose vectors these are."""
        return self._meaning.name

    def vectors(self, texts: Sequence[str]) -> list[bytes]:
        """Return the vectors of texts; meant for a thread. **Errors**: MeaningMissingError."""
        return self._meaning.vectors(texts)

    def guess(self, text: str, vector: bytes, words: Triage, hint: str | None) -> Guess | None:
        """Guess the class of a text by both engines, None if the weights are of another model; for a thread."""
        triage = self._triage or self.load()
        return triage.guess(text, vector, words, hint) if triage.model == self.name else None

    def load(self) -> SemanticTriage:
        """Read the weights, learned ones before the shipped. **Errors**: OSError, ValueError if those are none."""
        from storage.text.semantic import SHIPPED, SemanticTriage

        with self._loading:
            if self._triage is None:
                learned = None
                if self._learned is not None:
                    learned = self._learned.read(SHIPPED, SemanticTriage.load)
                self._triage = learned or SemanticTriage.load()
            return self._triage

    def refresh(self) -> None:
        """Read the weights again if others were learned meanwhile."""
        from storage.text.semantic import SHIPPED

        if self._triage is not None and self._learned is not None and self._learned.has_changed(SHIPPED):
            self._triage = None

    def sense(self, text: str) -> Coming:
        """Begin to reckon a text's vector, to be looked up in the index; None while words alone must do."""
        if self.codes is None or not self.is_there:
            return None
        # Now, not when it is first awaited: a lookup in SQLite lets no task begin.
        vectors = asyncio.get_running_loop().run_in_executor(None, self.vectors, [text])
        return asyncio.create_task(self._sense(vectors, self.codes))

    async def _sense(self, vectors: asyncio.Future[list[bytes]], codes: Codes) -> Sense | None:
        try:
            found = await vectors
        except MeaningMissingError as error:
            self.give_up(error)
            return None
        return Sense(found[0], codes)

    def give_up(self, error: MeaningMissingError) -> None:
        """Say once that words alone serve from now on."""
        if self.is_there:
            self.is_there = False
            _log.warning("semantic_failed", why=str(error))
