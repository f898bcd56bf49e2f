"""Pictures of the web chat, kept as files named by their content. Used by the adapter and its API."""

from __future__ import annotations

import hashlib
import re
import secrets
from pathlib import Path

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF8", "gif"),
)
TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
_NAME = re.compile(r"[0-9a-f]{40}\.(png|jpg|gif|webp)")


class Files:
    """One folder of pictures."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, data: bytes) -> str | None:
        """Keep a picture and return its name, None if these bytes are no picture we show."""
        ending = _ending(data)
        if ending is None:
            return None
        name = f"{hashlib.sha256(data).hexdigest()[:40]}.{ending}"
        path = self._folder / name
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            half = path.with_suffix(f".{secrets.token_hex(4)}.part")  # a double click saves it twice at once
            half.write_bytes(data)
            half.replace(path)
        return name

    def find(self, name: str) -> Path | None:
        """Return the file of that name, None if there is none (or the name is not one of ours)."""
        path = self._folder / name
        return path if _NAME.fullmatch(name) and path.is_file() else None


def _ending(data: bytes) -> str | None:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return next((ending for signature, ending in _SIGNATURES if data.startswith(signature)), None)
