"""Models that `huixiang retrain` taught, in the data folder; preferred to the shipped ones they go on from.

A file's name holds the shipped model it went on from, so that after an upgrade nobody guesses by the old one: the
corrections stay in the database, and `huixiang retrain` teaches them to the new model. Used by `bot/late_triage.py`,
`bot/late_meaning.py` and `huixiang retrain`.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bot.logs import get_logger

_log = get_logger(__name__)
_Model = TypeVar("_Model")


class Learned:
    """The learned models of one kind in one folder."""

    def __init__(self, folder: Path, kind: str) -> None:
        self._folder = folder
        self._kind = kind
        self._seen: tuple[str, int] | None = None

    def path(self, shipped: Path) -> Path:
        """Return where the model lies that goes on from a shipped one."""
        return self._folder / f"{self._kind}-{zlib.crc32(shipped.read_bytes()):08x}.json"

    def list_(self) -> list[Path]:
        """List every learned model, whichever shipped one it goes on from."""
        return sorted(self._folder.glob(f"{self._kind}-*.json"))

    def has_changed(self, shipped: Path) -> bool:
        """Tell whether another model lies there than was read last."""
        return self._state(shipped) != self._seen

    def read(self, shipped: Path, load: Callable[[Path], _Model]) -> _Model | None:
        """Read the learned model; None, with one line in the log, if it is none or goes on from another."""
        self._seen = self._state(shipped)
        found = self.list_()
        if not found:
            return None
        path = self.path(shipped)
        try:
            if path not in found:
                raise ValueError("it goes on from another version's model: run huixiang retrain")  # noqa: TRY301
            return load(path)
        except (OSError, ValueError, LookupError, TypeError, zlib.error) as error:
            why = str(error) or type(error).__name__
            _log.warning("learned_model_ignored", file=found[-1].name, why=why)
            return None

    def keep(self, shipped: Path, save: Callable[[Path], None]) -> Path:
        """Write a model, drop those that go on from other shipped ones; return where it lies. **Errors**: OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        target = self.path(shipped)
        save(target)
        for old in self.list_():
            if old != target:
                old.unlink()
        return target

    def _state(self, shipped: Path) -> tuple[str, int] | None:
        path = self.path(shipped)
        try:
            return path.name, path.stat().st_mtime_ns
        except OSError:
            return None
