"""Keeps the libraries we speak through from logging addresses, which hold the token, and members' words."""

from __future__ import annotations

import logging

_TALKATIVE = ("httpx", "httpcore", "telegram", "telegram.Bot", "telegram.request.BaseRequest")


def hush() -> None:
    """Let these libraries log nothing below a warning."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
