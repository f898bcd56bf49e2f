"""What the platform tells the bot, and what a callback may still be answered with, and for how long."""

import itertools
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

REPLY_SECONDS = 24 * 3600  # Source: document 101463
FAST_SECONDS = 5  # welcome and card update
STREAM_SECONDS = 6 * 60
RESPONSE_URL_SECONDS = 3600  # Source: document 101138


@dataclass(slots=True)
class Told:
    """One callback; `kind` is message, enter_chat, card or event."""

    req_id: str
    kind: str
    chat: str
    is_group: bool
    userid: str
    body: Mapping[str, Any]
    at: float = field(default_factory=time.monotonic)
    task_id: str = ""
    card: Mapping[str, Any] = field(default_factory=dict)
    streams: dict[str, float] = field(default_factory=dict)  # id -> begun; gone when finished
    finished: set[str] = field(default_factory=set)
    response_code: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    is_url_used: bool = False

    @property
    def age_seconds(self) -> float:
        """Return how long ago it was told."""
        return time.monotonic() - self.at


class Ledger:
    """Every callback by its req_id, and by its response code."""

    def __init__(self) -> None:
        self.by_req_id: dict[str, Told] = {}
        self.by_code: dict[str, Told] = {}
        self._ids = itertools.count(1)

    def add(self, kind: str, chat: str, userid: str, body: Mapping[str, Any], *, is_group: bool) -> Told:
        """Remember a callback under a req_id of the server's own."""
        req_id = f"srv{next(self._ids)}{secrets.token_hex(6)}"
        told = Told(req_id, kind, chat, is_group, userid, body)
        self.by_req_id[req_id] = told
        self.by_code[told.response_code] = told
        return told

    def new_id(self, prefix: str) -> str:
        """Return an id that no other message has."""
        return f"{prefix}{next(self._ids)}{secrets.token_hex(4)}"
