"""Promises to send: written by handlers and rituals in the transaction that makes them true.

A key names a promise; the same promise put twice is kept once. The relay carries them out through
`storage/deliveries.py`.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage import manners as when
from storage import tables
from storage.messages import Message, encode
from storage.prepared import Prepared
from storage.records import (
    Chat,
    ChatKind,
    ChatState,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Manners,
    Member,
)
from storage.repository import Repository, insert

_t = tables.deliveries
FOLD_EDITS_FOR = timedelta(seconds=10)  # Source: PRODUCT §2, a counter is edited at most once in 10 s
CANCELLED = "cancelled"  # the `error` of a promise that was taken back: nobody misses it
_OWN_LINES = {DeliveryKind.REACTION: "r", DeliveryKind.TAG: "t"}  # what waits for nothing else in its chat
COVERED = "covered:"  # how the content of a promise begins that only the relay can read
# Written out, not bound: only so SQLite sees that its partial index holds every row that is asked for.
_IS_STUCK = sa.text("deliveries.state IN ('waiting', 'unknown', 'dead')")
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


_PUT = Prepared(
    lambda is_postgres: insert(_t, is_postgres=is_postgres).on_conflict_do_nothing(index_elements=["key"]),
    keys=(
        "key", "chat_id", "line", "kind", "state", "content", "target", "of_id", "subject", "member_id", "is_held",
        "is_unprompted", "due_at", "created_at",
    ),
)  # fmt: skip


class OutboxRepository(Repository):
    """What handlers and rituals promise."""

    async def put(
        self, chat_id: int, message: Message, *, key: str, now: datetime, subject: str = "",
        member_id: int | None = None, due: datetime | None = None, is_held: bool = False, is_unprompted: bool = False,
    ) -> bool:  # fmt: skip
        """Promise to post a Message in a chat; False if that promise stands already.

        `subject` says what it is about ("feedback:128", "run:31"), so that replies to it and presses of
        its buttons find their way; `is_unprompted` counts against the group's fatigue budget.
        """
        kind = DeliveryKind.POST
        return await self._add(
            key, chat_id, kind, encode(message), now, due or now, subject=subject, member_id=member_id,
            is_held=is_held, is_unprompted=is_unprompted,
        )  # fmt: skip

    async def react(self, chat_id: int, message_id: str, emoji: str, *, key: str, now: datetime) -> bool:
        """Promise one reaction on somebody's message."""
        return await self._add(key, chat_id, DeliveryKind.REACTION, emoji, now, now, target=message_id)

    async def tag(self, chat_id: int, member: Member, word: str, *, key: str, now: datetime) -> bool:
        """Promise the word beside a member's name in a group; "" takes it away."""
        return await self._add(
            key, chat_id, DeliveryKind.TAG, word, now, now, target=member.external_id, member_id=member.id
        )

    async def edit(self, of: str, message: Message, *, now: datetime) -> None:
        """Promise to bring the message that Delivery `of` (its key) posts up to date.

        Edits of one message are folded: at most one in 10 s, and the last state wins.
        """
        original = await self.find(of)
        if original is None or original.state in (DeliveryState.DEAD, DeliveryState.UNKNOWN):
            return
        fold = f"edit:{of}"
        last: datetime | None = await self._scalar(
            sa.select(
                sa.func.max(
                    sa.func.coalesce(_t.c.sent_at, sa.literal(now, tables.Moment())), type_=tables.Moment()
                )
            ).where(
                _t.c.of_id == original.id,
                _t.c.kind == str(DeliveryKind.EDIT),
                _t.c.state.in_([str(DeliveryState.SENT), str(DeliveryState.SENDING)]),
            )
        )
        due = now if last is None else max(now, last + FOLD_EDITS_FOR)
        await self._run(
            self._insert(_t)
            .values(
                key=f"{fold}@{secrets.token_hex(6)}", chat_id=original.chat_id, line=f"{original.chat_id}",
                kind=str(DeliveryKind.EDIT), state=str(DeliveryState.PENDING), content=encode(message),
                of_id=original.id, fold=fold, subject=original.subject, due_at=due, created_at=now,
            )
            .on_conflict_do_update(
                index_elements=["fold"], index_where=sa.text("fold <> '' AND state = 'pending'"),
                set_={"content": encode(message)},
            )
        )  # fmt: skip
        self._uow.written.add("outbox")

    async def close_poll(self, of: str, *, now: datetime) -> bool:
        """Promise to stop the native poll that Delivery `of` posted."""
        original = await self.find(of)
        if original is None:
            return False
        return await self._add(
            f"close:{of}", original.chat_id, DeliveryKind.CLOSE_POLL, "", now, now, of_id=original.id
        )

    async def tell(
        self, member: Member, message: Message, *, key: str, now: datetime, manners: Manners, subject: str = "",
        timezone: str, language: str,
    ) -> bool:  # fmt: skip
        """Promise a proactive private message: held over quiet hours and 勿扰, at most so many a day, never dropped.

        `timezone` and `language` are the member's group's, and become those of a private chat opened now. False
        as well for a former member: there is nobody to tell.
        """
        if member.is_former:
            return False
        chat = await self.private_chat(member, timezone=timezone, language=language)
        due = now if member.snoozed_until is None else max(now, member.snoozed_until)
        due = when.after_quiet(manners, due, chat.zone)
        while await self._is_day_full(member.id, due, chat, manners):
            due = when.next_day(manners, due, chat.zone)
        return await self.put(
            chat.id, message, key=key, now=now, subject=subject, member_id=member.id, due=due, is_held=True
        )

    async def private_chat(self, member: Member, *, timezone: str, language: str) -> Chat:
        """Return the private chat with a member; its platform id is the member's own, on every platform."""
        return await self._uow.chats.add(
            member.platform, member.external_id, ChatKind.PRIVATE, title=member.name, state=ChatState.SERVED,
            language=language, timezone=timezone,
        )  # fmt: skip

    async def _is_day_full(self, member_id: int, due: datetime, chat: Chat, manners: Manners) -> bool:
        start, end = when.local_day(due, chat.zone)
        moments = await self._all(
            sa.select(_t.c.due_at)
            .distinct()
            .where(
                _t.c.member_id == member_id, _t.c.is_held, _t.c.due_at >= start, _t.c.due_at < end,
                _t.c.state != str(DeliveryState.DEAD),
            )
        )  # fmt: skip
        taken = {row["due_at"] for row in moments}
        return due not in taken and len(taken) >= manners.dms_per_day

    async def count_unprompted(self, chat_id: int, since: datetime) -> int:
        """Count the unprompted posts in a group since a moment (the fatigue budget)."""
        return int(
            await self._scalar(
                sa.select(sa.func.count()).where(
                    _t.c.chat_id == chat_id,
                    _t.c.is_unprompted,
                    _t.c.due_at >= since,
                    _t.c.state.not_in(_GONE),
                )
            )
        )

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

    async def move_held(self, member_id: int, *, since: datetime, before: datetime, due: datetime) -> int:
        """Give what is held for a member between two moments another moment; return how much that was."""
        self._uow.written.add("outbox")
        return await self._run(
            sa.update(_t)
            .where(
                _t.c.member_id == member_id, _t.c.is_held, _t.c.state == str(DeliveryState.PENDING),
                _t.c.due_at >= since, _t.c.due_at < before,
            )
            .values(due_at=due)
        )  # fmt: skip

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
        """List what did not arrive (waiting, unknown, given up), newest first; shown to staff."""
        rows = await self._all(
            sa.select(_t)
            .where(
                _IS_STUCK, _t.c.kind == str(DeliveryKind.POST),
                _t.c.error != CANCELLED,
            )
            .order_by(_t.c.id.desc())
            .limit(limit)
        )  # fmt: skip
        return [delivery_of(row) for row in rows]

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

    async def release(self, delivery_id: int, now: datetime) -> bool:
        """Send what waited, now; False if it does not wait any more."""
        self._uow.written.add("outbox")
        return bool(
            await self._run(
                sa.update(_t)
                .where(_t.c.id == delivery_id, _t.c.state == str(DeliveryState.WAITING))
                .values(state=str(DeliveryState.PENDING), due_at=now, retry_at=None, error="", attempts=0)
            )
        )

    async def cancel(self, subject: str) -> int:
        """Take back promises about a subject that have not been sent (their reason is gone)."""
        return await self._run(
            sa.update(_t)
            .where(
                _t.c.subject == subject,
                _t.c.state.in_([str(DeliveryState.PENDING), str(DeliveryState.WAITING)]),
                _t.c.is_held,
            )
            .values(state=str(DeliveryState.DEAD), error=CANCELLED)
        )

    async def _add(
        self, key: str, chat_id: int, kind: DeliveryKind, content: str, now: datetime, due: datetime, *,
        target: str = "", of_id: int | None = None, subject: str = "", member_id: int | None = None,
        is_held: bool = False, is_unprompted: bool = False,
    ) -> bool:  # fmt: skip
        line = f"{chat_id}{_OWN_LINES.get(kind, '')}"
        values = {
            "key": key, "chat_id": chat_id, "line": line, "kind": str(kind), "state": str(DeliveryState.PENDING),
            "content": content, "target": target, "of_id": of_id, "subject": subject, "member_id": member_id,
            "is_held": is_held, "is_unprompted": is_unprompted, "due_at": due, "created_at": now,
        }  # fmt: skip
        added = await self._apply(_PUT, values)
        self._uow.written.add("outbox")
        return bool(added)
