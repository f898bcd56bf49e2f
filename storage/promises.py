"""What was promised and what became of it: the records of the outbox, and who asks about them.

Put by `storage/outbox.py`, carried out through `storage/deliveries.py`; asked by handlers, rituals and the doctor.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage import tables
from storage.manners import Manners, local_day
from storage.modes import ALIAS, SEALED
from storage.records import Chat, Platform
from storage.repository import Repository

_t = tables.deliveries
CANCELLED = "cancelled"  # the `error` of a promise that was taken back: nobody misses it
# Written out, not bound nor compared: only so SQLite sees that its partial index holds every row that is asked for.
_IS_UNPROMPTED = sa.text("is_unprompted")
_IS_UNDER_WAY = sa.text("deliveries.state IN ('pending', 'sending')")
_IS_STUCK = sa.text("deliveries.state IN ('waiting', 'unknown', 'dead')")


class DeliveryKind(enum.StrEnum):
    """What a Delivery does on the platform."""

    POST = "post"
    EDIT = "edit"  # replaces the content of the message another Delivery posted
    REACTION = "reaction"  # one emoji on a message; content text is the emoji
    CLOSE_POLL = "close_poll"
    TAG = "tag"  # the word beside a member's name in a group; target is the member, content the word


class DeliveryState(enum.StrEnum):
    """Where a Delivery stands."""

    PENDING = "pending"
    SENDING = "sending"  # the request may have left; found after a crash, the outcome is unknown
    SENT = "sent"
    UNKNOWN = "unknown"  # left without an answer; held and shown to staff
    WAITING = "waiting"  # the person cannot be reached yet; waits for them to open the private chat
    DEAD = "dead"  # given up; shown to staff


@dataclass(frozen=True, slots=True)
class Delivery:
    """One promise to send one thing to one chat."""

    id: int
    key: str
    chat_id: int
    kind: DeliveryKind
    state: DeliveryState
    content: str  # a Message as JSON; for a REACTION the emoji
    target: str  # platform message id an EDIT, REACTION or CLOSE_POLL is about
    subject: str  # what it is about: "feedback:128", "run:31", ""
    member_id: int | None
    is_held: bool  # proactive: obeys quiet hours, may be folded with others
    attempts: int
    due_at: datetime
    retry_at: datetime | None
    created_at: datetime
    sent_at: datetime | None
    receipt: str
    error: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the platform answered: the message id, and the poll id of a native poll."""

    message_id: str
    poll_id: str = ""


@dataclass(frozen=True, slots=True)
class Stuck:
    """How many messages did not arrive: given up or unknown, and waiting for their readers."""

    lost: int
    waiting: int


_GONE = (str(DeliveryState.DEAD), str(DeliveryState.UNKNOWN))


def delivery_of(row: sa.RowMapping) -> Delivery:
    """Make a Delivery of a row."""
    return Delivery(
        id=row["id"], key=row["key"], chat_id=row["chat_id"], kind=DeliveryKind(row["kind"]),
        state=DeliveryState(row["state"]), content=row["content"], target=row["target"], subject=row["subject"],
        member_id=row["member_id"], is_held=row["is_held"], attempts=row["attempts"], due_at=row["due_at"],
        retry_at=row["retry_at"], created_at=row["created_at"], sent_at=row["sent_at"], receipt=row["receipt"],
        error=row["error"],
    )  # fmt: skip


