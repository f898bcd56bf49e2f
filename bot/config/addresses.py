"""What counts as an address in the config: one that whoever connects to it can take apart."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

_WEB = ("http", "https")


def split(url: str) -> SplitResult | None:
    """Take an address apart; None where it cannot be one."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if url.isprintable() and " " not in url else None


def is_address(url: str, schemes: Collection[str] = _WEB) -> bool:
    """Tell whether a server is named by it, in one of the schemes."""
    parts = split(url)
    return parts is not None and parts.scheme in schemes and bool(parts.hostname)
