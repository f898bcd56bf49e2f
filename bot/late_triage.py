"""The classifier of texts, read after the first poll: 60 ms that no start waits for. Used by `bot/app.py`.

What `huixiang retrain` learned lies in the data folder and is preferred to what was shipped. Its name holds the
shipped model it went on from, so that after an upgrade nobody guesses by the old one.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from bot.logs import get_logger
from handlers.guesses import Guess

if TYPE_CHECKING:
    from storage.text.triage import Triage

_log = get_logger(__name__)
_PATTERN = "triage-*.json"


class LateTriage:
    """Guesses as `storage.text.triage.Triage` does; whoever asks before it is read, reads it."""

    def __init__(self, folder: Path | None = None) -> None:
        """Look for a learned model in `folder`."""
        self._folder = folder
        self._triage: Triage | None = None
        self._reading = threading.Lock()

    def load(self) -> Triage:
        """Read the model, once. **Errors**: OSError, ValueError if the shipped one is none."""
        from storage.text.triage import Triage

        with self._reading:
            if self._triage is None:
                learned = None if self._folder is None else _read_learned(self._folder)
                self._triage = learned or Triage.load()
            return self._triage

    def guess(self, text: str, hint: str | None = None) -> Guess:
        """Guess the class of a text; `hint` is the class or tag its author gave."""
        return (self._triage or self.load()).guess(text, hint)

    def is_complaint(self, text: str) -> bool:
        """Tell whether an untagged text complains of the product."""
        return (self._triage or self.load()).is_complaint(text)


def learned_path(folder: Path) -> Path:
    """Return where the model lies that goes on from the shipped one."""
    import zlib

    from storage.text.triage import SHIPPED

    return folder / _PATTERN.replace("*", f"{zlib.crc32(SHIPPED.read_bytes()):08x}")


def list_learned(folder: Path) -> list[Path]:
    """List every learned model of a folder, whichever shipped one it goes on from."""
    return sorted(folder.glob(_PATTERN))


def _read_learned(folder: Path) -> Triage | None:
    """Read the learned model; None, with one line in the log, if it is none or goes on from another."""
    import zlib

    from storage.text.triage import Triage

    found = list_learned(folder)
    if not found:
        return None
    path = learned_path(folder)
    try:
        if path not in found:
            raise ValueError("it goes on from another version's model: run huixiang retrain")  # noqa: TRY301
        return Triage.load(path)
    except (OSError, ValueError, LookupError, TypeError, zlib.error) as error:
        _log.warning("learned_model_ignored", file=found[-1].name, why=str(error) or type(error).__name__)
        return None
