"""What the adapter of outgoing webhooks needs of the config."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from storage.announcements import Subscription
from storage.departments import Place, webhook_place


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """One of `[[webhooks]]`."""

    url: str = field(repr=False)  # some services put a secret into the address
    secret: str = field(repr=False)
    events: tuple[str, ...]
    allow_private: bool = False

    @property
    def host(self) -> str:
        """Return whom it calls, as staff may see it."""
        return urlsplit(self.url).hostname or "?"

    @property
    def place(self) -> Place:
        """Return where its deliveries go."""
        return webhook_place(self.url)

    @property
    def subscription(self) -> Subscription:
        """Return what it wants to hear."""
        return Subscription(self.place, frozenset(self.events), f"webhook {self.host}")
