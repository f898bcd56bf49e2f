"""Words of a text, Chinese and English: the only importer of jieba.

The search and likeness indexes are built from these words, so `Tokens.name` is stored beside each index and a
change of it means a re-index. Loading takes most of a second and some 70 MB: in a thread, never at import.
"""

import logging
import re
import threading
import unicodedata
import warnings
from importlib import metadata
from pathlib import Path
from typing import Protocol

from storage.text.thesaurus import shipped

RULES = 2
"""Version of this module's rules (folding, stemming, what is dropped) and of the thesaurus, to be raised with them."""

_WORD = re.compile(r"\w")
_EDGES = re.compile(r"^\W+|\W+$")
_ENGLISH = re.compile(r"[a-z]+")
_VOWEL = re.compile(r"[aeiouy]")


class Cutter(Protocol):
    """What is used of a jieba tokenizer."""

    def lcut_for_search(self, sentence: str) -> list[str]:
        """Return the words of a sentence, long ones also cut into their parts."""


class Tokens:
    """Cut texts into lower-cased words, English ones stemmed lightly, without punctuation.

    Shape: one instance a process; every method may be called from any thread.
    """

    def __init__(self, folder: Path) -> None:
        """Keep the dictionary's cache in `folder`, made 0700: jieba unmarshals whatever lies there."""
        self._folder = folder
        self._lock = threading.Lock()
        self._cutter: Cutter | None = None

    @property
    def name(self) -> str:
        """Name the tokenizer and the version of its rules, to be stored with an index."""
        return f"jieba-{metadata.version('jieba')}-search+{RULES}"

    @property
    def ready(self) -> bool:
        """Tell whether `tokens` answers at once; before that it would wait for the dictionary."""
        return self._cutter is not None

    def load(self) -> None:
        """Load the dictionary; meant for a thread. Calling it again, or from two threads, loads once."""
        with self._lock:
            if self._cutter is None:
                self._cutter = _load(self._folder)

    def tokens(self, text: str) -> list[str]:
        """Return the words of a text in order, with repeats, then its notions; loads the dictionary at need."""
        if self._cutter is None:
            self.load()
        cutter = self._cutter
        if cutter is None:
            raise RuntimeError("the dictionary is not loaded")
        folded = fold(text)
        words = (_EDGES.sub("", word) for word in cutter.lcut_for_search(folded))
        return [stem(word) for word in words if _WORD.search(word)] + shipped().notions(folded)


def fold(text: str) -> str:
    """Return the text in lower case, with full-width letters, digits and signs made half-width (NFKC)."""
    return unicodedata.normalize("NFKC", text).lower()


def stem(word: str) -> str:
    """Strip an English word's plural, -ed or -ing, so that "crashes", "crashed" and "crashing" are one word.

    Shape: leaves anything but plain English letters alone; the result need not be a word ("navigat").
    """
    if len(word) < 4 or not _ENGLISH.fullmatch(word):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    for ending in ("ing", "ed", "es", "s"):
        base = word.removesuffix(ending)
        if base == word or len(base) < 3 or not _VOWEL.search(base):
            continue
        if ending == "s" and (base[-1] in "su" or word == "this"):
            return word
        if ending == "es" and not base.endswith(("s", "x", "z", "ch", "sh")):
            continue
        if ending in ("ing", "ed") and base[-1] == base[-2] and base[-1] not in "lsz":
            base = base[:-1]
        return base.removesuffix("e") if len(base) > 3 else base
    return word.removesuffix("e") if len(word) > 4 else word


def _load(folder: Path) -> Cutter:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    # jieba 0.42.1 holds bad escapes (SyntaxWarning from 3.12 on) and asks for pkg_resources, which warns too.
    # The filters stay: catch_warnings would swap the process-wide list under the feet of the other threads.
    warnings.filterwarnings("ignore", category=SyntaxWarning, module=r".*\bjieba\b")
    warnings.filterwarnings("ignore", category=DeprecationWarning, module=r".*\b(jieba|pkg_resources)\b")
    warnings.filterwarnings("ignore", category=UserWarning, module=r".*\b(jieba|pkg_resources)\b")
    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(folder)
    tokenizer.initialize()
    cutter: Cutter = tokenizer
    return cutter