class PromiseRepository(Repository):
    """Questions about Deliveries."""

    async def count_unprompted(self, chat_id: int, since: datetime) -> int:
        """Count the unprompted posts in a group since a moment (the fatigue budget)."""
        return int(
            await self._scalar(
                sa.select(sa.func.count()).where(
                    _t.c.chat_id == chat_id,
                    _IS_UNPROMPTED,
                    _t.c.due_at >= since,
                    _t.c.state.not_in(_GONE),
                )
            )
        )

    async def has_room(self, chat: Chat, manners: Manners, now: datetime) -> bool:
        """Tell whether the fatigue budget of a group leaves room for an unprompted post now."""
        today, _ = local_day(now, chat.zone)
        if await self.count_unprompted(chat.id, today) >= manners.posts_per_day:
            return False
        hour_ago = now - timedelta(hours=1) + timedelta(microseconds=1)  # a post just an hour old is past
        return await self.count_unprompted(chat.id, hour_ago) < manners.posts_per_hour

    async def find(self, key: str) -> Delivery | None:
        """Return a Delivery by its key, or None."""
        row = await self._one(sa.select(_t).where(_t.c.key == key))
        return delivery_of(row) if row else None

    async def list_keyed(self, prefix: str, since: datetime) -> list[Delivery]:
        """List the Deliveries whose keys begin so, made since a moment, oldest first."""
        rows = await self._all(
            sa.select(_t)
            .where(_t.c.key.startswith(prefix, autoescape=True), _t.c.created_at >= since)
            .order_by(_t.c.id)
        )
        return [delivery_of(row) for row in rows]

    async def find_by_id(self, delivery_id: int) -> Delivery | None:
        """Return a Delivery by our own id, or None."""
        row = await self._one(sa.select(_t).where(_t.c.id == delivery_id))
        return delivery_of(row) if row else None

    async def is_alone(self, delivery: Delivery) -> bool:
        """Tell whether a Delivery has its message to itself: held ones may have been folded into one."""
        others = await self._scalar(
            sa.select(sa.func.count()).where(
                _t.c.chat_id == delivery.chat_id, _t.c.receipt == delivery.receipt, _t.c.receipt != "",
                _t.c.kind == str(DeliveryKind.POST), _t.c.id != delivery.id,
            )
        )  # fmt: skip
        return not others

    async def find_by_receipt(self, chat_id: int, message_id: str) -> Delivery | None:
        """Return the Delivery that posted a message, or None."""
        row = await self._one(
            sa.select(_t)
            .where(_t.c.chat_id == chat_id, _t.c.receipt == message_id, _t.c.kind == str(DeliveryKind.POST))
            .order_by(_t.c.id)
            .limit(1)
        )
        return delivery_of(row) if row else None

    async def find_by_poll(self, poll_id: str) -> Delivery | None:
        """Return the Delivery that posted a native poll, or None."""
        row = await self._one(sa.select(_t).where(_t.c.poll_id == poll_id, _t.c.poll_id != "").limit(1))
        return delivery_of(row) if row else None

    async def list_waiting(self, member_id: int) -> list[Delivery]:
        """List what waits for a member to open their private chat, oldest first."""
        rows = await self._all(
            sa.select(_t)
            .where(_t.c.member_id == member_id, _t.c.state == str(DeliveryState.WAITING))
            .order_by(_t.c.id)
        )
        return [delivery_of(row) for row in rows]

    async def list_stuck(self, limit: int = 20) -> list[Delivery]:
        """List what did not arrive (waiting, unknown, given up), newest first; shown to staff.

        Letters to people in hiding are not among them: nobody could seek them, and whoever knows who else cannot be
        reached would know them.
        """
        rows = await self._all(sa.select(_t).where(_is_missed()).order_by(_t.c.id.desc()).limit(limit))
        return [delivery_of(row) for row in rows]

    async def count_stuck(self) -> Stuck:
        """Count what `list_stuck` lists."""
        rows = await self._all(
            sa.select(_t.c.state, sa.func.count().label("n")).where(_is_missed()).group_by(_t.c.state)
        )
        counts = {DeliveryState(row["state"]): int(row["n"]) for row in rows}
        waiting = counts.pop(DeliveryState.WAITING, 0)
        return Stuck(sum(counts.values()), waiting)

    async def list_about(self, subject: str, limit: int = 20) -> list[Delivery]:
        """List the newest private messages about a subject, oldest of them first."""
        rows = await self._all(
            sa.select(_t)
            .where(_t.c.subject == subject, _t.c.member_id.is_not(None), _t.c.kind == str(DeliveryKind.POST))
            .order_by(_t.c.id.desc())
            .limit(limit)
        )
        return [delivery_of(row) for row in reversed(rows)]

    async def list_posted(self, subject: str, limit: int) -> list[Delivery]:
        """List the newest posts about a subject, newest first, wherever they went."""
        rows = await self._all(
            sa.select(_t)
            .where(_t.c.subject == subject, _t.c.kind == str(DeliveryKind.POST))
            .order_by(_t.c.id.desc())
            .limit(limit)
        )
        return [delivery_of(row) for row in rows]

    async def count_dead(self, platform: Platform) -> dict[str, int]:
        """Count what was given up on a platform, by the title of the chat."""
        c = tables.chats
        rows = await self._all(
            sa.select(c.c.title, sa.func.count().label("count"))
            .join(_t, _t.c.chat_id == c.c.id)
            .where(c.c.platform == str(platform), _t.c.state == str(DeliveryState.DEAD))
            .group_by(c.c.title)
        )
        return {row["title"]: row["count"] for row in rows}

    async def last_post(self, chat_id: int) -> Delivery | None:
        """Return the newest post in a chat that arrived or was given up, None if none was tried."""
        tried = [str(state) for state in (DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.UNKNOWN)]
        row = await self._one(
            sa.select(_t)
            .where(_t.c.chat_id == chat_id, _t.c.kind == str(DeliveryKind.POST), _t.c.state.in_(tried))
            .order_by(_t.c.id.desc())
            .limit(1)
        )
        return delivery_of(row) if row is not None else None

    async def count_sent(self, chat_id: int, since: datetime) -> int:
        """Count what was posted in a chat since a moment."""
        return int(
            await self._scalar(
                sa.select(sa.func.count()).where(
                    _t.c.chat_id == chat_id, _t.c.kind == str(DeliveryKind.POST), _t.c.sent_at >= since
                )
            )
        )

    async def count_overdue(self, before: datetime) -> int:
        """Count what should have been sent before a moment and is still tried."""
        return int(
            await self._scalar(
                sa.select(sa.func.count()).select_from(_t).where(_IS_UNDER_WAY, _t.c.due_at < before)
            )
        )


def _is_missed() -> sa.ColumnElement[bool]:
    """Return what a message meets that did not arrive and that somebody may miss, whoever is not in hiding."""
    m = tables.members
    hides = sa.or_(m.c.external_id.startswith(ALIAS), m.c.external_id.startswith(SEALED))
    is_hidden = sa.exists().where(m.c.id == _t.c.member_id, hides)
    return sa.and_(_IS_STUCK, _t.c.kind == str(DeliveryKind.POST), _t.c.error != CANCELLED, ~is_hidden)
