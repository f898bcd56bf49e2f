"""FileAdapter: writes what is sent as Markdown files into folders of the data folder."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.adapters.base import Finding, Intake, Parcel, PermanentError, TemporaryError
from bot.limits import Lane
from storage.messages import Mention, Quote, Strong, Text
from storage.promises import DeliveryKind, Receipt
from storage.records import Capabilities, ChatKind, Platform

_NOTHING = Capabilities(
    reactions=False, native_polls=False, buttons=False, edits=False, quotes_author=False,
    reaches_first=True, deep_links=False, text_limit=1_000_000,
)  # fmt: skip
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")
_UNSAFE = re.compile(r"[^\w-]+")


class FileAdapter:
    """Writes into the data folder; hears nothing."""

    def __init__(self, data_dir: Path, now: Callable[[], datetime], zone: ZoneInfo) -> None:
        """Name files by the days of `zone`."""
        self._data_dir = data_dir
        self._now = now
        self._zone = zone

    @property
    def platform(self) -> Platform:
        """Return the platform of files."""
        return Platform.FILE

    @property
    def capabilities(self) -> Mapping[ChatKind, Capabilities]:
        """Return what a file can do: hold words."""
        return dict.fromkeys(ChatKind, _NOTHING)

    async def start(self, intake: Intake) -> None:
        """Receive nothing."""

    async def stop(self) -> None:
        """Close nothing."""

    async def send(self, parcel: Parcel) -> Receipt:
        """Write one message to a file of its own, named by the day; written again it is the same file."""
        if parcel.kind is not DeliveryKind.POST:
            raise PermanentError("a file only takes messages")
        day = self._now().astimezone(self._zone).date().isoformat()
        path = self._data_dir / parcel.chat / f"{day}-{_UNSAFE.sub('-', parcel.key)}.md"
        try:
            await asyncio.to_thread(write_private, path, markdown(parcel.message.text) + "\n")
        except OSError as error:
            raise TemporaryError(f"{path.name}: {error.strerror}") from error
        return Receipt(path.name)

    def lanes(self, parcel: Parcel) -> tuple[Lane, ...]:
        """Limit nothing."""
        del parcel
        return ()

    async def examine(self, chats: Sequence[str], now: datetime) -> list[Finding]:
        """Find nothing: the doctor looks at the disk itself."""
        del chats, now
        return []


def markdown(text: Text) -> str:
    """Return a Text as Markdown; what members wrote is escaped, so it stays words. Pure."""
    return "".join(
        _escaped(part)
        if isinstance(part, str)
        else f"**{_escaped(part.text)}**"
        if isinstance(part, Strong)
        else f"“{_escaped(part.text)}”"
        if isinstance(part, Quote)
        else _escaped(part.name if isinstance(part, Mention) else part.text)
        for part in text
    )


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def _escaped(words: str) -> str:
    return _MARKUP.sub(r"\\\1", words)
