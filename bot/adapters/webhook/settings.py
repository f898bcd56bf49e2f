"""What the adapter of outgoing webhooks needs of the config."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """One of `[[webhooks]]`."""

    url: str = field(repr=False)  # some services put a secret into the address
    secret: str = field(repr=False)
    events: tuple[str, ...]
    allow_private: bool = False
