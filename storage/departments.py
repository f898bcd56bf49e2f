"""Who can act on what members say: the departments of the config, and where their packets go.

Read by `bot/config/departments.py`; asked by handlers and rituals. What they have in hand is in `storage/routes.py`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from storage.records import ChatKind, Member, Platform


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is sent, or who somebody is: a platform and its own id for them."""

    platform: Platform
    external_id: str
    kind: ChatKind = ChatKind.PRIVATE


@dataclass(frozen=True, slots=True)
class Department:
    """One of `[[departments]]`: who can change something, where their packet goes, who may answer it."""

    key: str
    name: str
    places: tuple[Place, ...] = ()
    members: frozenset[Place] = frozenset()
    answer_within: timedelta = timedelta(days=7)

    def has(self, member: Member) -> bool:
        """Tell whether somebody may answer for it, besides staff."""
        return Place(member.platform, member.external_id) in self.members


def webhook_place(url: str) -> Place:
    """Return the place of an outgoing webhook; an address may hold a secret, so a digest stands for it."""
    return Place(Platform.WEBHOOK, f"hook-{hashlib.sha256(url.encode()).hexdigest()[:16]}")
