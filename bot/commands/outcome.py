"""How a command ends early, and the language it speaks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from locales.catalog import Catalog

WRONG_INPUT = 2


class CommandError(Exception):
    """What was asked cannot be done; the text is for the person at the terminal."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


def language(environ: Mapping[str, str] = os.environ) -> str:
    """Return the terminal's language: Chinese where the locale says so, else English."""
    chosen = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "zh_CN" if chosen.startswith("zh") else "en"


def say(text_id: str, /, **params: Any) -> str:
    """Return words in the terminal's language."""
    return _catalog().plain(language(), text_id, **params)


def text_ids() -> frozenset[str]:
    """Return every id that has words."""
    return _catalog().ids(language())


@cache
def _catalog() -> Catalog:
    return Catalog()
