"""The vectors of texts, each reckoned once and kept between runs. Called by train_semantic.py and eval.py."""

import sqlite3
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from storage.text.meaning import CENTRE, SIZE, Meaning

KEPT = Path(__file__).resolve().parents[1] / ".eval_cache"
_BATCH = 64


class Vectors:
    """Vectors by the model that is installed."""

    def __init__(self, meaning: Meaning) -> None:
        """Open the file that belongs to this model and this centre."""
        self.meaning = meaning
        self._known: dict[str, bytes] = {}
        KEPT.mkdir(exist_ok=True)
        centre = zlib.crc32(CENTRE.read_bytes())
        self._file = sqlite3.connect(KEPT / f"{meaning.name}-{centre:08x}.db")
        self._file.execute("CREATE TABLE IF NOT EXISTS vectors (text TEXT PRIMARY KEY, vector BLOB)")
        self._known.update(self._file.execute("SELECT text, vector FROM vectors"))

    def of(self, texts: Iterable[str]) -> list[bytes]:
        """Return the vector of each text."""
        texts = list(texts)
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        for start in range(0, len(missing), _BATCH):
            some = missing[start : start + _BATCH]
            found = list(zip(some, self.meaning.vectors(some), strict=True))
            self._known.update(found)
            with self._file:
                self._file.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", found)
        return [self._known[text] for text in texts]


def matrix(found: Iterable[bytes]) -> Any:
    """Return vectors as rows of a matrix, each of the length 1."""
    whole = np.frombuffer(b"".join(found), dtype=np.int8).reshape(-1, SIZE).astype(np.float32)
    return whole / np.linalg.norm(whole, axis=1, keepdims=True)
